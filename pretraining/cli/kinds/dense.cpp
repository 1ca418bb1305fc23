// The kinds that are settings of the dense autoencoder, and the one that is built around it.

#include <algorithm>

#include "autoencoders/contractive.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {
namespace {

void read_penalties(const Options& o, Penalties& p) {
  if (o.given("l1") || o.given("keep")) p.beta = 0;  // then KL is only added when asked for
  o.read("rho", p.rho);
  o.read("beta", p.beta);
  o.read("decay", p.decay);
  o.read("l1", p.l1);
  if (o.given("rho") && p.beta == 0 && !o.given("beta"))
    throw UsageError("--rho: has no effect without KL sparsity (give --beta, or the kind sparse)");
}

// The settings of the kind, changed by what the command line says.
DenseAutoencoderOptions dense_settings(const Kind& kind, const DataShape& data, const Options& o) {
  const std::vector<std::size_t> sizes = sizes_of(kind, data.features, o);
  if (sizes.size() > 2 && !kind.may_be_deep) {
    throw UsageError("--layers " + layers_text(sizes) + ": the kind " + kind.name +
                     " has one hidden layer (multilayer has more)");
  }
  DenseAutoencoderOptions options = kind.dense(sizes);
  read_penalties(o, options.penalties);
  read_activation(o, "hidden-activation", options.hidden);
  read_activation(o, "code", options.code);
  read_activation(o, "output", options.output);
  if (options.output != Activation::sigmoid) options.loss = Loss::half_mse;
  o.read("loss", options.loss, loss_kinds);
  options.tied = o.flag("tied");
  if (o.given("keep"))
    options.keep_largest = o.size("keep", {.low = 1, .high = double(sizes.back())});
  o.read("dropout", options.dropout);
  o.read("init", options.initializer, initializer_kinds);
  return options;
}

}  // namespace

std::vector<std::size_t> sizes_of(const Kind& kind, std::size_t features, const Options& o) {
  if (o.given("layers") && o.given("hidden"))
    throw UsageError("--layers and --hidden: give one of them");
  std::size_t hidden = kind.defaults.hidden;
  const bool is_narrow = kind.width == Width::narrow || kind.width == Width::usually_narrow;
  if (is_narrow) hidden = std::min(hidden, std::max<std::size_t>(1, features / 2));
  if (kind.width == Width::wide) hidden = std::max(hidden, features);
  o.read("hidden", hidden);
  std::vector<std::size_t> sizes = {features};
  sizes.insert(sizes.end(), kind.layers_between.begin(), kind.layers_between.end());
  sizes.push_back(hidden);
  return layers_of(o, features, sizes);
}

std::unique_ptr<Autoencoder> make_dense(const Kind& kind, const DataShape& data, const Options& o,
                                        Rng& rng) {
  return std::make_unique<DenseAutoencoder>(dense_settings(kind, data, o), rng);
}

std::unique_ptr<Autoencoder> make_contractive(const Kind& kind, const DataShape& data,
                                              const Options& o, Rng& rng) {
  ContractiveOptions options;
  options.net = dense_settings(kind, data, o);
  options.contraction = Real(o.number("contraction"));
  options.curvature = Real(o.number("curvature"));
  if (o.given("deviation") && options.curvature == 0)
    throw UsageError(
        "--deviation: of the noise that --curvature looks nearby with; it has no effect without");
  o.read("deviation", options.deviation);
  return std::make_unique<ContractiveAutoencoder>(options, rng);
}

}  // namespace strata::cli
