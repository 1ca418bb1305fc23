// The kind that is an autoencoder of sequences.

#include "autoencoders/lstm_autoencoder.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

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
  options.steps = data.image.height > 0 ? data.image.height : data.features;
  o.read("steps", options.steps);
  if (data.features % options.steps != 0) {
    throw UsageError(text("--steps ", options.steps, ": the ", data.features,
                          " features cannot be cut into ", options.steps, " equal steps (",
                          divisors_of(data.features), " can be)"));
  }
  options.step_features = data.features / options.steps;
  options.units = o.size("units");
  options.code_size = kind.defaults.hidden;
  o.read("hidden", options.code_size);
  read_activation(o, "output", options.output);
  options.variable_lengths = o.flag("variable-lengths");
  options.teacher_forcing = o.flag("teacher-forcing");
  options.reversed_target = o.flag("reversed");
  o.read("decay", options.decay);
  return std::make_unique<LstmAutoencoder>(options, rng);
}

}  // namespace strata::cli
