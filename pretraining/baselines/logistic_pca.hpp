#pragma once
// Logistic principal component analysis: PCA for data in [0, 1]. Each example has a code u_i of k
// numbers, each feature a direction v_j and an offset μ_j, and the reconstruction is
// x̂_ij = σ(u_i · v_j + μ_j), a probability where PCA's is any number. PCA minimises the squared
// error, logistic PCA the cross-entropy, with a small ridge λ:
//   L = (1/m) Σ_i [ bce_i + (λ/2) ‖u_i‖² ] + (λ/2) Σ_j [ ‖v_j‖² + (μ_j − μ⁰_j)² ]
//   bce_i = −Σ_j [ x_ij log x̂_ij + (1 − x_ij) log(1 − x̂_ij) ]
//         = Σ_j [ log(1 + e^z_ij) − x_ij z_ij ],  z_ij = u_i · v_j + μ_j
// μ⁰_j is the log-odds of the feature's mean, half an example added on either side. The ridge keeps
// the fit finite where a feature is 0 in every example, and settles what the cross-entropy leaves
// open: the scale and the axes of the code. Collins, Dasgupta and Schapire (2001); Schein, Saul and
// Ungar (2003); Hinton and Salakhutdinov (2006) compare with it. docs/guide/logistic-pca.md derives
// the steps.

#include <vector>

#include "core/parallel.hpp"
#include "core/tensor.hpp"
#include "layers/listeners.hpp"

namespace strata {

struct LogisticPca {
  // V (d×k): VᵀV is diagonal and descending, each column's entry of largest magnitude positive.
  Tensor directions;
  Tensor offsets;    // μ (d)
  double ridge = 0;  // λ: the codes of further examples have it too

  std::size_t features() const { return directions.rows(); }
  std::size_t code_size() const { return directions.cols(); }

  /// The codes (m×k) that minimise bce_i + (λ/2) ‖u_i‖² for each row of X (m×d), with V and μ
  /// fixed: a convex problem with one solution, found by Newton steps from u = 0. Throws Error for
  /// another width, and data outside [0, 1].
  Tensor transform(const Tensor& X, Workers* workers = nullptr) const;
  /// The reconstructions σ(U Vᵀ + 1 μᵀ) (m×d) of codes (m×k). Throws Error for another width.
  Tensor inverse_transform(const Tensor& codes) const;
};

struct LogisticPcaOptions {
  double ridge = 1e-3;      // λ, above 0
  double tolerance = 1e-4;  // converged: an iteration lowers L by less than this share of it
  std::size_t most_iterations = 100;
};

struct LogisticPcaFit {
  LogisticPca model;
  Tensor codes;                    // U, m×k, of the training examples: UᵀU/m = VᵀV
  std::vector<double> objectives;  // L after each iteration; it never rises
  bool converged = false;          // before most_iterations
  double earlier_seconds = 0;      // of runs of the program that were stopped and resumed

  std::size_t iterations() const { return objectives.size(); }
};

/// Fits directions, offsets and codes to X (m×d) by alternating Newton steps, from the codes of
/// PCA. In a checkpoint it is the stage "logistic PCA". Nothing is drawn at random, and the result
/// has the same bits for any number of workers. Time grows as m d k² an iteration. Throws Error
/// unless X has 2 rows or more, all of [0, 1], k is 1 … d, and the options are in range.
LogisticPcaFit fit_logistic_pca(const Tensor& X, std::size_t k,
                                const LogisticPcaOptions& options = {}, Workers* workers = nullptr,
                                const Listeners& listeners = {});

/// L, computed anew for X (m×d) and codes (m×k): what fit_logistic_pca minimises.
double logistic_pca_objective(const LogisticPca& model, const Tensor& X, const Tensor& codes,
                              Workers* workers = nullptr);

/// Whether every entry of X lies in [0, 1], as logistic PCA needs it.
bool suits_logistic_pca(const Tensor& X);

}  // namespace strata
