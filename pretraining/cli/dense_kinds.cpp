// The kinds that are settings of the dense autoencoder.

#include <algorithm>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/undercomplete.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds.hpp"

namespace strata::cli {
namespace {

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

// The page of each kind says what it is.
DenseAutoencoderOptions settings_of(const std::string& kind, const std::vector<std::size_t>& sizes,
                                    const Penalties& penalties) {
  const bool may_be_deep = kind == "sparse" || kind == "contractive" || kind == "denoising";
  if (kind == "multilayer" || (may_be_deep && sizes.size() > 2)) {
    DenseAutoencoderOptions deep = multilayer_autoencoder(sizes);
    if (may_be_deep) deep.code = kind == "denoising" ? Activation::relu : Activation::sigmoid;
    deep.penalties = penalties;
    return deep;
  }
  if (sizes.size() > 2) {
    throw UsageError("--layers " + layers_text(sizes) + ": the kind " + kind +
                     " has one hidden layer (multilayer has more)");
  }
  if (kind == "sparse") return sparse_autoencoder(sizes[0], sizes[1], penalties);
  if (kind == "denoising")
    return {.sizes = sizes, .code = Activation::relu, .loss = Loss::bce, .penalties = penalties};
  if (kind == "contractive") return {.sizes = sizes, .loss = Loss::bce, .penalties = penalties};
  DenseAutoencoderOptions options = kind == "linear"          ? linear_autoencoder(sizes[0], sizes[1])
                                    : kind == "undercomplete" ? undercomplete_autoencoder(sizes[0], sizes[1])
                                                              : overcomplete_autoencoder(sizes[0], sizes[1]);
  options.penalties = penalties;
  return options;
}

}  // namespace

std::vector<std::size_t> sizes_of(const Kind& row, std::size_t features, const Options& o) {
  const std::string kind = row.name;
  if (o.given("layers")) {
    if (o.given("hidden")) throw UsageError("--layers and --hidden: give one of them");
    const std::vector<std::size_t> sizes = parse_layers(o.text("layers"));
    if (sizes.front() != features) {
      throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                            " features, so the layers begin with ", features));
    }
    return sizes;
  }
  std::size_t hidden = o.given("hidden") ? o.size("hidden", 1) : row.defaults.hidden;
  const bool is_bottleneck = kind == "linear" || kind == "undercomplete";
  if (!o.given("hidden") && is_bottleneck) hidden = std::min(hidden, std::max<std::size_t>(1, features / 2));
  if (!o.given("hidden") && kind == "overcomplete") hidden = std::max(hidden, features);
  if (kind == "multilayer") return {features, 100, 50, hidden};
  if (kind == "variational") return {features, 100, hidden};
  return {features, hidden};
}

Activation activation_of(const Options& o, const char* name, Activation fallback) {
  return o.given(name) ? activation_named(o.choice(name, activation_names())) : fallback;
}

std::string optimizer_of(const Kind& kind, const Options& o) {
  return o.given("optimizer") ? o.choice("optimizer", optimizer_kinds()) : kind.defaults.optimizer;
}

// The settings of the kind, changed by what the command line says.
DenseAutoencoderOptions dense_settings(const Kind& kind, const DataShape& data, const Options& o) {
  const std::vector<std::size_t> sizes = sizes_of(kind, data.features, o);
  DenseAutoencoderOptions options = settings_of(kind.name, sizes, penalties_of(kind.defaults, o));
  options.hidden = activation_of(o, "hidden-activation", options.hidden);
  options.code = activation_of(o, "code", options.code);
  options.output = activation_of(o, "output", options.output);
  if (o.given("loss")) options.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  if (!o.given("loss") && options.output != Activation::sigmoid) options.loss = Loss::half_mse;
  options.tied = o.flag("tied");
  options.keep_largest = o.given("keep") ? o.size("keep", 1, sizes.back()) : 0;
  if (o.given("dropout")) options.dropout = Real(o.number("dropout", 0, 1, Ends::open_high));
  if (o.given("init")) options.initializer = initializer_named(o.choice("init", initializer_names()));
  return options;
}

}  // namespace strata::cli
