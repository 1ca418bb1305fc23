#pragma once
// The contract of every autoencoder: an encoder h = f(x) from features to a code, a decoder r =
// g(h) back, and an objective made of named terms. A program that fulfils it has an autoencoder of
// its own, which is trained, pretrained, saved, checked and traced like those of this library
// (docs/guide/own-autoencoder.md).

#include "core/io/json.hpp"
#include "core/random/rng.hpp"
#include "layers/activation.hpp"
#include "layers/model.hpp"

namespace strata {

struct Autoencoder : Model {
  virtual std::size_t features() const = 0;
  virtual std::size_t code_size() const = 0;

  /// On a tape: X (m × features) → h (m × code_size), and h → r (m × features).
  virtual Var record_encode(Tape& tape, Var X, Mode mode) = 0;
  virtual Var record_decode(Tape& tape, Var h, Mode mode) = 0;
  /// X → r. Differs from decode(encode(X)) where the decoder needs something of the data that the
  /// code does not hold, such as the length of a sequence.
  virtual Var record_reconstruct(Tape& tape, Var X, Mode mode) {
    return record_decode(tape, record_encode(tape, X, mode), mode);
  }
  /// Records the objective of reconstructing `target` (m × features) from `input` (m × features).
  /// They differ in a denoising autoencoder, whose input is corrupted. By default the only term is
  /// the reconstruction, 1/(2m) ΣΣ (r − x)².
  virtual Objective objective_from(Tape& tape, Var input, Var target, Mode mode);
  Objective objective(Tape& tape, Var X, Var /*labels*/, Mode mode) override {
    return objective_from(tape, X, X, mode);
  }

  /// Called before training: output biases that are all zero still, so of a model just made, begin
  /// where the answer to everything is the mean of X (m × features), and need not be pulled there.
  /// Of dark pictures, whose outputs would all begin at ½, this is what training would do first, at
  /// the cost of the code.
  virtual void begin_at_means(const Tensor& /*X*/) {}
  /// Called with the number of each epoch, from 1 in each call of train, before it begins: for
  /// weights that change while training goes on. A warm-up begins anew with each call, as a
  /// learning-rate schedule does.
  virtual void start_epoch(std::size_t /*epoch*/) {}
  /// Throws Error where the model can never fit X (m × features): the wrong width, or, for some, a
  /// range out of reach.
  virtual void check_data(const Tensor& X) const;

  /// The data's path to the code, for the reader: widths, 64-100-50-2 (by default the first and the
  /// last of them); of pictures 1×8×8 → 16×4×4; of sequences their steps.
  virtual std::string architecture() const;
  /// An object that rebuilds the model but for its parameters (own_kinds.hpp). Its key `model`
  /// names the class.
  virtual Json settings() const = 0;
  /// On data, in evaluation mode, a thousand rows at a time: any number of examples needs little
  /// memory. Throws Error where X is not (m × features), or H not (m × code_size).
  Tensor encode(const Tensor& X, Workers* workers = nullptr);
  Tensor decode(const Tensor& H, Workers* workers = nullptr);
  Tensor reconstruct(const Tensor& X, Workers* workers = nullptr);
};

/// b = f⁻¹(means), if b is all zero: what begin_at_means does for outputs f(z + b).
void begin_bias_at_means(Parameter& b, Activation f, const Tensor& means, std::size_t examples);

/// (λ/2) Σ ‖W‖² over the weights among the parameters, not the biases. There must be one.
Var record_weight_decay(Tape& tape, const std::vector<Parameter*>& parameters, Real lambda);

/// ε ~ N(0, I) of an objective. In training it is drawn from `noise`, anew at every replay. In
/// evaluation it is the same numbers each time and moves no generator, so that looking at a model
/// changes nothing, and two losses differ by the model alone.
Var record_noise(Tape& tape, const Shape& shape, Rng& noise, Mode mode);

/// (1/m) Σ_examples Σ_features (x − x̂)² of the model's reconstructions.
double reconstruction_error(Autoencoder& model, const Tensor& X, Workers* workers = nullptr);

}  // namespace strata
