#include "core/math/vector_math.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/check.hpp"
#include "core/math/scalar_math.hpp"
#include "core/math/simd.hpp"

namespace strata {
namespace {

void check_sizes(const char* name, std::span<const Real> x, std::span<Real> y) {
  check(x.size() == y.size(), name, ": x has ", x.size(), " numbers but y has room for ", y.size());
}

#ifndef STRATA_DEBUG

// Bits are the numbers of a SimdVector seen as whole numbers: the same bits in memory.
using Unsigned = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
typedef Unsigned Bits __attribute__((vector_size(vector_bytes)));

// A Real is ±m 2^k with 1 ≤ m < 2: a bit for the sign, then k + bias, then m − 1 in the lowest
// stored_bits.
using Limits = std::numeric_limits<Real>;
constexpr int stored_bits = Limits::digits - 1;
constexpr int bias = Limits::max_exponent - 1;
constexpr Unsigned sign_bit = Unsigned(1) << (8 * sizeof(Real) - 1);

// Near 1.5 · 2^stored_bits the Reals are exactly the whole numbers. So x + whole rounds x to a
// whole number, which then sits in the lowest bits, and − whole brings it back.
constexpr Real whole = Real(1.5) * Real(Unsigned(1) << stored_bits);

// log 2 = log2_high + log2_low. log2_high has so few digits that n log2_high is exact for the
// exponent n of any Real. q(r) ≈ (e^r − 1 − r)/r² for |r| ≤ ½ log 2, L(y) ≈ (2 atanh(√y)/√y − 2)/y
// for y ≤ 1/9, and T(y) ≈ (tanh(√y)/√y − 1)/y for √y ≤ ½ log 3: minimax polynomials, found by the
// program in docs/guide/vector-math.md, lowest power first.
constexpr Real log2_e = Real(1.4426950408889634074);       // 1 / log 2
constexpr Real half_log_3 = Real(0.54930614433405484570);  // tanh is ½ there
constexpr Real square_root_half = Real(0.70710678118654752440);
#ifdef STRATA_REAL_FLOAT
constexpr Real log2_high = 0.693145751953125f, log2_low = 1.42860682e-6f;
constexpr Real exp_is_zero = -104, exp_is_infinite = 89;
constexpr Real q[] = {0.500000006f, 0.166665429f, 0.0416662816f, 0.00836660159f, 0.00139464816f};
constexpr Real L[] = {0.666664131f, 0.400216991f, 0.279991412f, 0.280244585f};
constexpr Real T[] = {-0.33333318f, 0.133326017f, -0.053853858f, 0.0210777584f, -0.00628247332f};
#else
constexpr Real log2_high = 0.69314718055989033019, log2_low = 5.4979230187083711747e-14;
constexpr Real exp_is_zero = -746, exp_is_infinite = 710;
constexpr Real q[] = {0.50000000000000056,   0.16666666666666686,   0.041666666666573425,
                      0.0083333333333145606, 0.0013888888932448809, 0.00019841269903108462,
                      2.4801504357142358e-5, 2.7557227876058182e-6, 2.7626363479306389e-7,
                      2.5114500057106565e-8};
constexpr Real L[] = {0.66666666666666304, 0.40000000000157243, 0.2857142854785386,
                      0.2222222396973339,  0.18181743924823909, 0.15386559925583021,
                      0.13300973550354629, 0.12106086547264963, 0.083401002154670268,
                      0.17018577691428098};
constexpr Real T[] = {-0.33333333333332351,   0.13333333333173732,    -0.053968253878370463,
                      0.021869486026034979,   -0.008863195152146362,  0.0035917246483024758,
                      -0.0014532400553352807, 0.00057920307632311961, -0.00021040589121012913,
                      5.1090287084489869e-5};
#endif

inline SimdVector all(Real number) {
  return SimdVector{} + number;
}
inline SimdVector magnitude(SimdVector x) {
  return std::bit_cast<SimdVector>(std::bit_cast<Bits>(x) & ~sign_bit);
}

template <std::size_t terms>
inline SimdVector polynomial(const Real (&coefficients)[terms], SimdVector x) {
  SimdVector sum = all(coefficients[terms - 1]);
  for (std::size_t k = terms - 1; k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

/// 2^(n + shift) for a whole n with 0 < n + shift + bias ≤ 2 bias: only exponent bits are set.
inline SimdVector power_of_two(SimdVector n, int shift = 0) {
  const Bits lowest = std::bit_cast<Bits>(n + (whole + Real(bias + shift)));
  return std::bit_cast<SimdVector>(lowest << stored_bits);
}

/// x = n log 2 + r with a whole n and |r| ≤ ½ log 2, so that e^x = 2^n (1 + p) with p = e^r − 1.
struct Reduced {
  SimdVector n, p;
};
inline Reduced reduce(SimdVector x) {
  const SimdVector n = (x * log2_e + whole) - whole;
  const SimdVector r = (x - n * log2_high) - n * log2_low;
  return {n, r + r * r * polynomial(q, r)};
}

inline SimdVector exp_of(SimdVector x) {
  x = x < exp_is_zero ? all(exp_is_zero) : x;
  x = x > exp_is_infinite ? all(exp_is_infinite) : x;
  const auto [n, p] = reduce(x);
  const SimdVector half = (n * Real(0.5) + whole) - whole;
  return (1 + p) * power_of_two(half) * power_of_two(n - half);
}

/// e^−x for x ≥ 0. The exponent n is never above 0, so one fixed lift keeps 2^(n + lift) in range.
inline SimdVector exp_of_minus(SimdVector x) {
  constexpr int lift = (bias + 1) / 2;
  constexpr Real two_to_minus_lift = std::bit_cast<Real>(Unsigned(bias - lift) << stored_bits);
  x = x > -exp_is_zero ? all(-exp_is_zero) : x;
  const auto [n, p] = reduce(-x);
  return (1 + p) * power_of_two(n, lift) * two_to_minus_lift;
}

/// log(1 + f) + low = f − (f²/2 − s (f²/2 + R) − low), with s = f/(2 + f) and R = 2 atanh(s)/s − 2,
/// for −0.3 < f ≤ 1.
inline SimdVector log_of_one_plus(SimdVector f, SimdVector low) {
  const SimdVector s = f / (2 + f);
  const SimdVector y = s * s;
  const SimdVector R = y * polynomial(L, y);
  const SimdVector half_square = Real(0.5) * f * f;
  return f - (half_square - (s * (half_square + R) + low));
}

inline SimdVector log_of(SimdVector x) {
  // A subnormal number has no leading 1, but 2^stored_bits times that number has.
  const auto subnormal = x < Limits::min();
  const SimdVector normal = subnormal ? x * Real(Unsigned(1) << stored_bits) : x;
  const SimdVector excess = subnormal ? all(bias + stored_bits) : all(bias);
  // Shifted by this, the bits of √½ 2^k become those of 2^k: the exponent now changes at √½ 2^k.
  constexpr Unsigned root = std::bit_cast<Unsigned>(square_root_half);
  constexpr Unsigned move = std::bit_cast<Unsigned>(Real(1)) - root;
  constexpr Unsigned only_stored = (Unsigned(1) << stored_bits) - 1;
  const Bits moved = std::bit_cast<Bits>(normal) + move;
  const Bits exponent = (moved >> stored_bits) + std::bit_cast<Unsigned>(whole);
  const SimdVector k = (std::bit_cast<SimdVector>(exponent) - whole) - excess;
  // X = 2^k (1 + f)
  const SimdVector f = std::bit_cast<SimdVector>((moved & only_stored) + root) - 1;
  const SimdVector y = k * log2_high + log_of_one_plus(f, k * log2_low);

  const SimdVector below = x == 0 ? all(-Limits::infinity()) : all(Limits::quiet_NaN());
  const auto ordinary = (x > 0) & (x < Limits::infinity());
  return ordinary ? y : (x <= 0 ? below : x);
}

inline SimdVector sigmoid_of(SimdVector z) {
  const SimdVector e = exp_of_minus(magnitude(z));
  const SimdVector sum = 1 + e;
  const SimdVector lost = e - (sum - 1);  // 1 + e is sum + lost, without error
  const SimdVector quotient = (z < 0 ? e : all(1)) / sum;
  // a/(sum + lost) ≈ a/sum − a/sum · lost/sum. In so small a term, 1 − e/2 is good enough for 1/(1
  // + e), and exact at both ends.
  return quotient - quotient * lost * (1 - Real(0.5) * e);
}

inline SimdVector tanh_of(SimdVector x) {
  const SimdVector y = x * x;
  const SimdVector near = x + x * y * polynomial(T, y);
  const SimdVector e = exp_of_minus(2 * magnitude(x));
  const SimdVector far = 1 - 2 * e / (1 + e);
  const SimdVector result = magnitude(x) < half_log_3 ? near : far;
  return std::bit_cast<SimdVector>(std::bit_cast<Bits>(result) |
                                   (std::bit_cast<Bits>(x) & sign_bit));
}

inline SimdVector softplus_of(SimdVector z) {
  const SimdVector e = exp_of_minus(magnitude(z));
  return (z > 0 ? z : all(0)) + log_of_one_plus(e, all(0));
}

/// Every number goes through the one copy of f below, the last few in a vector padded with zeros.
template <class Function>
void for_each_vector(const char* name, std::span<const Real> x, std::span<Real> y, Function f) {
  check_sizes(name, x, y);
  for (std::size_t i = 0; i < x.size(); i += lanes) {
    const std::size_t left = x.size() - i;
    SimdVector v{};
    if (left >= lanes)
      std::memcpy(&v, x.data() + i, sizeof(SimdVector));
    else
      std::memcpy(&v, x.data() + i, left * sizeof(Real));
    v = f(v);
    if (left >= lanes)
      std::memcpy(y.data() + i, &v, sizeof(SimdVector));
    else
      std::memcpy(y.data() + i, &v, left * sizeof(Real));
  }
}

#endif

}  // namespace

#ifndef STRATA_DEBUG

void vector_exp(std::span<const Real> x, std::span<Real> y) {
  for_each_vector("vector_exp", x, y, [](SimdVector v) { return exp_of(v); });
}
void vector_log(std::span<const Real> x, std::span<Real> y) {
  for_each_vector("vector_log", x, y, [](SimdVector v) { return log_of(v); });
}
void vector_sigmoid(std::span<const Real> x, std::span<Real> y) {
  for_each_vector("vector_sigmoid", x, y, [](SimdVector v) { return sigmoid_of(v); });
}
void vector_tanh(std::span<const Real> x, std::span<Real> y) {
  for_each_vector("vector_tanh", x, y, [](SimdVector v) { return tanh_of(v); });
}
void vector_softplus(std::span<const Real> x, std::span<Real> y) {
  for_each_vector("vector_softplus", x, y, [](SimdVector v) { return softplus_of(v); });
}

#else

void vector_exp(std::span<const Real> x, std::span<Real> y) {
  reference::vector_exp(x, y);
}
void vector_log(std::span<const Real> x, std::span<Real> y) {
  reference::vector_log(x, y);
}
void vector_sigmoid(std::span<const Real> x, std::span<Real> y) {
  reference::vector_sigmoid(x, y);
}
void vector_tanh(std::span<const Real> x, std::span<Real> y) {
  reference::vector_tanh(x, y);
}
void vector_softplus(std::span<const Real> x, std::span<Real> y) {
  reference::vector_softplus(x, y);
}

#endif

namespace reference {

void vector_exp(std::span<const Real> x, std::span<Real> y) {
  check_sizes("vector_exp", x, y);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::exp(x[i]);
}
void vector_log(std::span<const Real> x, std::span<Real> y) {
  check_sizes("vector_log", x, y);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::log(x[i]);
}
void vector_sigmoid(std::span<const Real> x, std::span<Real> y) {
  check_sizes("vector_sigmoid", x, y);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = sigmoid(x[i]);
}
void vector_tanh(std::span<const Real> x, std::span<Real> y) {
  check_sizes("vector_tanh", x, y);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = std::tanh(x[i]);
}
void vector_softplus(std::span<const Real> x, std::span<Real> y) {
  check_sizes("vector_softplus", x, y);
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = softplus(x[i]);
}

}  // namespace reference
}  // namespace strata
