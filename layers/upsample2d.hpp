#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Turns each pixel into a square of factor×factor equal ones. Followed by a convolution it
/// enlarges images like ConvTranspose2d, but without its checkerboard patterns (Odena, Dumoulin and
/// Olah 2016).
struct Upsample2d : Layer {
  std::size_t factor;
  std::size_t height, width;  // of the result, which is cropped to it; 0: factor times the input

  explicit Upsample2d(std::size_t factor_ = 2, std::size_t height_ = 0, std::size_t width_ = 0)
      : factor(factor_), height(height_), width(width_) {}
  Var forward(Tape&, Var X, Mode) override { return upsample_nearest2d(X, factor, height, width); }
};

}  // namespace strata
