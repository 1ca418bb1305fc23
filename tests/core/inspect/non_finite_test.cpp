// The first number that is not finite, in values and in gradients.

#include "core/inspect/non_finite.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/autodiff/ops.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/recorded.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "the first number that is not finite is named, with the rule that made it and its operands' "
    "ranges") {
  Tape tape;
  Parameter w("w", Tensor({1, 3}, {1, -1, 4}), true);
  const Var x = tape.parameter(w);
  const Var y = sum(log(x));
  CHECK(find_non_finite(tape).node == 1);
  CHECK(find_non_finite(tape).rule == 1);
  std::string clause = explain_non_finite(tape);
  CHECK(clause.find("the first value that is not finite is node 1, log of 1×3, made at "
                    "tests/core/inspect/journal_test.cpp:") == 0);
  CHECK(clause.find(": entry [0,1] is ") != std::string::npos);
  CHECK(clause.find("its operand node 0, parameter w, goes from -1 to 4") != std::string::npos);

  w.value = Tensor({1, 3}, {1, 0, 4});  // √x is finite, 1/(2√x) is not
  Tape other;
  const Var v = other.parameter(w);
  const Var z = sum(sqrt(scale(v, 2)));
  other.backward(z);
  const NonFinite found = find_non_finite(other);
  CHECK(found.is_gradient);
  CHECK(found.node == 1);
  CHECK(found.rule == 2);
  CHECK(found.entry == 1);
  clause = explain_non_finite(other);
  CHECK(clause.find(
            "all values are finite; the first gradient that is not is that of node 1, scale") == 0);
  CHECK(clause.find("the rule of node 2, sqrt") != std::string::npos);
  CHECK(clause.find("upstream gradient that goes from 1 to 1") != std::string::npos);

  w.value = Tensor({1, 3}, 1);
  w.grad.fill(0);
  other.replay();
  other.backward(z);
  CHECK(explain_non_finite(other).empty());
  (void)y;
}

TEST_CASE(
    "of several gradients that are not finite, the one that the pass came to first is named") {
  // √0 has an infinite slope. The rule of √x runs first, although x stands before the other root's
  // operand on the tape.
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {0, 4}), "x");
  const Var first = sum(log(add_scalar(x, 1)));
  const Var late = tape.variable(Tensor({1, 2}, {0, 9}), "late");
  const Var root_of_late = sqrt(late);
  const Var root_of_x = sqrt(x);
  tape.backward(add(add(first, sum(root_of_late)), sum(root_of_x)));
  const NonFinite found = find_non_finite(tape);
  CHECK(found.is_gradient);
  CHECK(found.rule == root_of_x.index);
  CHECK(found.node == x.index);
  CHECK(found.entry == 0);

  Tape sums;  // each contribution is finite, but their sum is not
  const Real half = std::numeric_limits<Real>::max() * Real(0.75);
  const Var y = sums.variable(Tensor({1}), "y");
  const Var one = scale(y, half), two = scale(y, half);
  sums.backward(add(sum(scale(one, Real(0.25))), sum(two)));
  CHECK(find_non_finite(sums).node < 0);
  sums.backward(sub(sum(one), scale(sum(two), -1)));
  CHECK(find_non_finite(sums).node == y.index);
  CHECK(find_non_finite(sums).rule == one.index);

  sums.backward(y, Tensor({1}, std::numeric_limits<Real>::infinity()));  // the seed
  CHECK(find_non_finite(sums).is_gradient);
}
