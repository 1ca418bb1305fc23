#pragma once
// Synthetic sequences of varying length. A data set of sequences is a data set like any other:
// example i is row i, which holds the d numbers of its step 1, then those of step 2, … up to T
// steps; a shorter sequence is filled up with zeros. Images can serve as they are: the 8 rows of an
// 8×8 digit are 8 steps of 8 features.

#include <vector>

#include "core/data/dataset.hpp"

namespace strata {

struct Sequences {
  Dataset data;                      // n × steps·step_features
  std::size_t steps = 0;             // T, the length of the longest
  std::size_t step_features = 0;     // d
  std::vector<std::size_t> lengths;  // n
};

/// x_t = a [w sin 2πτ + (1 − w) (2 (τ mod 1) − 1)] + noise · ε, τ = t/p + φ: a sine and a sawtooth
/// with the same period p (uniform in 6 to 16 steps), phase φ and height a (uniform in ½ to 1),
/// mixed in the proportion w. Label 0: sines, w = 1. Label 1: sawtooths, w = 0. Label 2: mixtures,
/// w uniform in ¼ to ¾. Example i has label i mod 3 and a length uniform in shortest … longest; d =
/// 1 and T = longest. Throws Error unless n > 0, 1 ≤ shortest ≤ longest and noise ≥ 0.
Sequences waves(std::size_t n, std::size_t shortest, std::size_t longest, double noise, Rng& rng);

/// The length of one row of steps·step_features numbers: up to its last step that is not all zeros.
/// sequence_mask (core/autodiff/ops.hpp) uses it.
std::size_t sequence_length(const Real* row, std::size_t steps, std::size_t step_features);
/// The lengths of all rows of X (m × T·d). Throws Error unless each row is a whole number of steps.
std::vector<std::size_t> sequence_lengths(const Tensor& X, std::size_t step_features);

}  // namespace strata
