#include <doctest/doctest.h>

#include <limits>

#include "core/optim/lbfgs.hpp"
#include "core/optim/optimizer.hpp"
#include "core/optim/schedule.hpp"
#include "layers/fit.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// (1 − x)² + 10 (y − x²)², the oracle's test function
struct Valley {
  Parameter p{"p", Tensor({2}, {Real(-0.5), Real(0.8)}), true};

  double gradient() {
    const Real x = p.value[0], y = p.value[1];
    p.grad[0] += -2 * (1 - x) - 40 * x * (y - x * x);
    p.grad[1] += 20 * (y - x * x);
    return double((1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x));
  }
};

// Σ √w: finite at w = 0, where its slope 1/(2 √w) is infinite.
struct Roots : Model {
  Parameter w{"w", Tensor({3}, {Real(0.25), 0, 4}), true};
  Parameter b{"b", Tensor({1}, 1), false};
  std::vector<Parameter*> parameters() override { return {&w, &b}; }
  Objective objective(Tape& tape, Var, Var, Mode) override {
    return sum_of_terms(
        {{"roots", sum(sqrt(tape.parameter(w)))}, {"square", sum(square(tape.parameter(b)))}});
  }
};

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

TEST_CASE(
    "schedules: literal rates, one_cycle as PyTorch's OneCycleLR(max_lr=0.1, total_steps=10)") {
  const Schedule one_cycle{.kind = ScheduleKind::one_cycle};
  // from torch.optim.lr_scheduler.OneCycleLR, 1.13
  const double expected[] = {0.0040000000000000036,
                             0.052000000000000005,
                             0.1,
                             0.09504846320134738,
                             0.0811745653949763,
                             0.06112620219362893,
                             0.03887419780637107,
                             0.0188258346050237,
                             0.004951936798652629,
                             4e-07};
  for (std::size_t step = 0; step < 10; ++step)
    check_close(learning_rate_at(one_cycle, 0.1, step, 10), expected[step], 1e-12);
  CHECK(learning_rate_at({}, 0.1, 7, 10) == 0.1);
  const Schedule cosine{.kind = ScheduleKind::cosine};
  CHECK(learning_rate_at(cosine, 0.1, 0, 10) == 0.1);
  check_close(learning_rate_at(cosine, 0.1, 5, 10), 0.05, 1e-12);
  const Schedule steps{.kind = ScheduleKind::step, .gamma = 0.5, .every = 0.25};
  check_close(learning_rate_at(steps, 0.1, 24, 100), 0.1, 1e-12);
  check_close(learning_rate_at(steps, 0.1, 25, 100), 0.05, 1e-12);
  check_close(learning_rate_at(steps, 0.1, 99, 100), 0.0125, 1e-12);
  CHECK(error_of([] { schedule_named("linear"); }).find("choose one of constant") !=
        std::string::npos);
}

TEST_CASE("clipping scales all gradients by one factor") {
  Parameter a("a", Tensor({1}), true), b("b", Tensor({1}), true);
  a.grad[0] = 3;
  b.grad[0] = 4;
  CHECK(clip_gradients({&a, &b}, 10) == 5);
  CHECK(a.grad[0] == 3);
  CHECK(clip_gradients({&a, &b}, 1) == 5);
  check_close(a.grad[0], 0.6, 1e-6);
  check_close(b.grad[0], 0.8, 1e-6);
}

TEST_CASE("an unknown optimiser and a changed parameter list are refused") {
  CHECK(error_of([] { optimizer_named("adm"); }).find("there is no 'adm' (choose one of sgd") !=
        std::string::npos);
  Parameter a("a", Tensor({2}), true), b("b", Tensor({3}), true);
  const auto adam = make_optimizer({});
  adam->step({&a}, 0.1, 0, {});
  CHECK(error_of([&] { adam->step({&b}, 0.1, 0, {}); }).find("not those of the first step") !=
        std::string::npos);
}

TEST_CASE(
    "one gradient that is not finite is found wherever it stands, with any number of threads") {
  using limits = std::numeric_limits<Real>;
  const std::size_t size = 20'000;  // more than one piece for the threads
  Parameter small("small", Tensor({2}, 1), false), large("large", Tensor({size}, 1), true);
  const std::vector<Parameter*> parameters = {&small, &large}, other_order = {&large, &small};
  const auto check_each_way = [&](bool finite) {
    Workers one(1), three(3);
    for (Workers* workers : {static_cast<Workers*>(nullptr), &one, &three}) {
      CHECK(gradients_are_finite(parameters, workers) == finite);
      CHECK(gradients_are_finite(other_order, workers) == finite);
    }
  };
  check_each_way(true);  // zeros
  for (const std::size_t place : {0, 8191, 8192, 16'383, 16'384, 19'999}) {
    for (const Real wrong : {limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
      CAPTURE(place);
      CAPTURE(wrong);
      large.grad.fill(Real(0.5));
      large.grad[place] = wrong;
      check_each_way(false);
    }
  }
  // Infinities of both signs do not cancel, and a sum of the largest numbers is not mistaken for
  // one.
  large.grad.fill(limits::infinity());
  for (std::size_t i = 0; i < size; i += 2) large.grad[i] = -limits::infinity();
  check_each_way(false);
  for (const Real largest : {limits::max(), limits::lowest(), limits::denorm_min()}) {
    large.grad.fill(largest);
    check_each_way(true);
  }
  small.grad[1] = limits::quiet_NaN();
  check_each_way(false);
  CHECK(gradients_are_finite({}));
}

TEST_CASE(
    "a gradient that is not finite under a finite loss stops the training before anything moves") {
  Dataset data;
  data.X = Tensor({4, 1}, 1);
  for (const double clip_norm : {0.0, 1.0}) {
    for (const std::string& name : optimizer_names()) {
      const OptimizerKind kind = optimizer_named(name);
      if (kind == OptimizerKind::lbfgs && clip_norm > 0) continue;  // refused
      CAPTURE(clip_norm);
      CAPTURE(name);
      Rng rng(1);
      Roots model;
      TapeBackprop backprop(model);
      const std::vector<Real> w_before = model.w.value.values, b_before = model.b.value.values;
      CHECK(std::isfinite(total_of(backprop.evaluate({data.X, {}}))));
      const std::string error = error_of([&] {
        fit(backprop, data, rng,
            {.epochs = 2,
             .batch_size = 2,
             .optimizer = {.kind = kind},
             .clip_norm = clip_norm,
             .label = "roots"});
      });
      CAPTURE(error);
      CHECK(error.starts_with("roots: epoch 1, batch 1: the gradient is not finite; "));
      CHECK(error.find("all values are finite; the first gradient that is not is that of node ") !=
            std::string::npos);
      CHECK(model.w.value.values == w_before);
      CHECK(model.b.value.values == b_before);
    }
  }
}
