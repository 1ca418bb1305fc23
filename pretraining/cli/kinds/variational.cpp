// The kind that is a variational autoencoder.

#include "autoencoders/variational.hpp"

#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

std::unique_ptr<Autoencoder> make_variational(const Kind& kind, const DataShape& data,
                                              const Options& o, Rng& rng) {
  VariationalOptions options;
  options.sizes = sizes_of(kind, data.features, o);
  read_activation(o, "hidden-activation", options.hidden);
  o.read("decoder", options.decoder, decoder_kinds);
  const bool is_bernoulli = options.decoder == DecoderKind::bernoulli;
  if (o.given("output") && is_bernoulli)
    throw UsageError(
        "--output: a Bernoulli decoder's is sigmoid (--decoder gaussian takes others)");
  read_activation(o, "output", options.output);
  if (o.given("deviation") && is_bernoulli)
    throw UsageError(
        "--deviation: of a Gaussian decoder's noise; a Bernoulli decoder has none (--decoder "
        "gaussian)");
  o.read("deviation", options.deviation);
  o.read("beta", options.beta);
  o.read("warm-up", options.warm_up_epochs);
  return std::make_unique<VariationalAutoencoder>(options, rng);
}

}  // namespace strata::cli
