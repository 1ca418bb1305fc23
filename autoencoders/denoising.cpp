#include "autoencoders/denoising.hpp"

#include <utility>

#include "core/inspect/non_finite.hpp"

namespace strata {

DenoisingAutoencoder::DenoisingAutoencoder(std::unique_ptr<Autoencoder> net_,
                                           Corruption corruption_, Rng& rng)
    : net(std::move(net_)), corruption(std::move(corruption_)), noise(rng.next()) {
  check(net != nullptr, "denoising: there is no net to denoise with");
  check_corruption(corruption);
}

Objective DenoisingAutoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  if (mode == Mode::evaluation) return net->objective_from(tape, input, target, mode);
  const Var corrupted = corrupt(input, corruption, noise);
  return net->objective_from(tape, corrupted, target, mode);  // the target is clean
}

Json DenoisingAutoencoder::settings() const {
  return Json::object({{"model", "denoising"},
                       {"corruption", corruption_to_json(corruption)},
                       {"net", net->settings()}});
}

DenoisingAutoencoder DenoisingAutoencoder::from_settings(const Json& settings,
                                                         const OwnKinds& own) {
  DenoisingAutoencoder model;
  model.corruption = corruption_from_json(settings.at("corruption"));
  model.net = rebuild(settings.at("net"), own);
  return model;
}

std::vector<Rng*> DenoisingAutoencoder::generators() {
  std::vector<Rng*> all = {&noise};
  for (Rng* generator : net->generators()) all.push_back(generator);
  return all;
}

// -------------------------------------------------------------------------------- the rule by hand

static DenseAutoencoder& dense_net(DenoisingAutoencoder& model) {
  auto* const dense = dynamic_cast<DenseAutoencoder*>(model.net.get());
  check(dense != nullptr,
        "denoising: the delta rule by hand covers dense nets only (use the tape)");
  return *dense;
}

DenoisingBackprop::DenoisingBackprop(DenoisingAutoencoder& model, Workers* workers_)
    : Backprop(workers_), model_(model), by_hand_(dense_net(model), workers_) {}

const std::vector<TermValue>& DenoisingBackprop::gradients(const Batch& batch) {
  corrupt_into(corrupted, batch.X, model_.corruption, model_.noise);
  was_corrupted_ = true;
  return by_hand_.gradients(corrupted, batch.X);
}

const std::vector<TermValue>& DenoisingBackprop::evaluate(const Batch& batch) {
  was_corrupted_ = false;
  return by_hand_.evaluate(batch);
}

// On a tape of the same draw.
std::string DenoisingBackprop::explain_non_finite(const Batch& batch) {
  Tape tape;
  const Var target = tape.input(batch.X, "X");
  const Var input = was_corrupted_ ? tape.input(corrupted, "X, corrupted") : target;
  const Objective objective = model_.net->objective_from(tape, input, target, Mode::training);
  tape.backward(objective.total);
  return explain_non_finite_sum(tape);
}

Restoration restore(Autoencoder& model, const Tensor& X, const Corruption& corruption, Rng& rng,
                    Workers* workers) {
  Restoration result;
  result.corrupted = corrupt(X, corruption, rng);
  result.restored = model.reconstruct(result.corrupted, workers);
  result.corrupted_error = squared_error_per_example(X, result.corrupted);
  result.restored_error = squared_error_per_example(X, result.restored);
  return result;
}

DenseAutoencoder* dense_net_of(Autoencoder& model) {
  auto* const denoising = dynamic_cast<DenoisingAutoencoder*>(&model);
  return dynamic_cast<DenseAutoencoder*>(denoising == nullptr ? &model : denoising->net.get());
}

}  // namespace strata
