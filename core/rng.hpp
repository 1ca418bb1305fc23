#pragma once
// Random numbers, written out here so that one seed gives the same draws with every compiler and standard library.
// The generator is xoshiro256++ (Blackman and Vigna 2019), its state filled from the seed by SplitMix64
// (Steele, Lea and Flood 2014). Draws are made in double and are therefore the same for both builds of `Real`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

/// Everything that decides the draws to come. Saving it and setting it again repeats them.
struct RngState {
  std::array<std::uint64_t, 4> words{};
  bool has_spare_normal = false;
  double spare_normal = 0;
  bool operator==(const RngState&) const = default;
};

class Rng {
 public:
  /// Generators with the same seed but another stream are independent: one for each method that is compared.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0);

  /// 64 random bits.
  std::uint64_t next();
  /// Uniform in [0, 1), a multiple of 2⁻⁵³.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Normal with mean 0 and variance 1, by the polar method (Marsaglia and Bray 1964), two at a time.
  double normal();
  /// Uniform in {0, …, n − 1}, without bias. Throws Error for n = 0.
  std::size_t below(std::size_t n);
  /// Every order equally likely (Fisher and Yates).
  void shuffle(std::vector<std::size_t>& order);

  RngState state() const { return state_; }
  void set_state(const RngState& state) { state_ = state; }

 private:
  RngState state_;
};

/// A tensor of normal draws times `scale`, and one of uniform draws in [low, high).
Tensor normal_tensor(const Shape& shape, Rng& rng, double scale = 1);
Tensor uniform_tensor(const Shape& shape, Rng& rng, double low, double high);

}  // namespace strata
