// What holds for every optimiser: clipping, names, and gradients that are not finite.

#include "core/optim/optimizer.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "layers/fit.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

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

}  // namespace

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
  CHECK(error_of([] {
          optimizer_kinds.named("adm");
        }).find("there is no 'adm' (choose one of sgd") != std::string::npos);
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
    for (const std::string& name : optimizer_kinds.names) {
      const OptimizerKind kind = optimizer_kinds.named(name);
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
