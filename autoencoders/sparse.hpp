#pragma once
// The sparse autoencoder: many code units of which few are active for any one example. Three ways
// to get there:
//   KL sparsity  β Σ_j KL(ρ ‖ ρ̂_j): each unit's mean activation is held near ρ (Ng 2011)
//   L1           λ (1/m) Σ |h|: small activations are driven to zero
//   k-sparse     only the k largest activations of an example are kept (Makhzani and Frey 2013)
// The gradient of the first is written out by hand in explicit/backprop.hpp, and explained in
// docs/guide/sparse-kl.md.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings of features → hidden → features with sigmoid units and the penalties given; hidden
/// may exceed features.
///   DenseAutoencoder model(sparse_autoencoder(64, 100, {.rho = 0.05, .beta = 0.3}), rng);
/// For L1 take relu code units, which can be exactly zero; for k-sparse set keep_largest in the
/// result.
inline DenseAutoencoderOptions sparse_autoencoder(std::size_t features, std::size_t hidden,
                                                  const Penalties& penalties) {
  DenseAutoencoderOptions options;
  options.sizes = {features, hidden};
  options.penalties = penalties;
  options.initializer = Initializer::lecture;
  return options;
}

/// What a code looks like over a data set.
struct CodeStatistics {
  Tensor mean_activation;     // (code units): ρ̂ of the whole set, without the ½(·+1) of tanh
  double share_of_zeros = 0;  // entries that are exactly 0
  double mean_of_means = 0;
};
CodeStatistics code_statistics(const Tensor& H);

}  // namespace strata
