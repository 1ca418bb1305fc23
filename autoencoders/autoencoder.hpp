#pragma once
// The contract of every autoencoder: an encoder h = f(x) from features to a code, a decoder r = g(h) back, and an
// objective made of named terms.

#include "layers/model.hpp"

namespace strata {

struct Autoencoder : Model {
  virtual std::size_t features() const = 0;
  virtual std::size_t code_size() const = 0;

  /// On a tape: X (m × features) → h (m × code_size), and h → r (m × features).
  virtual Var record_encode(Tape& tape, Var X, Mode mode) = 0;
  virtual Var record_decode(Tape& tape, Var h, Mode mode) = 0;

  /// On data, in evaluation mode, a thousand rows at a time: any number of examples needs little memory.
  /// Throws Error where X is not (m × features), or H not (m × code_size).
  Tensor encode(const Tensor& X, Workers* workers = nullptr);
  Tensor decode(const Tensor& H, Workers* workers = nullptr);
  Tensor reconstruct(const Tensor& X, Workers* workers = nullptr);
};

/// (1/m) Σ_examples Σ_features (x − x̂)² of the model's reconstructions.
double reconstruction_error(Autoencoder& model, const Tensor& X, Workers* workers = nullptr);

}  // namespace strata
