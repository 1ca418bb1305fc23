#pragma once
// The sparse autoencoder: many code units, only a few of them active for any one example. There are
// three ways to get there:
//   KL sparsity   β Σ_j KL(ρ ‖ ρ̂_j): keeps each unit's mean activation near ρ (Ng 2011)
//   L1            λ (1/m) Σ |h|: drives small activations to zero
//   k-sparse      keeps only the k largest activations of each example (Makhzani and Frey 2013)
// The gradient of the first is worked out by hand in autoencoders/explicit/backprop.hpp, and
// explained in docs/guide/sparse-kl.md.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings of features → hidden → features (hidden may be larger), sigmoid, with penalties:
///   const Penalties penalties{.rho = 0.05, .beta = 0.3, .decay = 1e-4};
///   DenseAutoencoder model(sparse_autoencoder(64, 100, penalties), rng);
/// For L1 set code to relu, which can be exactly zero; for k-sparse set keep_largest.
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
