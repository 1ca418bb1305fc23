#pragma once
// Random numbers, written out here so that one seed gives the same draws with every compiler and
// standard library. The generator is xoshiro256++ (Blackman and Vigna 2019), its state filled from
// the seed by SplitMix64 (Steele, Lea and Flood 2014). Draws are made in double and are therefore
// the same in both builds of `Real`.
//
// The fill functions at the end make many draws at once.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// Everything that determines the draws to come. Saving it and setting it again repeats them.
struct RngState {
  std::array<std::uint64_t, 4> words{};
  bool operator==(const RngState&) const = default;
};

class Rng {
 public:
  /// Generators with one seed but different streams are independent: one for each compared method.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0);

  /// 64 random bits.
  std::uint64_t next();
  /// Uniform in [0, 1), a multiple of 2⁻⁵³.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Normal with mean 0 and variance 1, by the ziggurat method (Marsaglia and Tsang 2000) with the
  /// layers of core/random/ziggurat.hpp. 98.5 % of the draws need no mathematical library and are
  /// the same on every machine. For the others std::exp decides which are accepted, and std::log
  /// computes those beyond ±3.65; libraries that round differently may differ there in the last
  /// bit, and once in about 10¹⁵ draws in what is accepted.
  double normal();
  /// Uniform in {0, …, n − 1}, without bias. Throws Error for n = 0.
  std::size_t below(std::size_t n);
  /// Shuffles, with every order equally likely (Fisher and Yates).
  void shuffle(std::vector<std::size_t>& order);

  RngState state() const { return state_; }
  void set_state(const RngState& state) { state_ = state; }

 private:
  RngState state_;
};

/// Fills every entry with a normal draw times `scale`: the draws of normal(), one after the other.
void fill_normal(std::span<Real> draws, Rng& rng, double scale = 1);
/// Fills every entry with a uniform draw: those of uniform(low, high), one after the other.
void fill_uniform(std::span<Real> draws, Rng& rng, double low, double high);
/// Sets every entry to `on` with the given probability and to 0 otherwise, independently. The
/// probability is rounded to a multiple of 2⁻³²; 0 and 1 are exact. One draw of the generator
/// starts a SplitMix64 sequence, each of whose numbers decides two entries, the first by its lower
/// 32 bits, the second by its upper ones. Unlike those of xoshiro, the numbers of SplitMix64 do not
/// depend on one another, so several can be computed at once. Throws Error for a probability
/// outside [0, 1].
void fill_bernoulli(std::span<Real> mask, Rng& rng, double probability, Real on = 1);

/// Draws in which each entry has a probability (or a mean) of its own: the states of stochastic
/// units. states_i = 1 with probability P_i, otherwise 0, independently; 0 and 1 are exact, NaN
/// gives 0. One draw of the generator starts a SplitMix64 sequence, whose number i decides entries
/// 2i and 2i + 1 by 32 bits each, so that a probability is met to within 2⁻³², several threads can
/// draw side by side, and the bits are the same for any number of threads. states is reallocated
/// only if its shape differs from that of P; it may be P itself.
void draw_bernoulli(const Tensor& P, Tensor& states, Rng& rng, Workers* workers = nullptr);
/// states = means + ε, ε ~ N(0, 1), drawn one after the other. states may be means itself.
void draw_gaussian(const Tensor& means, Tensor& states, Rng& rng);

/// A tensor of normal draws times `scale`, and one of uniform draws in [low, high).
Tensor normal_tensor(const Shape& shape, Rng& rng, double scale = 1);
Tensor uniform_tensor(const Shape& shape, Rng& rng, double low, double high);

}  // namespace strata
