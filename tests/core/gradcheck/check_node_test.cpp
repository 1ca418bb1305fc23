// One rule held against differences by itself: which mistakes are found in operands of thousands of
// entries, of which not each is tried, and what a check leaves as it was.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "tests/check_close.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A tape with one sigmoid of 40×50 entries on it: too many to try each.
struct Large {
  Tape tape;
  Rng rng{4};
  Var x = tape.variable(normal_tensor({40, 50}, rng), "x");
  Var y = sigmoid(x);
  Tensor upstream = normal_tensor({40, 50}, rng);

  NodeCheck check_with(void (*backward)(Tape&, Node&)) {
    Op broken = sigmoid_op;
    broken.backward = backward;
    y.node().op = &broken;
    NodeCheck result = check_node(tape, y.index, upstream);
    y.node().op = &sigmoid_op;
    return result;
  }
};

void wrong_in_one_of_many(Tape& tape, Node& node) {
  sigmoid_op.backward(tape, node);
  Tensor& dX = tape.input_grad(node, 0);
  dX(23, 17) += Real(by_real(0.01, 0.5));
}
void not_a_number_in_one_of_many(Tape& tape, Node& node) {
  sigmoid_op.backward(tape, node);
  tape.input_grad(node, 0)(23, 17) = std::numeric_limits<Real>::quiet_NaN();
}
void does_not_say_reached(Tape& tape, Node& node) {
  sigmoid_op.backward(tape, node);
  tape.nodes[node.inputs[0]].reached = false;
}
void changes_its_value(Tape& tape, Node& node) {
  sigmoid_op.backward(tape, node);
  node.value[3] = 0;
}
void changes_its_operand(Tape& tape, Node& node) {
  sigmoid_op.backward(tape, node);
  tape.value(node.inputs[0])[3] = 0;
}

}  // namespace

TEST_CASE("one wrong entry among thousands is found, although not each is tried") {
  Large large;
  const NodeCheck right = large.check_with(sigmoid_op.backward);
  CHECK(right.verdict == Verdict::ok);
  CHECK(right.operands.at(0).checked == 16);
  CHECK(right.operands.at(0).directions == 2);
  for (const auto rule : {wrong_in_one_of_many, not_a_number_in_one_of_many}) {
    const NodeCheck wrong = large.check_with(rule);
    CHECK(wrong.verdict == Verdict::wrong);
    CHECK(wrong.operands.at(0).worst.index == 23 * 50 + 17);
    CHECK(blame({wrong}).find(" to dX[23,17] (X is node 0); ") != std::string::npos);
  }
  for (const NamedSpoil& spoil : spoils) {
    CAPTURE(spoil.name);
    CHECK(large.check_with(spoil.backward).verdict == Verdict::wrong);
  }
}

TEST_CASE(
    "a rule that does not say what it reached, or that changes a value, is wrong, and values are "
    "put back") {
  Large large;
  const Tensor x = large.x.value(), y = large.y.value();
  const NodeCheck silent = large.check_with(does_not_say_reached);
  CHECK(silent.verdict == Verdict::wrong);
  CHECK(blame({silent}).find(
            "it adds to dX without Tape::input_grad: backward does not go on to node 0") !=
        std::string::npos);
  const NodeCheck own = large.check_with(changes_its_value);
  CHECK(own.verdict == Verdict::wrong);
  CHECK(blame({own}).find("its backward changes the value of node 1") != std::string::npos);
  const NodeCheck others = large.check_with(changes_its_operand);
  CHECK(blame({others}).find("its backward changes the value of node 0") != std::string::npos);
  CHECK(large.x.value().values == x.values);
  CHECK(large.y.value().values == y.values);
}

TEST_CASE(
    "a rule alone leaves the tape's gradients as they were, also when the upstream gradient is its "
    "own") {
  Large large;
  large.tape.backward(large.y, large.upstream);
  const Tensor before = large.x.grad();
  const std::vector<Tensor> parts =
      contributions_alone(large.tape, large.y.index, large.y.node().grad);
  CHECK(parts.at(0).values == before.values);
  CHECK(large.x.grad().values == before.values);
  CHECK(large.y.grad().values == large.upstream.values);
}

namespace {

void relu_with_another_branch_in_all(Tape& tape, Node& node) {
  relu_op.forward(tape, node);
}
std::uint64_t another_branch_each_time(Tape& tape, const Node& node) {
  std::uint64_t moved = 0;  // more than one entry away from a whole number
  const Tensor& X = tape.input_value(node, 0);
  for (Real x : X.values) moved += x != std::round(x);
  return moved > 1;
}

}  // namespace

TEST_CASE(
    "of many entries those that are tried are the tensor's own, each once, and a direction is no "
    "entry") {
  Large large;
  large.x.node().value[1999] = 0;
  large.upstream[1999] = 1000;  // the largest contribution is the last entry's
  sigmoid_op.forward(large.tape, large.y.node());
  const NodeCheck right = large.check_with(sigmoid_op.backward);
  std::set<std::size_t> picked;
  const Tensor contribution = contributions_alone(large.tape, large.y.index, large.upstream)[0];
  for (const EntryCheck& entry : right.operands.at(0).entries) {
    picked.insert(entry.index);
    CHECK(entry.analytic == double(contribution[entry.index]));
  }
  CHECK(picked.size() == 16);
  CHECK(picked.count(1999) == 1);

  Op kinked = relu_op;
  kinked.forward = relu_with_another_branch_in_all;
  kinked.branch = another_branch_each_time;
  Tape tape;
  const Var x = tape.variable(Tensor({20, 20}, 1), "x");
  const Var y = relu(x);
  y.node().op = &kinked;
  const NodeCheck checked = check_node(tape, y.index, Tensor({20, 20}, 1));
  CHECK(checked.verdict == Verdict::undecided);
  CHECK(checked.operands.at(0).worst.is_direction);
  CHECK(checked.operands.at(0).worst.reason == "all entries moved at once: a kink was crossed");
}

TEST_CASE("an empty batch has no entry that could be wrong") {
  Tape tape;
  Rng rng(3);
  const Var x = tape.variable(Tensor({0, 3}), "x");
  const Var y = sigmoid(x);
  const NodeCheck checked = check_node_twice(tape, y.index, Tensor({0, 3}), rng);
  CHECK(checked.verdict == Verdict::ok);
  CHECK(checked.operands.at(0).checked == 0);
}
