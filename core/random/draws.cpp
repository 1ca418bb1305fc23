#include "core/random/draws.hpp"

namespace strata {
namespace {

// Number i (from 0) of the SplitMix64 sequence that begins at `start` (Steele, Lea and Flood 2014).
std::uint64_t split_mix_at(std::uint64_t start, std::uint64_t i) {
  std::uint64_t bits = start + (i + 1) * 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

// u = bits · 2⁻³² lies in [0, 1), exactly in double: always below 1, never below 0.
Real state_of(std::uint32_t bits, Real probability) {
  const double u = double(bits) * 0x1.0p-32;
  return u < double(probability) ? Real(1) : Real(0);
}

void match_shape(Tensor& states, const Tensor& like) {
  if (states.shape != like.shape) states = Tensor(like.shape);
}

}  // namespace

void draw_bernoulli(const Tensor& P, Tensor& states, Rng& rng, Workers* workers) {
  match_shape(states, P);
  const std::uint64_t start = rng.next();
  const std::size_t pairs = P.size() / 2;
  for_ranges(workers, pairs, numbers_worth_a_thread / 2, [&](std::size_t begin, std::size_t end) {
    const Real* p = P.values.data();
    Real* s = states.values.data();
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t bits = split_mix_at(start, i);
      s[2 * i] = state_of(std::uint32_t(bits), p[2 * i]);
      s[2 * i + 1] = state_of(std::uint32_t(bits >> 32), p[2 * i + 1]);
    }
  });
  if (P.size() % 2 == 1) {
    const std::uint64_t bits = split_mix_at(start, pairs);
    states.values.back() = state_of(std::uint32_t(bits), P.values.back());
  }
}

void draw_gaussian(const Tensor& means, Tensor& states, Rng& rng) {
  match_shape(states, means);
  for (std::size_t i = 0; i < means.size(); ++i) states[i] = Real(double(means[i]) + rng.normal());
}

}  // namespace strata
