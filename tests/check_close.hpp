#pragma once
// Comparing numbers in tests. doctest::Approx has an absolute floor near 1e-5 and passes wrong
// gradients; these have only the floor that is asked for.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/tensor.hpp"

namespace strata::testing {

/// The tolerance for this build of Real: tests name both.
inline double by_real(double in_double, double in_float) {
  return sizeof(Real) == 8 ? in_double : in_float;
}

inline bool is_close(double actual, double expected, double relative, double absolute = 0) {
  if (!std::isfinite(actual) || !std::isfinite(expected)) return actual == expected;
  return std::abs(actual - expected) <=
         relative * std::max(std::abs(actual), std::abs(expected)) + absolute;
}

inline void check_close(double actual, double expected, double relative, double absolute = 0) {
  INFO("actual ", actual, ", expected ", expected, ", relative ", relative, ", absolute ",
       absolute);
  CHECK(is_close(actual, expected, relative, absolute));
}

/// Every entry. `relative` is of the larger of the two numbers, entry by entry.
inline void check_close(const Tensor& actual, const Tensor& expected, double relative,
                        double absolute = 0) {
  CHECK(text(actual.shape) == text(expected.shape));
  if (actual.shape != expected.shape) return;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (is_close(actual[i], expected[i], relative, absolute)) continue;
    INFO("entry ", i, " of ", text(actual.shape), ": actual ", actual[i], ", expected ",
         expected[i]);
    CHECK(is_close(actual[i], expected[i], relative, absolute));
    return;
  }
}

/// The text of the strata::Error that `call` throws; "" if it throws none.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace strata::testing
