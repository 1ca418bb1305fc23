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
  /// X → r. Others than decode(encode(X)) where the data tell the decoder something that the code does not: how long a
  /// sequence is.
  virtual Var record_reconstruct(Tape& tape, Var X, Mode mode) {
    return record_decode(tape, record_encode(tape, X, mode), mode);
  }
  /// Throws Error where the model can never fit X (m × features): the wrong width, or, for some, a range out of reach.
  virtual void check_data(const Tensor& X) const;

  /// On data, in evaluation mode, a thousand rows at a time: any number of examples needs little memory.
  /// Throws Error where X is not (m × features), or H not (m × code_size).
  Tensor encode(const Tensor& X, Workers* workers = nullptr);
  Tensor decode(const Tensor& H, Workers* workers = nullptr);
  Tensor reconstruct(const Tensor& X, Workers* workers = nullptr);
};

/// (λ/2) Σ ‖W‖² over the weights among the parameters, not the biases. There must be one.
Var record_weight_decay(Tape& tape, const std::vector<Parameter*>& parameters, Real lambda);

/// (1/m) Σ_examples Σ_features (x − x̂)² of the model's reconstructions.
double reconstruction_error(Autoencoder& model, const Tensor& X, Workers* workers = nullptr);

}  // namespace strata
