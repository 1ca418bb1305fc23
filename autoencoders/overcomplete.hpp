#pragma once
// The overcomplete autoencoder: at least as many hidden units as features, and nothing to restrain
// them. It is here as a lesson: with a linear code it learns to copy, the error goes to zero, and
// the code says no more than the data did. What makes a wide code worth having is a penalty
// (sparse.hpp) or noise (denoising.hpp).

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings of features → code_size → features, linear, half_mse. Error if code_size <
/// features.
inline DenseAutoencoderOptions overcomplete_autoencoder(std::size_t features,
                                                        std::size_t code_size) {
  check(code_size >= features, "overcomplete: ", code_size, " code units for ", features,
        " features are a bottleneck (more units, or the undercomplete kind)");
  DenseAutoencoderOptions options;
  options.sizes = {features, code_size};
  options.code = Activation::linear;
  options.output = Activation::linear;
  return options;
}

}  // namespace strata
