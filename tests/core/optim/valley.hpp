#pragma once

#include "core/autodiff/parameter.hpp"

namespace strata::testing {

/// (1 − x)² + 10 (y − x²)², the oracle's test function.
struct Valley {
  Parameter p{"p", Tensor({2}, {Real(-0.5), Real(0.8)}), true};

  double gradient() {
    const Real x = p.value[0], y = p.value[1];
    p.grad[0] += -2 * (1 - x) - 40 * x * (y - x * x);
    p.grad[1] += 20 * (y - x * x);
    return double((1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x));
  }
};

}  // namespace strata::testing
