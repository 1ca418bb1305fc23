#include "autoencoders/linear.hpp"

#include <cmath>

#include "core/svd.hpp"

namespace strata {

Tensor components_from_weights(const DenseAutoencoder& linear) {
  const bool one_layer = linear.encoder.size() == 1 && linear.decoder.size() == 1;
  check(one_layer && linear.encoder[0].activation == Activation::linear &&
            linear.decoder[0].activation == Activation::linear,
        "components_from_weights: needs a linear autoencoder with one layer each way");
  // W₂ (k×d) = U S Vᵀ; as a tall matrix, W₂ᵀ = V S Uᵀ.
  Tensor components = svd(transposed(linear.decoder_weights(0))).U;
  for (std::size_t j = 0; j < components.cols(); ++j) {
    std::size_t largest = 0;
    for (std::size_t i = 0; i < components.rows(); ++i) {
      if (std::abs(components(i, j)) > std::abs(components(largest, j))) largest = i;
    }
    const Real sign = components(largest, j) < 0 ? Real(-1) : Real(1);
    for (std::size_t i = 0; i < components.rows(); ++i) components(i, j) *= sign;
  }
  return components;
}

}  // namespace strata
