#include "pretraining/cli/kinds/model_options.hpp"

#include <algorithm>
#include <cmath>

#include "autoencoders/denoising.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

const std::vector<OptionSpec>& model_specs() {
  static const std::vector<OptionSpec> specs = read_specs(model_options);
  return specs;
}

const std::vector<OptionSpec>& kind_specs() {
  static const std::vector<OptionSpec> specs = read_specs(text(model_options, training_options));
  return specs;
}

// L-BFGS goes through all rows for a step. Of many rows Adam, which takes hundreds of steps
// meanwhile, gets further.
static Defaults defaults_for(const Kind& kind, std::size_t examples, const Options& o) {
  constexpr std::size_t many = 5000;
  const bool is_lbfgs = kind.defaults.optimizer == std::string("lbfgs");
  if (!is_lbfgs || examples < many || o.given("optimizer")) return kind.defaults;
  return {kind.defaults.hidden, 100, "adam", 0.01, "one_cycle"};
}

// The kinds' defaults are for the digits. As many steps are taken on other data, within limits: one
// of a hundred rows is gone through five times as often, MNIST a fifth as often.
static std::size_t usual_epochs(const Defaults& d, std::size_t examples) {
  if (d.optimizer == std::string("lbfgs")) return d.epochs;
  const double digits = 1438;
  const double share = std::clamp(digits / double(std::max<std::size_t>(1, examples)), 0.2, 5.0);
  return std::size_t(std::lround(share * double(d.epochs)));
}

static std::string optimizer_of(const Defaults& d, const Options& o) {
  return o.given("optimizer") ? o.choice("optimizer", optimizer_kinds.names) : d.optimizer;
}

std::string optimizer_of(const Kind& kind, const Options& o) {
  return optimizer_of(kind.defaults, o);
}

// The kind denoising, and others that take --corruption where it is given.
static bool denoises(const Kind& kind, const Options& o) {
  return takes(kind, "corruption") && (o.given("corruption") || kind.corrupts);
}

Corruption corruption_of(const Options& o) {
  Corruption corruption;
  o.read("corruption", corruption.kind, corruption_kinds);
  const bool is_probability = corruption.kind != CorruptionKind::gaussian;
  const Values probabilities{.low = 0, .high = 1}, deviations{.low = 0};
  corruption.amount = Real(o.number("noise", is_probability ? probabilities : deviations));
  return corruption;
}

// Options of other kinds would be silently without effect.
static void check_options_fit(const Kind& kind, const Options& o) {
  for (const OptionSpec& spec : model_specs()) {
    if (o.given(spec.name) && !takes(kind, spec.name)) {
      throw UsageError(text("--", spec.name, ": the kind ", kind.name,
                            " does not take it (`strata train ", kind.name,
                            " --help` lists what it takes)"));
    }
  }
  if (o.given("noise") && !denoises(kind, o))
    throw UsageError("--noise: has no effect without --corruption");
}

std::unique_ptr<Autoencoder> make_model(const Kind& kind, const DataShape& data, const Options& o,
                                        Rng& rng) {
  check_options_fit(kind, o);
  const ParameterBudget budget = memory_budget(optimizer_of(kind, o));
  try {
    std::unique_ptr<Autoencoder> model = kind.make(kind, data, o, rng);
    if (!denoises(kind, o)) return model;
    return std::make_unique<DenoisingAutoencoder>(std::move(model), corruption_of(o), rng);
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& error) {  // settings that do not go together came from the command line
    throw UsageError(error.what());
  }
}

FitOptions fit_options(const Kind& kind, std::size_t examples, const Options& o) {
  const Defaults d = defaults_for(kind, examples, o);
  FitOptions fit;
  fit.epochs = usual_epochs(d, examples);
  o.read("epochs", fit.epochs);
  fit.optimizer.kind = optimizer_kinds.named(optimizer_of(d, o));
  const bool is_lbfgs = fit.optimizer.kind == OptimizerKind::lbfgs;
  if (o.given("clip") && is_lbfgs)
    throw UsageError("--clip: lbfgs does not take it (choose another --optimizer)");
  if (o.given("weight-decay")) {
    if (fit.optimizer.kind != OptimizerKind::adamw)
      throw UsageError("--weight-decay: only adamw takes it (--decay is for every optimiser)");
    fit.optimizer.weight_decay = o.number("weight-decay");
  }
  fit.batch_size = is_lbfgs && !o.given("batch") ? examples : o.size("batch");
  const bool is_usual = optimizer_kinds.name(fit.optimizer.kind) == d.optimizer;
  fit.learning_rate = is_usual ? d.rate : usual_learning_rate(fit.optimizer.kind);
  fit.schedule.kind = schedule_kinds.named(is_usual ? d.schedule : "constant");
  o.read("rate", fit.learning_rate);
  o.read("schedule", fit.schedule.kind, schedule_kinds);
  o.read("clip", fit.clip_norm);
  o.read("patience", fit.patience);
  fit.shuffle = fit.batch_size < examples;
  return fit;
}

}  // namespace strata::cli
