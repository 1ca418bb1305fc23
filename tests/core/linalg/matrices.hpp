#pragma once
// What the tests of linear algebra share: random matrices, and how far two of them are apart.

#include <algorithm>
#include <cmath>

#include "core/linalg/double_matrix.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

namespace strata::testing {

inline DoubleMatrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Rng rng(seed);
  DoubleMatrix A(rows, cols);
  for (double& a : A.values) a = rng.normal();
  return A;
}

inline double largest_entry(const DoubleMatrix& A) {
  double largest = 0;
  for (double a : A.values) largest = std::max(largest, std::abs(a));
  return largest;
}

inline double largest_difference(const DoubleMatrix& A, const DoubleMatrix& B) {
  DoubleMatrix difference = A;
  add_scaled_row(-1, B.values.data(), difference.values.data(), A.values.size());
  return largest_entry(difference);
}

inline void check_orthonormal_rows(const DoubleMatrix& Q) {
  CHECK(largest_difference(product(Q, transposed(Q)), identity_matrix(Q.rows)) <
        1e-14 * double(Q.cols + 5));
}

inline void check_values(const std::vector<double>& actual, const std::vector<double>& expected,
                         double relative, double absolute = 0) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    check_close(actual[i], expected[i], relative, absolute);
}

}  // namespace strata::testing
