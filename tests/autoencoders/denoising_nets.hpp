#pragma once
// A small net and its data, for the tests of the denoising autoencoder.

#include <memory>

#include "autoencoders/denoising.hpp"
#include "autoencoders/dense_autoencoder.hpp"
#include "core/data/dataset.hpp"

namespace strata::testing {

inline std::unique_ptr<Autoencoder> dense(Rng& rng, const DenseAutoencoderOptions& options = {
                                                        .sizes = {6, 8}, .loss = Loss::bce}) {
  auto net = std::make_unique<DenseAutoencoder>(options, rng);
  for (Parameter* p : net->parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
  return net;
}

inline Dataset some_rows(std::size_t count, std::uint64_t seed = 3) {
  Rng rng(seed);
  Dataset data;
  data.name = "noise";
  data.X = uniform_tensor({count, 6}, rng, 0.1, 0.9);
  return data;
}

inline void clear_gradients(Autoencoder& model) {
  for (Parameter* p : model.parameters()) p->grad.fill(0);
}

}  // namespace strata::testing
