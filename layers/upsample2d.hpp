#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Each pixel becomes a square of factor×factor equal ones. Followed by a convolution it makes images larger, as
/// ConvTranspose2d does, but without its chequered patterns (Odena, Dumoulin and Olah 2016).
struct Upsample2d : Layer {
  std::size_t factor;

  explicit Upsample2d(std::size_t factor_ = 2) : factor(factor_) {}
  Var forward(Tape&, Var X, Mode) override { return upsample_nearest2d(X, factor); }
};

}  // namespace strata
