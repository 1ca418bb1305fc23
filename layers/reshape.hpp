#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Turns rows of a data matrix into images: (N × C·H·W) to (N, C, H, W).
struct ToImages : Layer {
  std::size_t C, H, W;

  ToImages(std::size_t channels, std::size_t height, std::size_t width)
      : C(channels), H(height), W(width) {}
  Var forward(Tape&, Var X, Mode) override {
    check(X.value().cols() == C * H * W, "to images: X is ", X.shape(), ", but images of ", C, "×",
          H, "×", W, " have ", C * H * W, " numbers");
    return reshape(X, {X.shape()[0], C, H, W});
  }
};

/// Turns images back into rows of a matrix: (N, C, H, W) to (N × C·H·W).
struct Flatten : Layer {
  Var forward(Tape&, Var X, Mode) override { return flatten(X); }
};

}  // namespace strata
