#pragma once
// The singular value decomposition of any matrix:
//   A = U diag(s) Vᵀ     A (m×n), U (m×r), V (n×r), r = min(m, n), U and V orthonormal columns, s_1 ≥ … ≥ s_r ≥ 0
// For a tall A the eigenvectors of AᵀA are V, and those columns of A V are U diag(s). But AᵀA holds
// squares: in numbers of 16 digits, everything below 10⁻⁸ of the largest singular value drowns in
// the rounding of the largest. So the eigenvectors are only the start. Plane rotations of pairs of
// columns (Hestenes 1958, the one-sided Jacobi method; Golub and Van Loan 8.6.3) then work on A V
// itself until all its columns are orthogonal, and the lost digits are back.

#include <vector>

#include "core/linalg/double_matrix.hpp"

namespace strata {

struct Svd {
  Tensor U;                             // m×r
  std::vector<double> singular_values;  // (r) descending
  Tensor V;                             // n×r
};

/// The thin decomposition of A (m×n), r = min(m, n), computed in double. In each column of V the
/// entry of largest magnitude is positive. Singular values are right to a few rounding errors of
/// the largest. Where A has rank below r, the columns of U and V past the rank are any that
/// complete an orthonormal set. Throws Error where A is not a matrix, has an entry that is not
/// finite, or the rotations do not end (which is not known to happen).
Svd svd(const Tensor& A);

/// The same in double from end to end, with the singular vectors in rows: U (r×m), V (r×n).
struct SvdRows {
  DoubleMatrix U;
  std::vector<double> singular_values;
  DoubleMatrix V;
};
SvdRows svd_rows(DoubleMatrix A);

}  // namespace strata
