#pragma once
// The undercomplete autoencoder: one hidden layer with fewer units than features. The bottleneck
// alone keeps it from copying, so it must find what the data have in common. With sigmoid units it
// can bend where PCA cannot.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings of features → code_size → features, sigmoid. Throws Error if code_size ≥ features.
inline DenseAutoencoderOptions undercomplete_autoencoder(std::size_t features,
                                                         std::size_t code_size,
                                                         Loss loss = Loss::half_mse) {
  check(code_size < features, "undercomplete: ", code_size, " code units for ", features,
        " features are no bottleneck (fewer units, or the overcomplete kind)");
  DenseAutoencoderOptions options;
  options.sizes = {features, code_size};
  options.loss = loss;
  return options;
}

}  // namespace strata
