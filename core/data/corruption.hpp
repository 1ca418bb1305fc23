#pragma once
// Damage done to data on purpose: a denoising autoencoder gets x̃, drawn from q(x̃|x), and must
// return x (Vincent, Larochelle, Bengio and Manzagol 2008; Vincent et al. 2010).
//
//   masking           each entry is set to 0 with probability ν, the others stay
//   salt_and_pepper   each entry is set to `low` or `high`, with probability ν/2 each
//   gaussian          x̃ = x + σ ε,  ε ~ N(0, I); nothing is clipped
//   custom            a function of your own
//
// Each call draws afresh from the generator. A corruption drawn once and kept is just another data
// set.

#include <functional>
#include <string>

#include "core/choice.hpp"
#include "core/io/json.hpp"
#include "core/random/rng.hpp"

namespace strata {

enum class CorruptionKind { masking, salt_and_pepper, gaussian, custom };
/// Custom has no name.
inline const Choice<CorruptionKind> corruption_kinds{"corruption",
                                                     {"masking", "salt_and_pepper", "gaussian"}};

struct Corruption {
  CorruptionKind kind = CorruptionKind::masking;
  Real amount = Real(0.3);  // the probability ν, or the deviation σ
  Real low = 0, high = 1;   // for salt and pepper: the ends of the data's range
  /// For custom: changes a copy of the clean rows (m×d) in place. Whatever it draws must come from
  /// the generator alone, or the same seed no longer gives the same bits.
  std::function<void(Tensor& X, Rng& rng)> function{};
};

/// Throws Error for a probability outside [0, 1], a deviation below 0, low above high, or a custom
/// corruption without its function.
void check_corruption(const Corruption& corruption);

/// x̃ of every row of X (m×d).
Tensor corrupt(const Tensor& X, const Corruption& corruption, Rng& rng);
/// The same into existing memory: `corrupted` keeps its own if it is large enough.
void corrupt_into(Tensor& corrupted, const Tensor& X, const Corruption& corruption, Rng& rng);

/// "masking 0.3"
std::string corruption_text(const Corruption& corruption);
/// Throws Error for a custom corruption, since a function cannot be written down.
Json corruption_to_json(const Corruption& corruption);
Corruption corruption_from_json(const Json& json);

}  // namespace strata
