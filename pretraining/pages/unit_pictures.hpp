#pragma once
// What a unit looks for, as a picture: of all inputs of bounded length the one that excites the
// unit most. The input is counted from a centre c, say the mean of the data: x = c + d with
// ‖d‖ ≤ bound.
//   layer 1   z_j = x · w_j + b_j is largest at d = bound · w_j / ‖w_j‖: the unit's weights are
//             its picture
//   deeper    no formula; d climbs along ∂z_j/∂x (Erhan, Bengio, Courville and Vincent 2009,
//             "Visualizing higher-layer features of a deep network")
// Activations rise with z, so that the same input makes z_j and a_j largest.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata::pages {

struct ExcitingOptions {
  Tensor centre{};  // c (features); empty: zeros
  double bound = 1;
  std::size_t most_units = 36;  // of a wider layer the first ones are taken
  std::size_t steps = 30;       // of the ascent; the first goes straight to the bound
  Workers* workers = nullptr;
};

/// The d of the units of encoder layer `layer`, which counts from 1: (units × features), one unit a
/// row. The ascent starts at d = 0, so that the same model gives the same pictures. A unit that
/// does not react to its input (no weights, or ReLU units that are off below it) keeps d = 0.
/// Gradients of the model's parameters are not touched. Throws Error for a layer that is not there,
/// a centre of another width, a bound that is not positive.
Tensor exciting_inputs(const DenseAutoencoder& model, std::size_t layer,
                       const ExcitingOptions& options = {});

}  // namespace strata::pages
