#pragma once
// Linear algebra on small and medium-sized matrices: eigenvectors (core/linalg/eigen.hpp), singular
// values (core/linalg/svd.hpp), and the angles between the spaces spanned by the columns of two
// matrices. The angles show whether two sets of directions are the same up to a change of basis:
// the decoder of a linear autoencoder and the leading principal components, for example.

#include <vector>

#include "core/linalg/eigen.hpp"
#include "core/linalg/svd.hpp"

namespace strata {

/// An orthonormal basis (n×k) of the space spanned by the columns of A (n×k, k ≤ n), by the
/// Gram-Schmidt method, done twice; column j of A is a combination of the first j columns of the
/// basis. Throws Error if a column depends on those before it, up to the rounding of Real.
Tensor orthonormal_columns(const Tensor& A);

/// The principal angles between the column spaces of A (n×p) and B (n×q), min(p, q) of them, in
/// radians, ascending, in [0, π/2]. With orthonormal bases Q_A and Q_B the cosines are the singular
/// values of Q_Aᵀ Q_B, the sines those of (I − Q_A Q_Aᵀ) Q_B (Björck and Golub 1973, "Numerical
/// methods for computing angles between linear subspaces"). The angle is taken from both by atan2:
/// a cosine alone cannot tell angles below 10⁻⁸ from 0, and a sine alone cannot resolve those near
/// π/2. Throws Error if the numbers of rows differ or columns are dependent.
std::vector<double> principal_angles(const Tensor& A, const Tensor& B);

/// The last of them: 0 if the smaller space lies in the larger, π/2 if it contains a direction
/// orthogonal to the larger.
double largest_principal_angle(const Tensor& A, const Tensor& B);

}  // namespace strata
