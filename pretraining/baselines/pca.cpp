#include "pretraining/baselines/pca.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/linalg/eigen.hpp"
#include "core/math/matmul.hpp"

namespace strata {
namespace {

constexpr std::size_t block_rows = 256;

// Rows [begin, end) of X minus the mean.
Tensor centred_rows(const Tensor& X, const Tensor& mean, std::size_t begin, std::size_t end) {
  Tensor rows = slice_rows(X, begin, end);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.cols(); ++j) rows(i, j) -= mean[j];
  }
  return rows;
}

// (1/m) Σ (x − μ)(x − μ)ᵀ. The product of one block is in Real; the sum over the blocks, where
// small numbers meet a large one, is in double.
DoubleMatrix covariance(const Tensor& X, const Tensor& mean, Workers* workers) {
  const std::size_t m = X.rows(), d = X.cols();
  DoubleMatrix sum(d, d);
  Tensor product({d, d});
  for (std::size_t begin = 0; begin < m; begin += block_rows) {
    const Tensor block = centred_rows(X, mean, begin, std::min(m, begin + block_rows));
    matmul_at(block, block, product, Store::overwrite, workers);
    for_ranges(workers, product.size(), numbers_worth_a_thread,
               [&](std::size_t first, std::size_t last) {
                 for (std::size_t i = first; i < last; ++i) sum.values[i] += product[i];
               });
  }
  for (double& entry : sum.values) entry /= double(m);
  return sum;
}

void check_width(const char* operation, const char* name, const Tensor& X, std::size_t width,
                 const Pca& pca) {
  check(X.rank() == 2 && X.cols() == width, operation, ": ", name, " is ", X.shape,
        " but this PCA has ", pca.features(), " features and codes of ", pca.code_size(), " (",
        name, " must be m×", width, ")");
}

}  // namespace

Pca fit_pca(const Tensor& X, std::size_t k, Workers* workers) {
  check(X.rank() == 2, "fit_pca: X is ", X.shape, ", not a matrix of examples × features");
  const std::size_t d = X.cols();
  check(X.rows() >= 2, "fit_pca: X is ", X.shape, " (a variance needs 2 examples or more)");
  check(k >= 1 && k <= d, "fit_pca: k is ", k, " but X is ", X.shape, " (k must be 1 to ", d,
        ", the number of features)");
  if (!all_finite(X)) {
    const auto bad =
        std::find_if(X.values.begin(), X.values.end(), [](Real x) { return !std::isfinite(x); });
    const std::size_t i = std::size_t(bad - X.values.begin());
    throw Error(text("fit_pca: feature ", i % d, " of example ", i / d, " is ", X[i],
                     " (every entry must be a finite number)"));
  }
  Pca pca{column_means(X), Tensor({d, k}), {}};
  SymmetricEigenRows eigen = symmetric_eigen_rows(covariance(X, pca.mean, workers));
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < d; ++i) pca.components(i, j) = Real(eigen.vectors(j, i));
  }
  for (double& variance : eigen.values) variance = std::max(variance, 0.0);  // below 0 is rounding
  pca.variances = std::move(eigen.values);
  return pca;
}

Tensor Pca::transform(const Tensor& X) const {
  check_width("Pca::transform", "X", X, features(), *this);
  Tensor codes({X.rows(), code_size()});
  for (std::size_t begin = 0; begin < X.rows(); begin += block_rows) {
    const Tensor block = centred_rows(X, mean, begin, std::min(X.rows(), begin + block_rows));
    const Tensor block_codes = matmul(block, components);
    std::copy(block_codes.values.begin(), block_codes.values.end(), codes.row(begin));
  }
  return codes;
}

Tensor Pca::inverse_transform(const Tensor& codes) const {
  check_width("Pca::inverse_transform", "codes", codes, code_size(), *this);
  Tensor X = matmul_bt(codes, components);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) X(i, j) += mean[j];
  }
  return X;
}

Tensor Pca::reconstruct(const Tensor& X) const {
  check_width("Pca::reconstruct", "X", X, features(), *this);
  return inverse_transform(transform(X));
}

Tensor Pca::whiten(const Tensor& X, double epsilon) const {
  check_width("Pca::whiten", "X", X, features(), *this);
  check(epsilon >= 0 && std::isfinite(epsilon), "Pca::whiten: epsilon is ", epsilon,
        " (it must be 0 or more)");
  const double rounding =
      double(std::numeric_limits<Real>::epsilon()) * double(features()) * variances[0];
  Tensor codes = transform(X);
  for (std::size_t j = 0; j < code_size(); ++j) {
    check(variances[j] + epsilon > rounding, "Pca::whiten: component ", j, " has variance ",
          variances[j], " (keep fewer components, or give an epsilon above ", rounding, ")");
    const double scale = 1 / std::sqrt(variances[j] + epsilon);
    for (std::size_t i = 0; i < codes.rows(); ++i) codes(i, j) = Real(codes(i, j) * scale);
  }
  return codes;
}

double Pca::explained_variance_ratio(std::size_t leading) const {
  check(leading <= variances.size(), "Pca::explained_variance_ratio: ", leading, " components of ",
        variances.size());
  const auto first = variances.begin();
  const double total = std::accumulate(first, variances.end(), 0.0);
  if (total == 0) return 1;
  return std::accumulate(first, first + std::ptrdiff_t(leading), 0.0) / total;
}

}  // namespace strata
