// The path of every first-order optimiser, and what it does to weights and biases.

#include "core/optim/first_order.hpp"

#include <doctest/doctest.h>

#include "core/optim/optimizer.hpp"
#include "tests/check_close.hpp"
#include "tests/core/optim/valley.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Case {
  const char* name;  // of the path in reference.json
  OptimizerOptions options;
  double rate;
};

}  // namespace

TEST_CASE("ten steps of every optimiser follow PyTorch's path") {
  std::vector<Case> cases = {{"sgd lr=0.01", {}, 0.01},
                             {"sgd lr=0.01 momentum=0.9", {}, 0.01},
                             {"sgd lr=0.01 momentum=0.9 nesterov", {}, 0.01},
                             {"adagrad lr=0.1 eps=1e-10", {}, 0.1},
                             {"rmsprop lr=0.01 alpha=0.99 eps=1e-8", {}, 0.01},
                             {"adam lr=0.05 betas=0.9,0.999 eps=1e-8", {}, 0.05},
                             {"adamw lr=0.05 weight_decay=0.1", {}, 0.05}};
  for (std::size_t k = 0; k < cases.size(); ++k) cases[k].options.kind = OptimizerKind(k);
  cases.back().options.weight_decay = 0.1;

  const Json& paths = reference().at("optimizers").at("paths");
  CHECK(paths.members().size() == cases.size());
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Valley valley;
    const auto optimizer = make_optimizer(c.options);
    for (const Json& expected : paths.at(c.name).items()) {
      const double loss = valley.gradient();
      optimizer->step({&valley.p}, c.rate, loss, {});
      check_close(valley.p.value, to_tensor(expected), by_real(1e-9, 1e-3));
      CHECK(valley.p.grad.values == std::vector<Real>{0, 0});  // used up
    }
  }
}

TEST_CASE("momentum: with the rate in the velocity, another one at first, and decay of weights") {
  OptimizerOptions options{.kind = OptimizerKind::momentum,
                           .momentum = 0.75,
                           .momentum_at_first = 0.25,
                           .epochs_at_first = 2,
                           .weight_decay = 0.5};
  for (const bool inside : {false, true}) {
    CAPTURE(inside);
    options.rate_in_velocity = inside;
    Parameter W("W", Tensor({1}, 1), true), b("b", Tensor({1}, 1), false);
    const auto optimizer = make_optimizer(options);
    double w = 1, v = 0, velocity_of_b = 0, expected_b = 1;
    for (std::size_t epoch = 1; epoch <= 4; ++epoch) {
      optimizer->new_epoch(epoch);
      const double mu = epoch <= 2 ? 0.25 : 0.75, rate = 0.5 / double(epoch);
      W.grad.fill(2);
      b.grad.fill(2);
      optimizer->step({&W, &b}, rate, 0, {});
      v = mu * v + (inside ? rate : 1) * (2 + 0.5 * w);
      w -= (inside ? 1 : rate) * v;
      velocity_of_b = mu * velocity_of_b + (inside ? rate : 1) * 2;
      expected_b -= (inside ? 1 : rate) * velocity_of_b;
      check_close(W.value[0], w, by_real(1e-13, 1e-5));
      check_close(b.value[0], expected_b, by_real(1e-13, 1e-5));
    }
  }
}

TEST_CASE("Adam counts steps, not tensors: two parameters move as they would alone") {
  const auto after = [](bool together) {
    Valley a, b;
    const auto first = make_optimizer({.kind = OptimizerKind::adam}),
               second = make_optimizer({.kind = OptimizerKind::adam});
    for (int step = 0; step < 3; ++step) {
      a.gradient();
      b.gradient();
      if (together) {
        first->step({&a.p, &b.p}, 0.05, 0, {});
      } else {
        first->step({&a.p}, 0.05, 0, {});
        second->step({&b.p}, 0.05, 0, {});
      }
    }
    return b.p.value.values;
  };
  CHECK(after(true) == after(false));
}

TEST_CASE("AdamW decays weights, not biases") {
  Parameter W("W", Tensor({2}, 1), true), b("b", Tensor({2}, 1), false);
  const auto adamw = make_optimizer({.kind = OptimizerKind::adamw, .weight_decay = 0.1});
  adamw->step({&W, &b}, 0.5, 0, {});  // zero gradients: only the decay moves anything
  check_close(W.value[0], 0.95, by_real(1e-12, 1e-6));
  CHECK(b.value[0] == 1);
}

TEST_CASE("AdamW decays by PyTorch's 0.01 unless told otherwise, Adam by nothing") {
  for (const auto& [kind, expected] :
       {std::pair{OptimizerKind::adamw, 1 - 0.5 * 0.01}, std::pair{OptimizerKind::adam, 1.0}}) {
    Parameter W("W", Tensor({2}, 1), true);
    make_optimizer({.kind = kind})->step({&W}, 0.5, 0, {});
    check_close(W.value[0], expected, by_real(1e-12, 1e-6));
  }
}
