#pragma once
// The half of logistic PCA that is easy: one factor moves, the other is fixed, and every row of the
// moving factor is a logistic regression of its own, convex, with a handful of unknowns. For row l
// of the factor L (n×r), with row x of X (n×q), the other factor R (q×r), and its p = σ(R l + c):
//   objective   f(l) = Σ_j [ log(1 + e^z_j) − x_j z_j ] + (λ/2) ‖l − l⁰‖²        z = R l + c
//   gradient    g = Rᵀ (p − x) + λ (l − l⁰)
//   Hessian     H = Rᵀ diag(p (1 − p)) R + λ I
//   step        l ← l − t H⁻¹ g,  t = 1, ½, ¼, …  until f does not rise
// (Newton's method, known here as iteratively reweighted least squares.)
// The Hessians of many rows are one matrix product: (p (1 − p)) (n×q) times the q×r(r+1)/2 matrix
// of the products R_ja R_jb. pretraining/baselines/logistic_pca.hpp moves the codes so, then, with
// X transposed, the directions.

#include <vector>

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

struct LogisticRows {
  const Tensor& X;       // n×q, in [0, 1]
  const Tensor& R;       // q×r, the fixed factor
  const Tensor& offset;  // c (q)
  const Tensor& centre;  // l⁰ (n×r), where the ridge pulls
  double ridge = 0;      // λ, above 0
};

/// One Newton step of every row of L (n×r), in place; returns the objective of each row after it. A
/// row that no step of that direction improves, down to t = 2⁻¹⁰, stays. Rows are taken in pieces
/// of a fixed size: the same bits for any number of workers.
std::vector<double> newton_step(const LogisticRows& problem, Tensor& L, Workers* workers = nullptr);

/// f of each row.
std::vector<double> row_objectives(const LogisticRows& problem, const Tensor& L,
                                   Workers* workers = nullptr);

}  // namespace strata
