// Losses at the ends of their range.

#include <doctest/doctest.h>

#include <cmath>

#include "core/autodiff/ops.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("bce: a term whose factor is 0 is 0, in the value and in the gradient") {
  Tape tape;
  const Tensor ends({1, 2}, {0, 1});
  Parameter R("R", ends, false);
  const Var loss = bce(tape.parameter(R), tape.input(ends));
  CHECK(loss.value()[0] == 0);
  tape.backward(loss);
  // −x/r + (1 − x)/(1 − r), of which one half is left
  CHECK(R.grad[0] == 1);
  CHECK(R.grad[1] == -1);
}

TEST_CASE("bce: an answer that is certain and wrong costs without end") {
  Tape tape;
  const Var loss = bce(tape.input(Tensor({1, 1}, 0)), tape.input(Tensor({1, 1}, 1)));
  CHECK(std::isinf(loss.value()[0]));
}

TEST_CASE("bce: an answer outside [0, 1] is not a number, and never a gain") {
  Tape tape;
  CHECK(std::isnan(
      bce(tape.input(Tensor({1, 1}, Real(-0.5))), tape.input(Tensor({1, 1}))).value()[0]));
  CHECK(std::isnan(
      bce(tape.input(Tensor({1, 1}, Real(1.5))), tape.input(Tensor({1, 1}, 1))).value()[0]));
}
