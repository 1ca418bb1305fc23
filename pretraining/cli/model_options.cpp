#include "pretraining/cli/model_options.hpp"

#include <algorithm>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/undercomplete.hpp"

namespace strata::cli {
namespace {

// What a kind takes when nothing else is said.
struct Defaults {
  std::size_t hidden;
  std::size_t epochs;
  const char* optimizer;
  double rate;
  const char* schedule;
  double rho = 0.05, beta = 0, decay = 0;
};

Defaults defaults_of(const std::string& kind) {
  if (kind == "linear") return {8, 1000, "lbfgs", 1, "constant", 0.05, 0, 1e-3};
  if (kind == "undercomplete") return {16, 100, "adam", 0.01, "one_cycle"};
  if (kind == "overcomplete") return {100, 100, "adam", 0.005, "one_cycle"};
  if (kind == "sparse") return {100, 300, "lbfgs", 1, "constant", 0.05, 0.1, 1e-4};
  return {2, 200, "adam", 0.02, "one_cycle"};  // multilayer
}

Penalties penalties_of(const Defaults& d, const Options& o) {
  const auto number = [&o](const char* name, double fallback) {
    return Real(o.given(name) ? o.number(name, 0) : fallback);
  };
  const bool other_sparsity = o.given("l1") || o.given("keep");  // then KL is only added when asked for
  Penalties p;
  p.rho = Real(o.given("rho") ? o.number("rho", 0, 1, Ends::open) : d.rho);
  p.beta = number("beta", other_sparsity ? 0 : d.beta);
  p.decay = number("decay", d.decay);
  if (o.given("rho") && p.beta == 0)
    throw UsageError("--rho: has no effect without KL sparsity (give --beta, or the kind sparse)");
  p.l1 = number("l1", 0);
  return p;
}

std::vector<std::size_t> sizes_of(const std::string& kind, std::size_t features, const Options& o) {
  if (o.given("layers")) {
    if (o.given("hidden")) throw UsageError("--layers and --hidden: give one of them");
    const std::vector<std::size_t> sizes = parse_layers(o.text("layers"));
    if (sizes.front() != features) {
      throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                            " features, so the layers begin with ", features));
    }
    return sizes;
  }
  std::size_t hidden = o.given("hidden") ? o.size("hidden", 1) : defaults_of(kind).hidden;
  const bool is_bottleneck = kind == "linear" || kind == "undercomplete";
  if (!o.given("hidden") && is_bottleneck) hidden = std::min(hidden, std::max<std::size_t>(1, features / 2));
  if (!o.given("hidden") && kind == "overcomplete") hidden = std::max(hidden, features);
  if (kind != "multilayer") return {features, hidden};
  return {features, 100, 50, hidden};
}

// The page of each kind says what it is.
DenseAutoencoderOptions settings_of(const std::string& kind, const std::vector<std::size_t>& sizes,
                                    const Penalties& penalties) {
  if (kind == "multilayer" || (kind == "sparse" && sizes.size() > 2)) {
    DenseAutoencoderOptions deep = multilayer_autoencoder(sizes);
    if (kind == "sparse") deep.code = Activation::sigmoid;
    deep.penalties = penalties;
    return deep;
  }
  if (sizes.size() > 2) {
    throw UsageError("--layers " + layers_text(sizes) + ": the kind " + kind +
                     " has one hidden layer (multilayer has more)");
  }
  if (kind == "sparse") return sparse_autoencoder(sizes[0], sizes[1], penalties);
  DenseAutoencoderOptions options = kind == "linear"          ? linear_autoencoder(sizes[0], sizes[1])
                                    : kind == "undercomplete" ? undercomplete_autoencoder(sizes[0], sizes[1])
                                                              : overcomplete_autoencoder(sizes[0], sizes[1]);
  options.penalties = penalties;
  return options;
}

// The settings of the kind, changed by what the command line says.
DenseAutoencoderOptions model_settings(const std::string& kind, const std::vector<std::size_t>& sizes,
                                       const Options& o) {
  DenseAutoencoderOptions options = settings_of(kind, sizes, penalties_of(defaults_of(kind), o));
  const auto activation = [&o](const char* name, Activation fallback) {
    return o.given(name) ? activation_named(o.choice(name, activation_names())) : fallback;
  };
  options.hidden = activation("hidden-activation", options.hidden);
  options.code = activation("code", options.code);
  options.output = activation("output", options.output);
  if (o.given("loss")) options.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  if (!o.given("loss") && options.output != Activation::sigmoid) options.loss = Loss::half_mse;
  options.tied = o.flag("tied");
  options.keep_largest = o.given("keep") ? o.size("keep", 1, sizes.back()) : 0;
  if (o.given("init")) options.initializer = initializer_named(o.choice("init", initializer_names()));
  return options;
}

std::string optimizer_of(const std::string& kind, const Options& o) {
  return o.given("optimizer") ? o.choice("optimizer", optimizer_kinds()) : defaults_of(kind).optimizer;
}

}  // namespace

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all = {"linear", "undercomplete", "overcomplete", "multilayer",
                                               "sparse"};
  return all;
}

const std::string& checked_kind(const std::string& kind) {
  const auto found = std::find(kinds().begin(), kinds().end(), kind);
  if (found != kinds().end()) return *found;
  const std::string near = nearest_word(kind, kinds());
  throw UsageError("there is no kind '" + kind + "'" +
                   (near.empty() ? " (linear, undercomplete, overcomplete, multilayer, sparse)"
                                 : "; did you mean " + near + "?"));
}

std::vector<OptionSpec> model_specs() {
  return {
      {"layers", "D-…-K", "", "layer sizes from the features to the code, like 64-100-50-2"},
      {"hidden", "N", "",
       "code units (default by kind: linear 8, undercomplete 16, at most half the features; overcomplete and "
       "sparse 100; multilayer 2)"},
      {"hidden-activation", "F", "",
       "of the layers between: linear sigmoid tanh relu leaky_relu elu softplus"},
      {"code", "F", "", "activation of the code (default by kind)"},
      {"output", "F", "", "activation of the output (default: sigmoid; linear and overcomplete: linear)"},
      {"loss", "LOSS", "", "half_mse or bce (default: half_mse; multilayer: bce)"},
      {"rho", "P", "0.05", "KL sparsity: the mean activation wanted, in (0, 1)"},
      {"beta", "W", "", "KL sparsity: its weight (default: 0.1 for sparse without --l1 or --keep, else 0)"},
      {"l1", "W", "0", "weight of the L1 term on the code"},
      {"keep", "K", "", "k-sparse: keep the K largest code units of each example"},
      {"decay", "W", "",
       "weight of the L2 term on the weights (default: linear 0.001, sparse 0.0001, others 0)"},
      {"tied", "", "", "decoder weights are the encoder's, transposed"},
      {"init", "HOW", "", "xavier, he or lecture"}};
}

std::vector<OptionSpec> training_specs() {
  return {
      {"epochs", "N", "",
       "passes over the training rows (default: linear 1000, sparse 300, multilayer 200, others 100)"},
      {"batch", "N", "32", "examples a step (lbfgs: all)"},
      {"rate", "R", "", "learning rate (default by kind and optimiser)"},
      {"optimizer", "NAME", "", "sgd momentum nesterov adagrad rmsprop adam adamw lbfgs (default by kind)"},
      {"schedule", "NAME", "", "of the learning rate: constant step cosine one_cycle (default by kind)"},
      {"clip", "NORM", "", "clip the gradient to this norm"},
      {"patience", "N", "",
       "stop after N epochs without a better loss on every tenth training row, which is then held out, and "
       "restore the best"}};
}

DenseAutoencoder make_model(const std::string& kind, std::size_t features, const Options& o, Rng& rng) {
  const std::vector<std::size_t> sizes = sizes_of(kind, features, o);
  check_memory(sizes, optimizer_of(kind, o), o.given("layers") ? "--layers" : "--hidden");
  try {
    return DenseAutoencoder(model_settings(kind, sizes, o), rng);
  } catch (const Error& error) {  // settings that do not go together came from the command line
    throw UsageError(error.what());
  }
}

FitOptions fit_options(const std::string& kind, std::size_t examples, const Options& o) {
  const Defaults d = defaults_of(kind);
  FitOptions fit;
  fit.epochs = o.given("epochs") ? o.size("epochs") : d.epochs;
  fit.optimizer.kind = optimizer_of(kind, o);
  if (o.given("clip") && fit.optimizer.kind == "lbfgs")
    throw UsageError("--clip: lbfgs does not take it (choose another --optimizer)");
  const bool whole_set = fit.optimizer.kind == "lbfgs" && !o.given("batch");
  fit.batch_size = whole_set ? examples : o.size("batch", 1);
  const bool usual = fit.optimizer.kind == d.optimizer;
  fit.learning_rate = o.given("rate") ? o.number("rate", 0, 1e6, Ends::open_low)
                                      : (usual ? d.rate : usual_learning_rate(fit.optimizer.kind));
  const char* schedule = usual ? d.schedule : "constant";
  fit.schedule.kind = o.given("schedule") ? o.choice("schedule", schedule_kinds()) : schedule;
  if (o.given("clip")) fit.clip_norm = o.number("clip", 0, 1e30, Ends::open_low);
  if (o.given("patience")) fit.patience = o.size("patience", 1);
  fit.shuffle = fit.batch_size < examples;
  return fit;
}

}  // namespace strata::cli
