#include "core/random/rng.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/random/ziggurat.hpp"

namespace strata {
namespace {

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;  // 2⁶⁴ divided by the golden ratio

// SplitMix64: turns a counter into well-mixed bits.
std::uint64_t split_mix(std::uint64_t& counter) {
  counter += golden;
  std::uint64_t bits = counter;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

std::uint64_t rotate_left(std::uint64_t bits, int places) {
  return (bits << places) | (bits >> (64 - places));
}

// |x| beyond the start r of the tail (Marsaglia 1964): r + a/r for exponential draws a and b,
// accepted if b > (a/r)² / 2.
double normal_beyond_tail_start(Rng& rng) {
  double beyond, b;
  do {
    beyond = -std::log(1 - rng.uniform()) / Ziggurat::tail_start;
    b = -std::log(1 - rng.uniform());
  } while (2 * b <= beyond * beyond);
  return Ziggurat::tail_start + beyond;
}

// The draw when x lies in the right end of its layer. In layer 0 that is the tail. In the others it
// is the wedge: a height in the layer is drawn, and x is accepted if the point (x, height) lies
// below the density. If not, everything starts over.
[[gnu::noinline]] double normal_at_edge(Rng& rng, std::size_t layer, double x) {
  if (layer == 0) return std::copysign(normal_beyond_tail_start(rng), x);
  const double bottom = ziggurat.y[layer], top = ziggurat.y[layer + 1];
  const double height = bottom + rng.uniform() * (top - bottom);
  return height < std::exp(-x * x / 2) ? x : rng.normal();
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

Rng::Rng(std::uint64_t seed, std::uint64_t stream) {
  std::uint64_t stream_counter = stream;
  std::uint64_t counter = stream == 0 ? seed : seed ^ split_mix(stream_counter);
  for (std::uint64_t& word : state_.words) word = split_mix(counter);
}

std::uint64_t Rng::next() {
  auto& s = state_.words;
  const std::uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
  const std::uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double Rng::uniform() {
  return double(next() >> 11) * 0x1.0p-53;
}

double Rng::normal() {
  // The lowest 8 bits choose the layer. The highest 53, with a 1 appended, are an odd multiple of
  // 2⁻⁵³ between −1 and 1, the place in the layer. No bit is used twice, so that place and sign do
  // not depend on the layer (Doornik 2005).
  const std::uint64_t bits = next();
  const std::size_t layer = bits % Ziggurat::layers;
  const double x = double((std::int64_t(bits) >> 10) | 1) * 0x1.0p-53 * ziggurat.x[layer];
  return std::abs(x) < ziggurat.x[layer + 1] ? x : normal_at_edge(*this, layer, x);
}

std::size_t Rng::below(std::size_t n) {
  check(n > 0, "Rng::below: there is no number below 0");
  // Draws at or above the largest multiple of n would favour the small remainders: draw again.
  const std::uint64_t rest = (0 - std::uint64_t(n)) % n;  // 2⁶⁴ mod n
  std::uint64_t bits;
  do bits = next();
  while (bits < rest);
  return std::size_t(bits % n);
}

void Rng::shuffle(std::vector<std::size_t>& order) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(i)]);
}

void fill_normal(std::span<Real> draws, Rng& rng, double scale) {
  for (Real& draw : draws) draw = Real(scale * rng.normal());
}

void fill_uniform(std::span<Real> draws, Rng& rng, double low, double high) {
  Rng local = rng;  // a copy whose address is never taken stays in registers
  for (Real& draw : draws) draw = Real(local.uniform(low, high));
  rng = local;
}

void fill_bernoulli(std::span<Real> mask, Rng& rng, double probability, Real on) {
  check(probability >= 0 && probability <= 1, "fill_bernoulli: the probability is ", probability,
        ", but must lie in [0, 1]");
  // On if 32 bits < 2³² · probability. Since 2³² does not fit into 32 bits, the test is bits ≤
  // last_on, and never for 0.
  const auto threshold = std::uint64_t(std::nearbyint(probability * 0x1.0p32));
  const auto last_on = std::uint32_t(threshold - 1);
  const Real value = threshold == 0 ? Real(0) : on;
  std::uint64_t counter = rng.next();
  const std::size_t pairs = mask.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t bits = split_mix(counter);
    mask[2 * i] = std::uint32_t(bits) <= last_on ? value : Real(0);
    mask[2 * i + 1] = std::uint32_t(bits >> 32) <= last_on ? value : Real(0);
  }
  if (mask.size() % 2 == 1)
    mask.back() = std::uint32_t(split_mix(counter)) <= last_on ? value : Real(0);
}

void draw_bernoulli(const Tensor& P, Tensor& states, Rng& rng, Workers* workers) {
  match_shape(states, P);
  const std::uint64_t start = rng.next();
  const std::size_t pairs = P.size() / 2;
  for_ranges(workers, pairs, numbers_worth_a_thread / 2, [&](std::size_t begin, std::size_t end) {
    const Real* p = P.values.data();
    Real* s = states.values.data();
    for (std::size_t i = begin; i < end; ++i) {
      std::uint64_t counter = start + i * golden;
      const std::uint64_t bits = split_mix(counter);
      s[2 * i] = state_of(std::uint32_t(bits), p[2 * i]);
      s[2 * i + 1] = state_of(std::uint32_t(bits >> 32), p[2 * i + 1]);
    }
  });
  if (P.size() % 2 == 1) {
    std::uint64_t counter = start + pairs * golden;
    const std::uint64_t bits = split_mix(counter);
    states.values.back() = state_of(std::uint32_t(bits), P.values.back());
  }
}

void draw_gaussian(const Tensor& means, Tensor& states, Rng& rng) {
  match_shape(states, means);
  for (std::size_t i = 0; i < means.size(); ++i) states[i] = Real(double(means[i]) + rng.normal());
}

Tensor normal_tensor(const Shape& shape, Rng& rng, double scale) {
  Tensor draws(shape);
  fill_normal(draws.values, rng, scale);
  return draws;
}

Tensor uniform_tensor(const Shape& shape, Rng& rng, double low, double high) {
  Tensor draws(shape);
  fill_uniform(draws.values, rng, low, high);
  return draws;
}

}  // namespace strata
