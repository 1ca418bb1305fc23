#include "core/linalg/angles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace strata {
namespace {

// The basis, as rows.
DoubleMatrix orthonormal_basis(const char* operation, const Tensor& A) {
  DoubleMatrix Q = transposed(to_double(operation, A));
  check(Q.rows <= Q.cols, operation, ": ", A.shape,
        " has more columns than rows, so they cannot be independent");
  const double rounding = 10 * double(std::numeric_limits<Real>::epsilon());
  for (std::size_t j = 0; j < Q.rows; ++j) {
    double* q = Q.row(j);
    double largest = 0;  // divided out first, so that no square over- or underflows
    for (std::size_t i = 0; i < Q.cols; ++i) largest = std::max(largest, std::abs(q[i]));
    check(largest > 0, operation, ": column ", j, " of ", A.shape,
          " is 0 (the columns must be independent)");
    for (std::size_t i = 0; i < Q.cols; ++i) q[i] /= largest;
    const double before = row_length(q, Q.cols);
    const double left = remove_components(Q, j, q);
    check(left > rounding * before, operation, ": column ", j, " of ", A.shape,
          " is a combination of the columns before it ", "(the columns must be independent)");
    for (std::size_t i = 0; i < Q.cols; ++i) q[i] /= left;
  }
  return Q;
}

}  // namespace

Tensor orthonormal_columns(const Tensor& A) {
  return to_tensor(transposed(orthonormal_basis("orthonormal_columns", A)));
}

std::vector<double> principal_angles(const Tensor& A, const Tensor& B) {
  check(A.rank() == 2 && B.rank() == 2 && A.rows() == B.rows(), "principal_angles: A is ", A.shape,
        " but B is ", B.shape, " (two matrices with the same number of rows)");
  DoubleMatrix larger = orthonormal_basis("principal_angles", A);
  DoubleMatrix smaller = orthonormal_basis("principal_angles", B);
  if (larger.rows < smaller.rows) std::swap(larger, smaller);

  const DoubleMatrix inner = product(smaller, transposed(larger));
  DoubleMatrix rest = smaller;
  for (std::size_t j = 0; j < rest.rows; ++j) remove_components(larger, larger.rows, rest.row(j));
  // Descending: ascending angles
  const std::vector<double> cosines = svd_rows(inner).singular_values;
  const std::vector<double> sines =
      svd_rows(std::move(rest)).singular_values;  // descending: descending angles
  std::vector<double> angles(smaller.rows);
  for (std::size_t j = 0; j < angles.size(); ++j)
    angles[j] = std::atan2(sines[angles.size() - 1 - j], cosines[j]);
  return angles;
}

double largest_principal_angle(const Tensor& A, const Tensor& B) {
  return principal_angles(A, B).back();
}

}  // namespace strata
