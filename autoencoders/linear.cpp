#include "autoencoders/linear.hpp"

#include "core/linalg/svd.hpp"

namespace strata {

Tensor components_from_weights(const DenseAutoencoder& linear) {
  const bool one_layer = linear.encoder.size() == 1 && linear.decoder.size() == 1;
  check(one_layer && linear.encoder[0].activation == Activation::linear &&
            linear.decoder[0].activation == Activation::linear,
        "components_from_weights: needs a linear autoencoder with one layer each way");
  return svd(linear.decoder_weights(0)).V;  // W₂ = U S Vᵀ
}

}  // namespace strata
