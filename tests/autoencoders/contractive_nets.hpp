#pragma once
// Contractive autoencoders for tests: of one activation, and with weights large enough for every
// slope to matter.

#include "autoencoders/contractive.hpp"

namespace strata::testing {

inline ContractiveOptions small(std::vector<std::size_t> sizes, Activation f) {
  ContractiveOptions options;
  options.net.sizes = std::move(sizes);
  options.net.hidden = f;
  options.net.code = f;
  return options;
}

inline ContractiveAutoencoder lively(const ContractiveOptions& options, Rng& rng) {
  ContractiveAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.7);
  return model;
}

inline const Activation all_activations[] = {
    Activation::linear, Activation::sigmoid,  Activation::tanh,      Activation::relu,
    Activation::elu,    Activation::softplus, Activation::leaky_relu};

}  // namespace strata::testing
