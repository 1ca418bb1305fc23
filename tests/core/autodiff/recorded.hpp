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

}  // namespace strata::testing
