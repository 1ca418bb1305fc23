#pragma once
// Principal component analysis: the best linear code of k numbers, and so the baseline that every
// autoencoder is held against (Hotelling 1933; Baldi and Hornik 1989 show that a linear autoencoder
// finds the same space).
//   code            C = (X − 1 μᵀ) V          μ: the mean of the training examples
//   reconstruction  X̂ = C Vᵀ + 1 μᵀ           V: the k leading eigenvectors of the covariance
//                                             (1/m) Σ (x − μ)(x − μ)ᵀ
// On the training set the squared error per example is the sum of the eigenvalues that were left
// out.

#include <vector>

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

struct Pca {
  Tensor mean;                    // (d)
  Tensor components;              // d×k, orthonormal columns, the leading one first
  std::vector<double> variances;  // all d eigenvalues of the covariance, descending, none below 0

  std::size_t features() const { return components.rows(); }
  std::size_t code_size() const { return components.cols(); }

  /// The codes (m×k) of X (m×d). Throws Error for another width, as do the next two.
  Tensor transform(const Tensor& X) const;
  /// The reconstructions (m×d) that belong to codes (m×k).
  Tensor inverse_transform(const Tensor& codes) const;
  /// inverse_transform(transform(X)), m×d.
  Tensor reconstruct(const Tensor& X) const;
  /// The codes (m×k), each divided by √(variance + epsilon): on the training set they have
  /// covariance I for epsilon = 0. Throws Error where that would divide by 0 or by rounding: a
  /// component without variance needs epsilon > 0.
  Tensor whiten(const Tensor& X, double epsilon = 0) const;
  /// The share of the total variance that the `leading` first components hold, 0 to 1; 1 for data
  /// without variance. Throws Error for more than d.
  double explained_variance_ratio(std::size_t leading) const;
};

/// Fits mean and components to X (m×d). The covariance divides by m, not m − 1. It is summed in
/// double, block of rows by block of rows, without a centred copy of X, and the result has the same
/// bits for any number of workers. Each component's entry of largest magnitude is positive. Throws
/// Error unless X is a matrix of finite numbers with 2 rows or more, and k is 1 … d. Time grows as
/// m d² + d³: the eigenvectors of 784 features take about half a second, of 4000 about a minute.
Pca fit_pca(const Tensor& X, std::size_t k, Workers* workers = nullptr);

}  // namespace strata
