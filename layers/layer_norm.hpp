#pragma once

#include <string>

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Layer normalisation (Ba, Kiros and Hinton 2016): the features of each example are given mean 0
/// and variance 1, independently of other examples. It works in the same way in training, in
/// evaluation, and for a batch of one.
struct LayerNorm : Layer {
  Parameter gain, bias;  // one number per feature
  Real epsilon = Real(1e-5);

  LayerNorm() = default;
  /// Starts with gain 1 and bias 0. The parameters are called name.gain and name.bias.
  LayerNorm(const std::string& name, std::size_t features)
      : gain(name + ".gain", Tensor({features}, 1), false),
        bias(name + ".bias", Tensor({features}), false) {}

  Var forward(Tape& tape, Var X, Mode) override {
    const Var g = tape.parameter(gain);
    const Var b = tape.parameter(bias);
    return layer_norm(X, g, b, epsilon);
  }
  std::vector<Parameter*> parameters() override { return {&gain, &bias}; }
};

}  // namespace strata
