#pragma once
// The singular value decomposition of any matrix:
//   A = U diag(s) Vᵀ     A (m×n), U (m×r), V (n×r), r = min(m, n), s_1 ≥ … ≥ s_r ≥ 0,
//                        U and V with orthonormal columns
// For a tall A the eigenvectors of AᵀA are V, and the columns of A V are U diag(s). But AᵀA
// contains squares: in numbers of 16 digits, everything below 10⁻⁸ of the largest singular value
// drowns in the rounding of the largest. So the eigenvectors are only the start. Plane rotations of
// pairs of columns (the one-sided Jacobi method of Hestenes 1958; Golub and Van Loan 8.6.3) then
// work on A V itself until all its columns are orthogonal, and the lost digits are recovered.

#include <vector>

#include "core/linalg/double_matrix.hpp"

namespace strata {

struct Svd {
  Tensor U;                             // m×r
  std::vector<double> singular_values;  // (r) descending
  Tensor V;                             // n×r
};

/// The thin decomposition of A (m×n), r = min(m, n), computed in double. In each column of V the
/// entry of largest magnitude is positive. Singular values are accurate to a few rounding errors of
/// the largest. If A has rank below r, the columns of U and V beyond the rank are arbitrary ones
/// that complete an orthonormal set. Throws Error if A is not a matrix or has an entry that is not
/// finite, or if the rotations do not end (which is not known to happen).
Svd svd(const Tensor& A);

/// The same in double from end to end, with the singular vectors in rows: U (r×m), V (r×n).
struct SvdRows {
  DoubleMatrix U;
  std::vector<double> singular_values;
  DoubleMatrix V;
};
SvdRows svd_rows(DoubleMatrix A);

}  // namespace strata
