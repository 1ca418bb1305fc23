#pragma once
// The multilayer (deep) autoencoder: several layers down to the code and their mirror image up
// again (Hinton and Salakhutdinov 2006). It has sigmoid units in between, a linear code, which is
// free to spread out over the plane, and sigmoid outputs.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The settings for sizes 64-100-50-2: 64 → 100 → 50 → 2 → 50 → 100 → 64, trained with the
/// cross-entropy of pixels in [0, 1].
inline DenseAutoencoderOptions multilayer_autoencoder(const std::vector<std::size_t>& sizes,
                                                      Loss loss = Loss::bce) {
  check(sizes.size() >= 3,
        "multilayer: needs at least one hidden layer before the code, like 64-30-2");
  DenseAutoencoderOptions options;
  options.sizes = sizes;
  options.code = Activation::linear;
  options.loss = loss;
  return options;
}

}  // namespace strata
