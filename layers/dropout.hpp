#pragma once

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// In training, each activation is set to zero with probability `rate` and the others are divided
/// by 1 − rate, so that the mean stays the same (Srivastava et al. 2014, in the inverted form). In
/// evaluation the layer does nothing.
struct Dropout : Layer {
  Real rate;
  Rng* rng;  // masks are drawn from it; it must outlive the layer

  /// Throws Error unless rate is in [0, 1).
  Dropout(Real rate_, Rng& rng_) : rate(rate_), rng(&rng_) {
    check(rate >= 0 && rate < 1, "dropout: the rate is ", rate, ", but must lie in [0, 1)");
  }

  Var forward(Tape& tape, Var X, Mode mode) override {
    if (mode == Mode::evaluation || rate == 0) return X;
    return mul(X, dropout_mask(tape, X.shape(), 1 - rate, *rng));
  }
};

}  // namespace strata
