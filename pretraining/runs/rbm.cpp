#include "pretraining/runs/rbm.hpp"

#include <algorithm>

#include "core/clock.hpp"

namespace strata {
namespace {

enum RbmStream : std::uint64_t {
  training_stream,
  curves_stream,
  likelihood_stream,
  sampling_stream
};

constexpr std::size_t most_watched = 1000;

Tensor first_rows(const Tensor& X, std::size_t most) {
  return slice_rows(X, 0, std::min(X.rows(), most));
}

// What layer k (from 0) sees of the data: hidden probabilities of the layers below.
Tensor input_of_layer(const Dbn& dbn, std::size_t k, Tensor X, Workers* workers) {
  for (std::size_t below = 0; below < k; ++below) X = dbn.rbms[below].hidden_mean(X, workers);
  return X;
}

double mean_free_energy(const Rbm& rbm, const Tensor& V, Workers* workers) {
  return -mean_log_likelihood(rbm, V, 0, workers);
}

void watch_epoch(RbmResults& run, std::size_t k, const EpochRecord& record, Rng& rng,
                 Workers* workers) {
  const Rbm& rbm = run.dbn.rbms[k];
  RbmCurves& curves = run.curves[k];
  const Tensor train =
      input_of_layer(run.dbn, k, first_rows(run.data.train.X, most_watched), workers);
  curves.epoch.push_back(double(record.epoch));
  curves.reconstruction.push_back(record.loss);
  if (rbm.visible_units == Units::bernoulli)
    curves.pseudo_likelihood.push_back(estimated_pseudo_log_likelihood(rbm, train, rng));
  curves.train_energy.push_back(mean_free_energy(rbm, train, workers));
  if (run.data.test.size() == 0) return;
  const Tensor test =
      input_of_layer(run.dbn, k, first_rows(run.data.test.X, most_watched), workers);
  curves.test_energy.push_back(mean_free_energy(rbm, test, workers));
}

void remember_curves(State& state, RbmCurves& curves, Rng& rng) {
  state.numbers("curve_epoch", curves.epoch);
  state.numbers("curve_reconstruction", curves.reconstruction);
  state.numbers("curve_pseudo_likelihood", curves.pseudo_likelihood);
  state.numbers("curve_train_energy", curves.train_energy);
  state.numbers("curve_test_energy", curves.test_energy);
  state.generator("rng_of_curves", rng);
}

std::vector<RbmTraining> training_of_layers(RbmResults& run, Rng& rng, Workers* workers) {
  std::vector<RbmTraining> all;
  const std::size_t layers = run.dbn.rbms.size();
  for (std::size_t k = 0; k < layers; ++k) {
    const Rbm& rbm = run.dbn.rbms[k];
    RbmTraining training = run.options.training;
    if (rbm.visible_units == Units::gaussian || rbm.hidden_units == Units::gaussian)
      training.learning_rate = run.options.rate_of_gaussian;
    if (layers > 1) training.label = text("rbm ", k + 1, " of ", layers);
    training.after_epoch = [&run, &rng, k, workers](const EpochRecord& record) {
      watch_epoch(run, k, record, rng, workers);
      return true;
    };
    training.remember = [&run, &rng, k](State& state) {
      remember_curves(state, run.curves[k], rng);
    };
    all.push_back(training);
  }
  return all;
}

Tensor bits_of(const Rbm& rbm, Tensor V, Rng& rng, Workers* workers) {
  if (rbm.visible_units == Units::bernoulli) draw_bernoulli(V, V, rng, workers);
  return V;
}

std::optional<RbmLikelihood> measure_likelihood(const RbmResults& run, std::size_t k, Rng& rng,
                                                const Engine& engine) {
  Workers* const workers = engine.workers;
  const Rbm& rbm = run.dbn.rbms[k];
  RbmLikelihood found;
  found.exact = has_exact_log_Z(rbm);
  if (!found.exact && run.options.ais.temperatures == 0) return std::nullopt;
  const Tensor train =
      bits_of(rbm, input_of_layer(run.dbn, k, run.data.train.X, workers), rng, workers);
  const Tensor base = biases_from_data(rbm.visible_units, train);
  if (found.exact) {
    found.log_Z.log_Z = exact_log_Z(rbm, workers);
  } else {
    found.log_Z = estimate_log_Z(rbm, base, rng, run.options.ais, workers, engine.listeners);
  }
  Rbm independent = rbm;
  independent.W.value.fill(0);
  independent.a.value = base;
  // Without weights annealing is exact, by one chain and one temperature.
  const double log_Z_of_independent = estimate_log_Z(independent, base, rng, {1, 1}, workers).log_Z;
  found.train = mean_log_likelihood(rbm, train, found.log_Z.log_Z, workers);
  found.independent_train = mean_log_likelihood(independent, train, log_Z_of_independent, workers);
  if (run.data.test.size() == 0) return found;
  const Tensor test =
      bits_of(rbm, input_of_layer(run.dbn, k, run.data.test.X, workers), rng, workers);
  found.test = mean_log_likelihood(rbm, test, found.log_Z.log_Z, workers);
  found.independent_test = mean_log_likelihood(independent, test, log_Z_of_independent, workers);
  return found;
}

void remember_likelihood(State& state, std::optional<RbmLikelihood>& likelihood, Rng& rng) {
  bool measured = likelihood.has_value();
  state.flag("measured", measured);
  if (measured) {
    if (!likelihood) likelihood.emplace();
    RbmLikelihood& l = *likelihood;
    state.flag("exact", l.exact);
    state.number("log_Z", l.log_Z.log_Z);
    state.number("standard_error", l.log_Z.standard_error);
    state.number("low", l.log_Z.low);
    state.number("high", l.log_Z.high);
    state.number("train", l.train);
    state.number("test", l.test);
    state.number("independent_train", l.independent_train);
    state.number("independent_test", l.independent_test);
  }
  state.generator("rng", rng);
}

// A stage of its own each: importance sampling takes its time.
void measure_likelihoods(RbmResults& run, Rng& rng, const Engine& engine) {
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) {
    std::optional<RbmLikelihood> found;
    TrainingStage stage(engine.listeners.checkpoint, text("likelihood ", k + 1),
                        [&found, &rng](State& state) { remember_likelihood(state, found, rng); });
    if (!stage.was_finished()) {
      stage.one_step(rng, [&] { found = measure_likelihood(run, k, rng, engine); });
      stage.finish();
    }
    run.likelihoods.push_back(found);
  }
}

// Chain c begins at row c · (rows / chains): digits in files are often sorted.
std::vector<Tensor> draw_chains(const RbmResults& run, Rng& rng, const Engine& engine) {
  const Dataset& data = run.shown();
  const std::size_t chains = std::min(run.options.chains, data.size());
  const std::size_t pictures = run.options.samples_of_chain;
  std::vector<std::size_t> starts;
  for (std::size_t c = 0; c < chains; ++c) starts.push_back(c * (data.size() / chains));
  const Tensor V = rows_at(data.X, starts);
  std::vector<Tensor> drawn(chains, Tensor({pictures, data.features()}));
  Tensor T = run.dbn.to_top(V, engine.workers);
  for (std::size_t p = 0; p < pictures; ++p) {
    const Tensor means = p == 0 ? V
                                : run.dbn.advance(T, run.options.steps_between, rng, engine.workers,
                                                  engine.listeners);
    for (std::size_t c = 0; c < chains; ++c)
      std::copy_n(means.row(c), means.cols(), drawn[c].row(p));
  }
  return drawn;
}

// A stage of its own, too.
void draw_samples(RbmResults& run, Rng& rng, const Engine& engine) {
  TrainingStage stage(engine.listeners.checkpoint, "samples", [&run, &rng](State& state) {
    state.tensors("chains", run.chains);
    state.generator("rng", rng);
  });
  if (stage.was_finished()) return;
  stage.one_step(rng, [&] { run.chains = draw_chains(run, rng, engine); });
  stage.finish();
}

}  // namespace

RbmResults run_rbm(const TrainTest& data, const RbmRunOptions& options, const Engine& engine,
                   const DbnTrained& trained) {
  Workers* const workers = engine.workers;
  RbmResults run{options, data};
  Rng rng(options.seed, training_stream), of_curves(options.seed, curves_stream);
  run.dbn = Dbn(options.stack, rng);
  run.curves.resize(run.dbn.rbms.size());
  const auto start = Clock::now();
  const std::vector<History> histories =
      train_dbn(run.dbn, data.train, rng, training_of_layers(run, of_curves, workers), engine);
  run.seconds = seconds_since(start);
  for (const History& history : histories) run.seconds += history.earlier_seconds;
  engine.listeners.clear_line();
  if (trained) trained(run.dbn);

  Rng of_likelihood(options.seed, likelihood_stream), of_samples(options.seed, sampling_stream);
  measure_likelihoods(run, of_likelihood, engine);
  DenseAutoencoder deep = run.dbn.unroll();
  run.train_error = reconstruction_error(deep, data.train.X, workers);
  run.of_means = errors_of_means(data);
  if (data.test.size() > 0) run.test_error = reconstruction_error(deep, data.test.X, workers);
  draw_samples(run, of_samples, engine);
  return run;
}

static Json layer_json(const RbmResults& run, std::size_t k) {
  const Rbm& rbm = run.dbn.rbms[k];
  const RbmCurves& curves = run.curves[k];
  const bool has_test = run.data.test.size() > 0;
  Json layer = Json::object({{"visible", rbm.visible()},
                             {"hidden", rbm.hidden()},
                             {"visible_units", unit_kinds.name(rbm.visible_units)},
                             {"hidden_units", unit_kinds.name(rbm.hidden_units)},
                             {"epochs", curves.epoch.size()}});
  if (!curves.epoch.empty()) {
    layer["reconstruction_error"] = curves.reconstruction.back();
    if (!curves.pseudo_likelihood.empty())
      layer["pseudo_log_likelihood"] = curves.pseudo_likelihood.back();
    layer["free_energy_train"] = curves.train_energy.back();
    if (has_test) layer["free_energy_test"] = curves.test_energy.back();
  }
  if (!run.likelihoods[k]) return layer;
  const RbmLikelihood& likelihood = *run.likelihoods[k];
  layer["log_Z"] = likelihood.log_Z.log_Z;
  layer["log_Z_by"] = likelihood.exact ? "enumeration" : "annealed importance sampling";
  if (!likelihood.exact) layer["log_Z_standard_error"] = likelihood.log_Z.standard_error;
  layer["log_likelihood_train"] = likelihood.train;
  layer["log_likelihood_train_independent"] = likelihood.independent_train;
  if (has_test) layer["log_likelihood_test"] = likelihood.test;
  if (has_test) layer["log_likelihood_test_independent"] = likelihood.independent_test;
  return layer;
}

std::vector<std::string> RbmResults::remarks() const {
  const bool has_test = data.test.size() > 0;
  if (of_means.train == 0) return remarks_on({.of_means = of_means});  // all the same
  std::vector<Remarks> all;
  for (std::size_t k = 0; k < likelihoods.size(); ++k) {
    if (!likelihoods[k]) continue;
    const RbmLikelihood& l = *likelihoods[k];
    const double on_train = l.train - l.independent_train, on_test = l.test - l.independent_test;
    // A hundredth of a nat is nothing; neither is what the estimate of log Z may be off by
    const double nothing = 0.01 + (l.exact ? 0 : 3 * l.log_Z.standard_error);
    const std::string name = text("rbm ", k + 1);
    const bool is_gaussian = dbn.rbms[k].visible_units == Units::gaussian;
    if (on_train <= nothing) {
      all.push_back(
          {name,
           {text("its input is no more likely than under the same units, not connected: it "
                 "knows nothing of how columns go together (another --rate, more "
                 "--epochs",
                 is_gaussian ? ", or --scale standard" : "", ")")}});
    } else if (has_test && on_test <= nothing) {
      all.push_back({name,
                     {"only training rows are likelier than under the same units, not connected: "
                      "they are learnt by heart (fewer --epochs, fewer hidden units, a larger "
                      "--weight-cost)"}});
    }
  }
  return joined(all);
}

Json rbm_results_json(const RbmResults& run, const RunFacts& facts) {
  Json layers = Json::array();
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) layers.push(layer_json(run, k));
  const TrainTest& data = run.data;
  const RbmTraining& t = run.options.training;
  Json json = results_head_json("rbm", facts, run.options.seed, data.train, data.test);
  json["steps"] = t.steps;
  json["persistent"] = t.persistent;
  json["seconds"] = run.seconds;
  json["error_unit"] = "squared error per example";
  json["train_error"] = run.train_error;
  json["test_error"] = data.test.size() > 0 ? Json(run.test_error) : Json();
  json["train_error_of_means"] = run.of_means.train;
  json["test_error_of_means"] = data.test.size() > 0 ? Json(run.of_means.test) : Json();
  json["remarks"] = json_list(run.remarks());
  json["layers"] = layers;
  return json;
}

}  // namespace strata
