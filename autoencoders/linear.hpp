#pragma once
// The linear autoencoder: r = (x W₁ + b₁) W₂ + b₂ with squared error. Its minimum is PCA: the
// decoder's rows span the same space as the k leading principal components, and on the data W₁ W₂
// acts as the projection V Vᵀ onto it (Baldi and Hornik 1989). The weights themselves are neither
// the components nor orthogonal: for any invertible A, W₁ A and A⁻¹ W₂ have the same error, and
// features that never change leave W₁ undetermined. A little weight decay settles both: then W₂ = D
// Vᵀ up to a rotation on the left, and the right singular vectors of W₂ are the components, in
// order (Plaut 2018; Kunin et al. 2019).

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings of features → code_size → features, all linear, half_mse:
///   DenseAutoencoder model(linear_autoencoder(64, 8), rng);
/// With decay λ the share of each component shrinks to 1 − λ/s, where s is its variance; the space
/// stays the same as long as λ is below the smallest s that is kept.
inline DenseAutoencoderOptions linear_autoencoder(std::size_t features, std::size_t code_size,
                                                  Real decay = 0) {
  DenseAutoencoderOptions options;
  options.sizes = {features, code_size};
  options.code = Activation::linear;
  options.output = Activation::linear;
  options.penalties.decay = decay;
  return options;
}

/// The principal components found by a linear autoencoder trained with decay: the right singular
/// vectors of the decoder's weights, d×k, the leading one first, each with its largest entry
/// positive. Throws Error unless the model is linear with one layer each way.
Tensor components_from_weights(const DenseAutoencoder& linear);

}  // namespace strata
