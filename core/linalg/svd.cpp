#include "core/linalg/svd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/linalg/eigen.hpp"

namespace strata {
namespace {

// Rows shorter than this, relative to the longest, count as 0. What rounding leaves of a column
// that depends on the others is longer at first, but each sweep shortens it by 16 digits. Without a
// limit this would continue until its square is too small for a double and its length comes out
// wrong.
constexpr double negligible = 1e-60;

// W holds the columns of A V as rows, V those of V as rows. Both are rotated together, so that W
// remains A V. One sweep looks at each pair of rows once. Returns whether it rotated any.
bool jacobi_sweep(DoubleMatrix& W, DoubleMatrix& V, double shortest) {
  const double orthogonal = std::numeric_limits<double>::epsilon() * std::sqrt(double(W.cols) + 8);
  bool turned = false;
  for (std::size_t p = 0; p < W.rows; ++p) {
    for (std::size_t q = p + 1; q < W.rows; ++q) {
      const double length_p = row_length(W.row(p), W.cols);
      const double length_q = row_length(W.row(q), W.cols);
      if (std::min(length_p, length_q) <= shortest) continue;
      const double inner = row_dot(W.row(p), W.row(q), W.cols);
      if (std::abs(inner) <= orthogonal * length_p * length_q) continue;
      // The rotation that makes the two orthogonal: t = tan of the smaller of its two angles, from
      // cot(2·angle) = ζ.
      const double zeta = (length_q - length_p) * (length_q + length_p) / (2 * inner);
      const double t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(zeta, 1.0));
      const double c = 1 / std::hypot(t, 1.0);
      rotate_rows(W.row(p), W.row(q), W.cols, c, c * t);
      rotate_rows(V.row(p), V.row(q), V.cols, c, c * t);
      turned = true;
    }
  }
  return turned;
}

double longest_row(const DoubleMatrix& W) {
  double longest = 0;
  for (std::size_t j = 0; j < W.rows; ++j)
    longest = std::max(longest, row_length(W.row(j), W.cols));
  return longest;
}

// Writes into row j of U a vector of length 1 that is orthogonal to rows 0 … j − 1: the unit vector
// that those rows cover least, minus its components along them. Unit vector i is covered by Σ_rows
// U_i², and they cannot all be covered by more than j / m.
void complete_row(DoubleMatrix& U, std::size_t j) {
  std::vector<double> covered(U.cols, 0.0);
  for (std::size_t r = 0; r < j; ++r) {
    for (std::size_t i = 0; i < U.cols; ++i) covered[i] += U(r, i) * U(r, i);
  }
  double* u = U.row(j);
  std::fill_n(u, U.cols, 0.0);
  u[std::min_element(covered.begin(), covered.end()) - covered.begin()] = 1;
  const double left = remove_components(U, j, u);
  for (std::size_t i = 0; i < U.cols; ++i) u[i] /= left;
}

// A (m×n) with m ≥ n, given by its transpose.
SvdRows svd_of_tall(DoubleMatrix At) {
  const std::size_t n = At.rows, m = At.cols;
  const int power = scale_to_one(At);
  DoubleMatrix V = symmetric_eigen_rows(product(At, transposed(At))).vectors;
  DoubleMatrix W = product(V, At);  // (A V)ᵀ
  const double shortest = negligible * longest_row(W);
  const int most_sweeps = 60;  // 1 to 4 are usual
  int sweeps = 0;
  while (jacobi_sweep(W, V, shortest)) {
    check(++sweeps < most_sweeps, "svd: no convergence after ", most_sweeps,
          " Jacobi sweeps for a ", m, "×", n, " matrix");
  }

  std::vector<double> lengths(n);
  for (std::size_t j = 0; j < n; ++j) lengths[j] = row_length(W.row(j), m);
  const std::vector<std::size_t> order = descending_order(lengths);
  SvdRows result{DoubleMatrix(n, m), std::vector<double>(n, 0.0), DoubleMatrix(n, n)};
  for (std::size_t j = 0; j < n; ++j) {
    const double s = lengths[order[j]];
    add_scaled_row(1, V.row(order[j]), result.V.row(j), n);
    if (s > shortest) {
      result.singular_values[j] = std::ldexp(s, power);
      add_scaled_row(1 / s, W.row(order[j]), result.U.row(j), m);
    } else {
      complete_row(result.U, j);
    }
  }
  return result;
}

}  // namespace

SvdRows svd_rows(DoubleMatrix A) {
  const bool tall = A.rows >= A.cols;
  SvdRows result = svd_of_tall(tall ? transposed(A) : std::move(A));
  if (!tall) std::swap(result.U, result.V);  // Aᵀ = V diag(s) Uᵀ
  for (std::size_t j = 0; j < result.V.rows; ++j) {
    const double sign = sign_of_largest(result.V.row(j), result.V.cols);
    for (std::size_t i = 0; i < result.V.cols; ++i) result.V(j, i) *= sign;
    for (std::size_t i = 0; i < result.U.cols; ++i) result.U(j, i) *= sign;
  }
  return result;
}

Svd svd(const Tensor& A) {
  SvdRows rows = svd_rows(to_double("svd", A));
  return {to_tensor(transposed(rows.U)), std::move(rows.singular_values),
          to_tensor(transposed(rows.V))};
}

}  // namespace strata
