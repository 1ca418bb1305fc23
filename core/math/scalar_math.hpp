#pragma once
// The few functions of numbers that are used everywhere in the field, written so that they
// neither overflow nor lose small values.

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.hpp"
#include "core/real.hpp"

namespace strata {

/// σ(z) = 1 / (1 + e^−z). For z < 0 it is computed as e^z / (1 + e^z), so that the exponential
/// never overflows.
inline Real sigmoid(Real z) {
  const Real e = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/// log(1 + e^z) = max(z, 0) + log(1 + e^−|z|).
inline Real softplus(Real z) {
  return std::max(z, Real(0)) + std::log1p(std::exp(-std::abs(z)));
}

/// The same, in double even in the float build: for sums that are reported in nats.
inline double softplus_in_double(double z) {
  return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

/// log Σ exp(a_i), with the largest taken out so that nothing overflows. Throws Error for no terms.
inline double log_sum_exp(const std::vector<double>& a) {
  check(!a.empty(), "log_sum_exp: no terms");
  const double largest = *std::max_element(a.begin(), a.end());
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  for (const double term : a) sum += std::exp(term - largest);
  return largest + std::log(sum);
}

}  // namespace strata
