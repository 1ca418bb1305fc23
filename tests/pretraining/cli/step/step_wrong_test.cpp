// The stepper finds what is wrong or not finite.

#include <limits>

#include "tests/core/gradcheck/broken_rules.hpp"
#include "tests/pretraining/cli/step/stepped.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("wrong and run stop at a rule that was broken on purpose") {
  Stepped s;
  Op broken = sigmoid_op;
  broken.backward = sigmoid_without_one_minus_y;
  const int sigmoid = s.node_of(sigmoid_op);
  s.tape.nodes[sigmoid].op = &broken;
  TapeStepper stepper = s.stepper();
  const std::string page = stepper.run("wrong");
  CHECK(stepper.step() + 1 == 36);
  CHECK(contains(page, "check   WRONG: for "));
  CHECK(contains(page, "differences say"));
  CHECK(stepper.run("wrong") == "this is the only step that is wrong\n");
  CHECK(contains(stepper.run("check"), "the rule stands at core/autodiff/rules/activation.cpp:"));
  CHECK(count(stepper.run("list"), "WRONG") == 1);
  stepper.run("1");
  CHECK(stepper.run("run") == page);
  CHECK(contains(stepper.run("run"), "step 38 of 38"));
  CHECK(contains(stepper.run("wrong"), "no later one: from the beginning again\nstep 36"));
}

TEST_CASE("of a rule with several operands only the visit that is wrong is named") {
  Stepped s;
  Op broken = affine_op;
  broken.backward = affine_with_wrong_W;
  s.tape.nodes[s.node_of(affine_op)].op = &broken;
  TapeStepper stepper = s.stepper();
  stepper.run("wrong");
  CHECK(stepper.step() + 1 == 37);
  CHECK(contains(stepper.here(), "here    dW += Xᵀ dZ"));
  CHECK(count(stepper.run("list"), "WRONG") == 1);
  CHECK(contains(stepper.run("check"), "entry [0,0] of dW, the one that differs most"));
}

TEST_CASE("a rule that writes = for += is found, though it is right alone") {
  Parameter w("w",
              Tensor({2, 3}, {Real(0.2), Real(0.4), Real(0.3), Real(0.6), Real(0.5), Real(0.7)}),
              true);
  Tape tape;
  const Var H = scale(tape.parameter(w), Real(0.9));
  const Var kl = kl_sparsity(H, Real(0.1));
  const Var other = sum(square(H));  // its contribution arrives first and is lost
  Op broken = kl_sparsity_op;
  broken.backward = kl_that_overwrites;
  kl.node().op = &broken;
  TapeStepper stepper(tape, sum_of_terms({{"kl", kl}, {"squares", other}}), "by itself");
  CHECK(contains(stepper.run("wrong"), "the gradient that stood there is lost"));
  CHECK(contains(stepper.here(), "kl_sparsity"));
}

TEST_CASE("nan goes to the first number that is not finite, and names its source") {
  Stepped s;
  s.W1().value(1, 2) = std::numeric_limits<Real>::infinity();
  s.tape.replay();
  TapeStepper stepper = s.stepper();
  stepper.run("20");
  const std::string page = stepper.run("nan");
  CHECK(stepper.step() + 1 == 2);
  CHECK(
      contains(page, "the first value that is not finite is node 1, parameter encoder.0.W of 6×4"));
  CHECK(contains(page, "entry [1,2] is inf"));
  CHECK(contains(page, "     inf"));
  stepper.run("1");
  stepper.run("run");
  CHECK(stepper.step() + 1 == 2);
  stepper.run("run");
  CHECK(contains(stepper.here(), "node 3  affine"));
  CHECK(contains(stepper.run("list"), "NOT FINITE"));

  ExplicitStepper by_hand(*s.subject.dense(), s.subject.batch, s.objective, "sparse");
  CHECK(contains(by_hand.run("nan"), "UNDECIDED: neither is finite"));
  CHECK(by_hand.step() == 0);  // z¹
  CHECK(contains(by_hand.here(), "z¹"));
}
