// The kind that is an autoencoder of sequences.

#include <algorithm>

#include "autoencoders/lstm_autoencoder.hpp"
#include "core/data/sequences.hpp"
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
