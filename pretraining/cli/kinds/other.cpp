// The makers of the kinds that are classes of their own: contractive, variational, lstm.

#include <algorithm>

#include "autoencoders/contractive.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/variational.hpp"
#include "core/data/sequences.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

std::unique_ptr<Autoencoder> make_contractive(const Kind& kind, const DataShape& data,
                                              const Options& o, Rng& rng) {
  ContractiveOptions options;
  options.net = dense_settings(kind, data, o);
  options.contraction = Real(o.number("contraction", 0));
  options.curvature = Real(o.number("curvature", 0));
  if (o.given("deviation") && options.curvature == 0)
    throw UsageError(
        "--deviation: of the noise that --curvature looks nearby with; it has no effect without");
  if (o.given("deviation")) options.deviation = Real(o.number("deviation", 0, 1e6, Ends::open_low));
  return std::make_unique<ContractiveAutoencoder>(options, rng);
}

std::unique_ptr<Autoencoder> make_variational(const Kind& kind, const DataShape& data,
                                              const Options& o, Rng& rng) {
  VariationalOptions options;
  options.sizes = sizes_of(kind, data.features, o);
  options.hidden = activation_of(o, "hidden-activation", options.hidden);
  options.decoder = decoder_named(o.choice("decoder", {"bernoulli", "gaussian"}));
  if (o.given("output") && options.decoder == DecoderKind::bernoulli)
    throw UsageError(
        "--output: a Bernoulli decoder's is sigmoid (--decoder gaussian takes others)");
  options.output = activation_of(o, "output", options.output);
  if (o.given("deviation") && options.decoder == DecoderKind::bernoulli)
    throw UsageError(
        "--deviation: of a Gaussian decoder's noise; a Bernoulli decoder has none (--decoder "
        "gaussian)");
  if (o.given("deviation")) options.deviation = Real(o.number("deviation", 0, 1e6, Ends::open_low));
  options.beta = Real(o.given("beta") ? o.number("beta", 0) : kind.defaults.beta);
  options.warm_up_epochs = o.size("warm-up");
  return std::make_unique<VariationalAutoencoder>(options, rng);
}

// "1, 2, 4, 8, …": the first of them, and the number itself.
static std::string divisors_of(std::size_t n) {
  constexpr std::size_t most = 8;
  std::string list;
  std::size_t count = 0;
  for (std::size_t d = 1; d < n && count < most; ++d) {
    if (n % d != 0) continue;
    list += text(d, ", ");
    if (++count == most) list += "…, ";
  }
  return text(list, n);
}

// A picture is read row by row; other data a number a step.
std::unique_ptr<Autoencoder> make_lstm(const Kind& kind, const DataShape& data, const Options& o,
                                       Rng& rng) {
  LstmAutoencoderOptions options;
  const std::size_t usual = data.image.height > 0 ? data.image.height : data.features;
  options.steps = o.given("steps") ? o.size("steps", 1) : usual;
  if (data.features % options.steps != 0) {
    throw UsageError(text("--steps ", options.steps, ": the ", data.features,
                          " features cannot be cut into so many equal steps (",
                          divisors_of(data.features), " can be)"));
  }
  options.step_features = data.features / options.steps;
  options.units = o.size("units", 1);
  options.code_size = o.given("hidden") ? o.size("hidden", 1) : kind.defaults.hidden;
  options.output = activation_of(o, "output", options.output);
  options.variable_lengths = o.flag("variable-lengths");
  options.teacher_forcing = o.flag("teacher-forcing");
  options.reversed_target = o.flag("reversed");
  options.decay = Real(o.given("decay") ? o.number("decay", 0) : kind.defaults.decay);
  return std::make_unique<LstmAutoencoder>(options, rng);
}

std::string padding_remark(const Autoencoder& model, const Dataset& data, const Scaling& scaling) {
  const LstmAutoencoderOptions& options = dynamic_cast<const LstmAutoencoder&>(model).options;
  if (options.variable_lengths) {
    if (scaling.shift.empty() || largest_magnitude(scaling.shift) == 0) return "";
    throw UsageError(
        "--variable-lengths and --scale: scaling would move the zeros that end the shorter "
        "sequences (scale the steps before they are padded)");
  }
  if (data.has_pictures()) return "";  // a black bottom row is part of its picture
  const std::vector<std::size_t> lengths = sequence_lengths(data.X, options.step_features);
  const std::ptrdiff_t shorter = std::count_if(
      lengths.begin(), lengths.end(), [&](std::size_t length) { return length < options.steps; });
  if (shorter == 0) return "";
  return text(shorter, " of ", data.size(),
              " sequences end in zeros: if those are padding, add --variable-lengths");
}

}  // namespace strata::cli
