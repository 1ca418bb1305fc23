#pragma once
// Synthetic data whose structure is known, for tests and for seeing what a code finds. ε stands for
// independent draws from N(0, 1), u and v for draws from [0, 1). All functions throw Error for n =
// 0, and for a size or a noise level that makes no sense.

#include "core/data/dataset.hpp"

namespace strata {

/// X = Z A + noise · ε (n×d), with the entries of Z (n×rank) from N(0, 1) and those of A (rank×d)
/// from N(0, 1/rank): points near a subspace of `rank` dimensions, in which each feature has a
/// variance of about 1. rank is 1 to d.
Dataset low_rank_gaussian(std::size_t n, std::size_t d, std::size_t rank, double noise, Rng& rng);

struct SwissRoll {
  Dataset data;     // n×3
  Tensor position;  // n×2: t along the roll, h across it
};

/// A rolled-up sheet: x = (t cos t, h, t sin t) + noise · ε, with t = (3π/2)(1 + 2u) from 3π/2 to
/// 9π/2 and h = 21 v (Marsland 2009, "Machine Learning: An Algorithmic Perspective", chapter 10).
SwissRoll swiss_roll(std::size_t n, double noise, Rng& rng);

/// x = (cos θ, sin θ) + noise · ε, θ = 2π u (n×2): a curve that no straight line can follow.
Dataset circle(std::size_t n, double noise, Rng& rng);

/// x = c_k + spread · ε (n×d), with centres c_k uniform in [−1, 1)^d. Example i has label k = i mod
/// clusters.
Dataset blobs(std::size_t n, std::size_t d, std::size_t clusters, double spread, Rng& rng);

}  // namespace strata
