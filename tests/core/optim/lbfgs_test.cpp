// L-BFGS: how fast it is, and that each step is worth it.

#include "core/optim/lbfgs.hpp"

#include <doctest/doctest.h>

#include "core/optim/optimizer.hpp"
#include "tests/check_close.hpp"
#include "tests/core/optim/valley.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("L-BFGS finds the valley's minimum in few steps and never goes up") {
  Valley valley;
  const auto lbfgs = make_optimizer({.kind = OptimizerKind::lbfgs});
  double loss = valley.gradient();
  int steps = 0;
  for (; steps < 60 && loss > by_real(1e-20, 1e-10); ++steps) {
    lbfgs->step({&valley.p}, 1, loss, [&] { return valley.gradient(); });
    const double next = valley.gradient();
    CHECK(next <= loss);
    loss = next;
  }
  CHECK(steps < 40);
  check_close(valley.p.value[0], 1, by_real(1e-8, 1e-3));
  check_close(valley.p.value[1], 1, by_real(1e-8, 1e-3));
}

TEST_CASE("L-BFGS solves a quadratic of n dimensions in about n steps") {
  const std::size_t n = 10;
  Parameter p("p", Tensor({n}, 3), true);
  const auto gradient = [&] {
    double loss = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const Real stiffness = Real(1 + i * i);
      p.grad[i] += stiffness * p.value[i];
      loss += 0.5 * double(stiffness * p.value[i] * p.value[i]);
    }
    return loss;
  };
  Lbfgs lbfgs(20);
  double loss = gradient();
  for (int step = 0; step < 40; ++step) {
    lbfgs.step({&p}, 1, loss, gradient);
    loss = gradient();
  }
  CHECK(loss < by_real(1e-14, 1e-6));
}

TEST_CASE("every step of L-BFGS meets the strong Wolfe conditions, on a function with many dips") {
  Parameter p("p", Tensor({1}), true);
  const auto gradient = [&] {  // x²/2 + 2 sin 3x
    const Real x = p.value[0];
    p.grad[0] += x + 6 * std::cos(3 * x);
    return double(x) * double(x) / 2 + 2 * std::sin(3 * double(x));
  };
  for (int start = -40; start <= 40; ++start) {
    for (double first_length : {0.01, 1.0, 30.0}) {
      p.value[0] = Real(0.25 * start + 0.01);
      Lbfgs lbfgs(5);
      p.grad.fill(0);
      const double loss = gradient();
      const double x = p.value[0], slope = p.grad[0];
      lbfgs.step({&p}, first_length, loss, gradient);
      const double next = gradient();
      const double step = p.value[0] - x, next_slope = p.grad[0];
      CAPTURE(x);
      CAPTURE(first_length);
      CHECK(next <= loss + 1e-4 * slope * step + by_real(0, 1e-5));
      CHECK(std::abs(next_slope) <= 0.9 * std::abs(slope) + by_real(1e-12, 1e-4));
    }
  }
}
