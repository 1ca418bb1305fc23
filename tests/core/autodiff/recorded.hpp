#pragma once
// A small autoencoder on a tape, with random parameters: what journal, page and debugger are tried
// on.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata::testing {

/// The objective of five random examples of six numbers.
struct Recorded {
  Rng rng{3};
  DenseAutoencoder model;
  Tape tape;
  Objective objective;

  explicit Recorded(const DenseAutoencoderOptions& options) : model(options, rng) {
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    const Var X = tape.input(uniform_tensor({5, 6}, rng, 0.05, 0.95), "X");
    objective = model.objective(tape, X, {}, Mode::training);
  }
};

/// The model kinds, small: every penalty, both losses, tied and k-sparse among them.
inline std::vector<std::pair<const char*, DenseAutoencoderOptions>> small_models() {
  DenseAutoencoderOptions sparse{.sizes = {6, 4},
                                 .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
  DenseAutoencoderOptions tanh = sparse;
  tanh.code = Activation::tanh;
  DenseAutoencoderOptions tied{.sizes = {6, 5, 3},
                               .loss = Loss::bce,
                               .tied = true,
                               .penalties = {.l1 = Real(0.1), .decay = Real(0.1)}};
  DenseAutoencoderOptions k_sparse{.sizes = {6, 8}, .code = Activation::relu, .keep_largest = 3};
  DenseAutoencoderOptions linear{
      .sizes = {6, 2}, .code = Activation::linear, .output = Activation::linear};
  DenseAutoencoderOptions deep{.sizes = {6, 5, 3}, .code = Activation::linear, .loss = Loss::bce};
  return {{"sparse", sparse},     {"tanh", tanh},     {"tied", tied},
          {"k-sparse", k_sparse}, {"linear", linear}, {"deep", deep}};
}

}  // namespace strata::testing
