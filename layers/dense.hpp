#pragma once

#include <string>

#include "layers/activation.hpp"
#include "layers/initializer.hpp"
#include "layers/layer.hpp"

namespace strata {

/// A fully connected layer: z = x W + b, a = f(z). W is (inputs × outputs), b (outputs).
struct Dense : Layer {
  Parameter W, b;
  Activation activation = Activation::linear;

  Dense() = default;
  /// The weights are drawn by the initializer, the biases are zero. The parameters are called
  /// name.W and name.b. Throws Error if inputs or outputs is 0.
  Dense(const std::string& name, std::size_t inputs, std::size_t outputs, Activation f, Rng& rng,
        Initializer initializer = Initializer::xavier);

  std::size_t inputs() const { return W.value.rows(); }
  std::size_t outputs() const { return b.value.size(); }

  /// z, before the activation, for losses that work on logits.
  Var pre_activation(Tape& tape, Var X, Site site = Site::here());
  Var forward(Tape& tape, Var X, Mode mode = Mode::evaluation) override;
  std::vector<Parameter*> parameters() override { return {&W, &b}; }
};

}  // namespace strata
