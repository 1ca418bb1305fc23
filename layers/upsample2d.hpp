#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Each pixel becomes a square of factor×factor equal ones. Followed by a convolution it makes
/// images larger, as ConvTranspose2d does, but without its chequered patterns (Odena, Dumoulin and
/// Olah 2016).
struct Upsample2d : Layer {
  std::size_t factor;
  std::size_t height, width;  // to which the result is cut; 0: factor times the input's

  explicit Upsample2d(std::size_t factor_ = 2, std::size_t height_ = 0, std::size_t width_ = 0)
      : factor(factor_), height(height_), width(width_) {}
  Var forward(Tape&, Var X, Mode) override { return upsample_nearest2d(X, factor, height, width); }
};

}  // namespace strata
