#pragma once
// The eigenvalues and eigenvectors of a symmetric matrix:
//   A = V Λ Vᵀ      V (n×n) with orthonormal columns, Λ = diag(λ_1 ≥ … ≥ λ_n)
// in two steps. Householder reflections bring A to tridiagonal form, A = Q T Qᵀ. Then the implicit
// QL iteration with Wilkinson's shift turns T into Λ by plane rotations, which are accumulated in V
// on the way. The method is that of Martin, Reinsch and Wilkinson (1968), "Householder's
// tridiagonalization of a symmetric matrix", and of Bowdler, Martin, Reinsch and Wilkinson (1968),
// "The QR and QL algorithms for symmetric matrices"; Golub and Van Loan, "Matrix Computations",
// 8.3, explain it. Everything runs in double, whatever `Real` is. The errors are of the size of a
// few rounding errors of the largest |λ|.

#include <vector>

#include "core/linalg/double_matrix.hpp"

namespace strata {

struct SymmetricEigen {
  std::vector<double> values;  // (n) descending
  Tensor vectors;              // n×n, column j belongs to values[j]
};

/// The decomposition of a symmetric A (n×n). Each eigenvector has length 1, and its entry of
/// largest magnitude (the first, if there are several) is positive, so that the answer does not
/// depend on a choice of sign. Eigenvectors of equal eigenvalues are one orthonormal basis out of
/// many. Throws Error if A is not square, is not symmetric up to rounding, or has an entry that is
/// not finite, or if the iteration does not converge (which is not known to happen).
SymmetricEigen symmetric_eigen(const Tensor& A);

/// The same in double from end to end, with the eigenvectors in rows.
struct SymmetricEigenRows {
  std::vector<double> values;  // (n) descending
  DoubleMatrix vectors;        // n×n, row j belongs to values[j]
};
SymmetricEigenRows symmetric_eigen_rows(DoubleMatrix A);

/// The factor, 1 or −1, that makes the entry of largest magnitude positive. Magnitudes that differ
/// only by rounding count as equal, and the first of them decides.
double sign_of_largest(const double* x, std::size_t n);

/// The positions 0, …, n − 1 in order of descending values. Equal values keep their order.
std::vector<std::size_t> descending_order(const std::vector<double>& values);

}  // namespace strata
