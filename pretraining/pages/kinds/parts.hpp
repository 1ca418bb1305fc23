#pragma once
// An example as the sum of parts. A decoder of one layer computes z = b + Σ_j h_j w_j: its rows w_j
// are the parts, the code says how much of each. In a sparse code few h_j are not near 0, so a few
// parts make the picture.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata::pages {

struct Parts {
  std::vector<std::size_t> units;  // of the code: the largest h_j ‖w_j‖ first
  std::vector<Real> weights;       // their h_j
  Tensor filters;                  // (n × features): their w_j
  Tensor sums;      // (n + 1 × features): b, b + h w of the first unit, … of the first n
  Tensor pictures;  // (n + 1 × features): the output's activation of the sums
};

/// The n leading parts of one example x (1 × features) and its sums. With n = code units the last
/// picture is the model's reconstruction. Throws Error for a decoder of several layers.
Parts parts_of(DenseAutoencoder& model, const Tensor& x, std::size_t n);

}  // namespace strata::pages
