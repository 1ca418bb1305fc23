#include "pretraining/runs/train.hpp"

#include "autoencoders/denoising.hpp"
#include "autoencoders/train.hpp"

namespace strata {
namespace {

// Of a model that wraps a net it is the net's.
std::string loss_in(const Json& settings) {
  if (const Json* const net = settings.find("net")) return loss_in(*net);
  if (settings.find("decoder") != nullptr) return "−log p(x|z), nats";
  const Json* const loss = settings.find("loss");
  const bool is_bce = loss != nullptr && loss->as_string() == "bce";
  return is_bce ? "bce, nats" : "half_mse, half the squared error";
}

}  // namespace

TrainRun TrainRun::of_net_inside() const {
  TrainRun inside = *this;
  inside.model = dynamic_cast<DenoisingAutoencoder&>(*model).net.get();
  inside.denoises = true;
  inside.measured = Json::object();
  inside.make = [make_outer = make](Rng& draws) {
    const std::unique_ptr<Autoencoder> fresh = make_outer(draws);
    return std::move(dynamic_cast<DenoisingAutoencoder&>(*fresh).net);
  };
  return inside;
}

std::unique_ptr<Autoencoder> TrainRun::trained_twin(
    const std::string& label, BackpropKind backprop,
    const std::function<void(Autoencoder&)>& change) const {
  Rng rng(seed);
  std::unique_ptr<Autoencoder> twin = make(rng);
  change(*twin);
  FitOptions as_before = fit;
  as_before.stage = as_before.label = label;
  train(*twin, trained_on(), rng, as_before, {backprop, workers, listeners});
  listeners.clear_line();
  return twin;
}

double TrainRun::explained() const {
  return of_means.explained(train_error, has_test() ? std::optional(test_error) : std::nullopt);
}

std::vector<std::string> TrainRun::remarks() const {
  return remarks_on({.train_error = train_error,
                     .test_error = test_error,
                     .of_means = of_means,
                     .has_test = has_test(),
                     .idle = idle,
                     .history = &history,
                     .may_come_to_rest = fit.optimizer.kind == OptimizerKind::lbfgs});
}

std::string name_of_loss(const Autoencoder& model) {
  return loss_in(model.settings());
}

Json train_results_json(const TrainRun& run, const RunFacts& facts) {
  Json terms = Json::object();
  if (!run.history.epochs.empty()) {
    for (const TermValue& term : run.history.epochs.back().terms) terms[term.name] = term.value;
  }
  Json json = results_head_json("train", facts, run.seed, run.data.train, run.data.test);
  json["kind"] = run.kind;
  json["architecture"] = run.model->architecture();
  json["code_size"] = run.model->code_size();
  json["weights"] = count_of(run.model->parameters());
  json["epochs"] = run.history.epochs.size();
  json["best_epoch"] = run.history.best_epoch;
  json["seconds"] = run.history.seconds;
  json["terms"] = terms;
  json["error_unit"] = "squared error per example";
  json["train_error"] = run.train_error;
  json["test_error"] = run.has_test() ? Json(run.test_error) : Json();
  json["train_error_of_means"] = run.of_means.train;
  json["test_error_of_means"] = run.has_test() ? Json(run.of_means.test) : Json();
  json["explained"] = run.explained();
  json["remarks"] = json_list(run.remarks());
  json["mean_activation"] = run.code.mean_of_means;
  json["share_of_zeros"] = run.code.share_of_zeros;
  if (!run.measured.members().empty()) json["measured"] = run.measured;
  return json;
}

}  // namespace strata
