#include "core/rng.hpp"

#include <cmath>
#include <utility>

namespace strata {
namespace {

// SplitMix64: turns a counter into well-mixed bits.
std::uint64_t split_mix(std::uint64_t& counter) {
  counter += 0x9e3779b97f4a7c15;
  std::uint64_t bits = counter;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

std::uint64_t rotate_left(std::uint64_t bits, int places) {
  return (bits << places) | (bits >> (64 - places));
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
  if (state_.has_spare_normal) {
    state_.has_spare_normal = false;
    return state_.spare_normal;
  }
  double x, y, squared_radius;
  do {  // a point in the unit disc, not its centre
    x = 2 * uniform() - 1;
    y = 2 * uniform() - 1;
    squared_radius = x * x + y * y;
  } while (squared_radius >= 1 || squared_radius == 0);
  const double stretch = std::sqrt(-2 * std::log(squared_radius) / squared_radius);
  state_.has_spare_normal = true;
  state_.spare_normal = y * stretch;
  return x * stretch;
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

Tensor normal_tensor(const Shape& shape, Rng& rng, double scale) {
  Tensor draws(shape);
  for (Real& value : draws.values) value = Real(scale * rng.normal());
  return draws;
}

Tensor uniform_tensor(const Shape& shape, Rng& rng, double low, double high) {
  Tensor draws(shape);
  for (Real& value : draws.values) value = Real(rng.uniform(low, high));
  return draws;
}

}  // namespace strata
