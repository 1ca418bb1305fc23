#pragma once

#include <string>

#include "core/tensor.hpp"

namespace strata {

/// A weight matrix or bias that is trained: its value and the gradient ∂L/∂value, always of the
/// same shape. Tapes borrow both and never copy them; backward passes add to `grad`, optimisers use
/// it up and set it to zero.
struct Parameter {
  std::string name;  // encoder.0.W, as in model files
  Tensor value;
  Tensor grad;
  bool decays = false;  // weights take part in weight decay, biases do not

  Parameter() = default;
  Parameter(std::string name_, Tensor value_, bool decays_)
      : name(std::move(name_)), value(std::move(value_)), grad(value.shape), decays(decays_) {}
};

}  // namespace strata
