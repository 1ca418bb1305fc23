// The kinds that are settings of the dense autoencoder.

#include <algorithm>

#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {
namespace {

Penalties penalties_of(const Defaults& d, const Options& o) {
  const auto number = [&o](const char* name, double fallback) {
    return Real(o.given(name) ? o.number(name, 0) : fallback);
  };
  // Then KL is only added when asked for
  const bool other_sparsity = o.given("l1") || o.given("keep");
  Penalties p;
  p.rho = Real(o.given("rho") ? o.number("rho", 0, 1, Ends::open) : d.rho);
  p.beta = number("beta", other_sparsity ? 0 : d.beta);
  p.decay = number("decay", d.decay);
  if (o.given("rho") && p.beta == 0)
    throw UsageError("--rho: has no effect without KL sparsity (give --beta, or the kind sparse)");
  p.l1 = number("l1", 0);
  return p;
}

}  // namespace

std::vector<std::size_t> sizes_of(const Kind& kind, std::size_t features, const Options& o) {
  if (o.given("layers")) {
    if (o.given("hidden")) throw UsageError("--layers and --hidden: give one of them");
    const std::vector<std::size_t> sizes = parse_layers(o.text("layers"));
    if (sizes.front() != features) {
      throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                            " features, so the layers begin with ", features));
    }
    return sizes;
  }
  std::size_t hidden = o.given("hidden") ? o.size("hidden", 1) : kind.defaults.hidden;
  const bool is_narrow = kind.width == Width::narrow || kind.width == Width::usually_narrow;
  if (!o.given("hidden") && is_narrow)
    hidden = std::min(hidden, std::max<std::size_t>(1, features / 2));
  if (!o.given("hidden") && kind.width == Width::wide) hidden = std::max(hidden, features);
  std::vector<std::size_t> sizes = {features};
  sizes.insert(sizes.end(), kind.layers_between.begin(), kind.layers_between.end());
  sizes.push_back(hidden);
  return sizes;
}

Activation activation_of(const Options& o, const char* name, Activation fallback) {
  return o.given(name) ? activation_named(o.choice(name, activation_names())) : fallback;
}

std::string optimizer_of(const Kind& kind, const Options& o) {
  return o.given("optimizer") ? o.choice("optimizer", optimizer_names()) : kind.defaults.optimizer;
}

// The settings of the kind, changed by what the command line says.
DenseAutoencoderOptions dense_settings(const Kind& kind, const DataShape& data, const Options& o) {
  const std::vector<std::size_t> sizes = sizes_of(kind, data.features, o);
  if (sizes.size() > 2 && !kind.may_be_deep) {
    throw UsageError("--layers " + layers_text(sizes) + ": the kind " + kind.name +
                     " has one hidden layer (multilayer has more)");
  }
  DenseAutoencoderOptions options = kind.usual(sizes);
  options.penalties = penalties_of(kind.defaults, o);
  options.hidden = activation_of(o, "hidden-activation", options.hidden);
  options.code = activation_of(o, "code", options.code);
  options.output = activation_of(o, "output", options.output);
  if (o.given("loss")) options.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  if (!o.given("loss") && options.output != Activation::sigmoid) options.loss = Loss::half_mse;
  options.tied = o.flag("tied");
  options.keep_largest = o.given("keep") ? o.size("keep", 1, sizes.back()) : 0;
  if (o.given("dropout")) options.dropout = Real(o.number("dropout", 0, 1, Ends::open_high));
  if (o.given("init"))
    options.initializer = initializer_named(o.choice("init", initializer_names()));
  return options;
}

}  // namespace strata::cli
