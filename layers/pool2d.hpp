#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// The largest pixel of each window of size×size, every `stride` pixels; stride 0 means size, that
/// is, windows side by side.
struct MaxPool2d : Layer {
  std::size_t size, stride;

  explicit MaxPool2d(std::size_t size_, std::size_t stride_ = 0) : size(size_), stride(stride_) {}
  Var forward(Tape&, Var X, Mode) override { return max_pool2d(X, size, stride); }
};

/// The mean pixel of each window.
struct AvgPool2d : Layer {
  std::size_t size, stride;

  explicit AvgPool2d(std::size_t size_, std::size_t stride_ = 0) : size(size_), stride(stride_) {}
  Var forward(Tape&, Var X, Mode) override { return avg_pool2d(X, size, stride); }
};

}  // namespace strata
