// The stepper through the delta rule by hand: each number beside the one on the tape.

#include "pretraining/cli/common.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"
#include "tests/pretraining/cli/step/stepped.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("by hand: the same there and back") {
  Stepped s;
  ExplicitStepper stepper(*s.subject.dense(), s.subject.batch, s.objective, "sparse");
  check_there_and_back(stepper);
  for (const std::string& page : walk(stepper, "n"))
    CHECK(contains(page, "OK: the tape has the same number"));
  CHECK(stepper.run("wrong") ==
        "no step is wrong (--backprop tape steps through the rules of the tape)\n");
}

TEST_CASE("by hand: wrong stops at the first number that differs from the tape's") {
  Stepped s;
  ExplicitStepper stepper(*s.subject.dense(), s.subject.batch, s.objective, "sparse");
  for (std::size_t k = 15; k < 17; ++k) stepper.steps[k].numbers[2] += Real(0.01);
  const std::string page = stepper.run("run");
  CHECK(stepper.step() == 15);
  CHECK(contains(page, "WRONG: differs from the tape"));
  CHECK(contains(unwrapped(page), "is the first that differs from the tape: entry [0,2] is "));
  CHECK(contains(stepper.run("check"), "the entry that differs most, [0,2]"));
  stepper.run("wrong");
  CHECK(stepper.step() == 16);
  CHECK_FALSE(contains(stepper.here(), "is the first that"));
  CHECK(contains(stepper.run("node 4"), "node 4 (sigmoid)"));
  CHECK(contains(stepper.run("op kl_sparsity"), "ρ̂"));
  CHECK(contains(stepper.run("param b1"), "db¹"));
  CHECK(number_in(stepper.run("print rho_hat[1]")) ==
        doctest::Approx(double(stepper.steps[4].numbers[1])));
  CHECK(contains(stepper.run("print delta1"), "5×4"));
  CHECK(contains(stepper.run("print δ¹"), "5×4"));
  CHECK(contains(stepper.run("print W1[0,0]"), "W1[0,0] = "));
  CHECK(contains(error_of([&] { stepper.run("print Q"); }), "there is no 'Q' (z1, a1, "));
  stepper.debugged = "CASE=sparse ARGS='--backprop explicit'";
  CHECK(contains(stepper.run("gdb"),
                 "make gdb CASE=sparse ARGS='--backprop explicit'\n  and there: break "
                 "autoencoders/explicit/backprop.cpp:"));
  CHECK(contains(stepper.run("why W1[1,2]"), "by term"));
  CHECK(lines_of(stepper.run("list")).size() == stepper.size());
}

TEST_CASE("by hand: a difference from a tape that is wrong itself says so, in every place") {
  Stepped s;
  const Tensor gradient = s.W1().grad;
  CHECK_FALSE(has_wrong_rule(s.objective));
  CHECK(s.W1().grad.values == gradient.values);
  CHECK(beside_tape("", true).empty());
  CHECK(beside_tape("δ¹ differs", false) == "δ¹ differs");
  const std::string caveat = " (but the tape is wrong itself: correct that first)";
  CHECK(beside_tape("δ¹ differs", true) == "δ¹ differs" + caveat);

  Op broken = sigmoid_op;
  broken.backward = sigmoid_without_one_minus_y;
  s.tape.nodes[s.node_of(sigmoid_op)].op = &broken;
  CHECK(has_wrong_rule(s.objective));
  ExplicitStepper stepper(*s.subject.dense(), s.subject.batch, s.objective, "sparse");
  CHECK(contains(unwrapped(stepper.run("wrong")), caveat));
  CHECK(contains(unwrapped(stepper.run("check")), caveat));

  Stepped right;
  ExplicitStepper by_hand(*right.subject.dense(), right.subject.batch, right.objective, "sparse");
  by_hand.steps[15].numbers[2] += Real(0.01);
  CHECK(contains(by_hand.run("wrong"), "WRONG"));
  CHECK_FALSE(contains(unwrapped(by_hand.here()), caveat));
}

TEST_CASE("by hand: what was never computed, or has another shape, is said and not read") {
  Stepped s;
  ExplicitStepper stepper(*s.subject.dense(), s.subject.batch, s.objective, "sparse");
  stepper.steps[0].numbers = Tensor();
  stepper.steps[1].numbers = Tensor({2, 2}, Real(1));
  CHECK(stepper.run("check") == "WRONG: it was never computed\n");
  CHECK(contains(stepper.here(), "WRONG: it was never computed"));
  CHECK(error_of([&] { stepper.run("print z1"); }) == "z1 was never computed");
  CHECK(error_of([&] { stepper.run("print z1[0,0]"); }) == "z1 was never computed");
  stepper.run("2");
  CHECK(stepper.run("check") == "WRONG: it is 2×2, but the value of node 4 (sigmoid) is 5×4\n");
  CHECK(contains(error_of([&] { stepper.run("print [0,0]"); }), "there is no '' (z1, a1, "));
  CHECK(contains(stepper.run("why dW1 1 2"), "dW1[1,2] = "));
}
