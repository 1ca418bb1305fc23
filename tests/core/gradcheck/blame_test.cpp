// Blame: with any one rule broken, in any of the usual ways, it is named, and no other is.

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/examples.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// An operation between others: its operands come from scale, its result goes through tanh into a
// number. So a wrong rule has neighbours that could be blamed for it.
struct Surrounded {
  Rng rng{17};
  Tape tape;
  OpCall call;
  Var result, total;

  explicit Surrounded(const OpExample& example) : call(example.drawn(tape, rng)) {
    for (auto& [letter, operand] : call.operands) {
      if (operand.node().wants_grad) operand = scale(operand, 1);
    }
    result = example.record(call);
    const Var weights = tape.input(normal_tensor(result.shape(), rng), "weights");
    total = mean(mul(tanh(result), weights));
  }

  std::vector<NodeCheck> check_all() {
    Rng upstream(2);
    return check_every_node(tape, total, upstream);
  }
  // Puts `broken` in the place of the operation of that name, everywhere.
  int replace(const Op& broken) {
    int replaced = 0;
    for (Node& node : tape.nodes) {
      if (std::string(node.op->name) != broken.name) continue;
      node.op = &broken;
      ++replaced;
    }
    return replaced;
  }
};

OpExample example_of(const Op& op) {
  for (OpExample& example : op_examples()) {
    if (example.op == &op) return example;
  }
  throw Error(text("no example of ", op.name));
}

}  // namespace

TEST_CASE("with no rule broken, blame names none, and values are as before") {
  Rng rng(17);
  Tape tape;
  const EveryOperation every(tape, rng);
  const Real total = every.objective.total.value().item();
  const std::vector<NodeCheck> checks = check_every_node(tape, every.objective.total, rng);
  CHECK(checks.size() > all_ops().size());
  for (const NodeCheck& node : checks) {
    CAPTURE(std::string(node.op));
    CHECK(node.verdict == Verdict::ok);
    CHECK(node.reason == "");
  }
  CHECK(blame_each(checks).empty());
  CHECK(blame(checks) == "");
  CHECK(every.objective.total.value().item() == total);
}

TEST_CASE("with any one rule broken in any way, blame names that rule and no other") {
  for (const OpExample& example : op_examples()) {
    if (!has_gradient(*example.op)) continue;
    for (const NamedSpoil& spoil : spoils) {
      CAPTURE(std::string(example.op->name));
      CAPTURE(std::string(spoil.name));
      Surrounded surrounded(example);
      Op broken = *example.op;
      broken.backward = spoil.backward;
      REQUIRE(surrounded.replace(broken) > 0);
      const std::vector<std::string> lines = blame_each(surrounded.check_all());
      REQUIRE(lines.size() == 1);
      CHECK(lines[0].starts_with(
          text("the rule of ", broken.name, " (", broken.name, "_backward, core/autodiff/rules/")));
      CHECK(lines[0].find(" is wrong: at node ") != std::string::npos);
    }
  }
}

TEST_CASE(
    "blame says which entry, what was added and what should have been, and where else the rule is "
    "wrong") {
  Surrounded e(example_of(sigmoid_op));
  Op broken = sigmoid_op;
  broken.backward = spoiled<Spoil::factor_of_one_entry>;
  e.replace(broken);
  for (const NodeCheck& node : e.check_all()) {
    if (node.verdict != Verdict::wrong) continue;
    const TensorCheck& operand = node.operands.at(0);
    CHECK(operand.letter == "X");
    CHECK(operand.wrong == 1);
    check_close(operand.worst.analytic, by_real(1.05, 1.3) * operand.worst.numeric,
                by_real(1e-7, 1e-2));
    const std::string line = blame({node});
    CHECK(line.find(text("it adds ", operand.worst.analytic, " to dX",
                         entry_place(operand.shape, operand.worst.index),
                         " (X is node 1); differences say ")) != std::string::npos);
  }
  broken = scale_op;  // of both operands
  broken.backward = spoiled<Spoil::sign>;
  Surrounded twice(example_of(sub_op));
  twice.replace(broken);
  const std::vector<std::string> lines = blame_each(twice.check_all());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("(also at node ") != std::string::npos);
}

namespace {

// The right rule, and then this done to each contribution that it made.
template <void (*change)(Tensor&)>
void changed(Tape& tape, Node& node) {
  const int index = int(std::find_if(tape.nodes.begin(), tape.nodes.end(),
                                     [&](const Node& n) { return &n == &node; }) -
                        tape.nodes.begin());
  for (int i : trained_operands(tape, index)) {
    const Tensor before = tape.grad(i);
    tape.grad(i).fill(0);
    right_op(node).backward(tape, node);
    Tensor& grad = tape.grad(i);
    change(grad);
    for (std::size_t k = 0; k < grad.size(); ++k) grad[k] += before[k];
  }
}

template <int numerator, int denominator>
void times(Tensor& d) {
  for (Real& x : d.values) x *= Real(numerator) / Real(denominator);
}
void turn(Tensor& d) {
  for (std::size_t i = 0; i < d.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) std::swap(d(i, j), d(j, i));
  }
}
void shift_all(Tensor& d) {
  for (Real& x : d.values) x += 2;
}
void shift_rows(Tensor& d) {
  for (std::size_t i = 0; i < d.size(); ++i) d[i] += Real(i / d.cols()) - Real(1.3);
}
void shift_columns(Tensor& d) {
  for (std::size_t i = 0; i < d.size(); ++i) d[i] += Real(i % d.cols()) - Real(1.3);
}
void spoil_one(Tensor& d) {
  d[3] += 2;
}

// What is said of an operation of one operand, rows×columns, whose rule is broken like this.
std::string said_of(Var (*operation)(Var), const Shape& shape, void (*broken)(Tape&, Node&)) {
  Rng rng(5);
  Tape tape;
  const Var X = tape.variable(normal_tensor(shape, rng), "X");
  const Var Y = operation(X);
  const Replaced replaced(tape, *Y.node().op, broken);
  return blame({check_node(tape, Y.index, normal_tensor(Y.shape(), rng))});
}

Var loss(Var R) {
  Rng rng(6);
  return half_mse(R, R.tape->input(normal_tensor(R.shape(), rng), "target"));
}
Var logistic(Var X) {
  return sigmoid(X);
}
Var seven_times(Var X) {
  return scale(X, 7);
}

}  // namespace

TEST_CASE("blame names the function of the rule and its line, and what all wrong entries share") {
  const auto says = [](const std::string& line, const std::string& words) {
    CAPTURE(line);
    CHECK(line.find(": " + words) != std::string::npos);
  };
  // Every entry of few, and a sample of many
  for (const Shape& shape : {Shape{5, 6}, Shape{5, 600}}) {
    const std::string many = said_of(loss, shape, changed<times<5, 1>>);
    CHECK(many.starts_with(
        "the rule of half_mse (half_mse_backward, core/autodiff/rules/losses.cpp:"));
    says(many,
         "it is 5.000 times as large as it should be in every entry, and m, the rows of R, is 5");
    says(said_of(loss, shape, changed<times<1, 5>>),
         "it is 0.200 times as large as it should be in every entry, and m, the rows of R, is 5 (a "
         "factor of one over it)");
    says(said_of(loss, shape, changed<times<-1, 1>>), "its sign is wrong in every entry");
    says(said_of(loss, shape, changed<times<2, 1>>),
         "it is twice as large as it should be in every entry");
    says(said_of(loss, shape, changed<times<1, 2>>),
         "it is half as large as it should be in every entry");
    says(said_of(loss, shape, changed<times<0, 1>>), "every entry is 0");
    says(
        said_of(seven_times, shape, changed<times<1, 7>>),
        "it is 0.143 times as large as it should be in every entry, and the operation's own number "
        "is 7");
    says(said_of(logistic, shape, changed<shift_all>), "every entry is off by the same 2");
  }
  says(said_of(logistic, {5, 6}, changed<times<-6, 1>>),
       "it is -6.000 times as large as it should be in every entry, and X has 6 columns");
  for (const Shape& square : {Shape{6, 6}, Shape{30, 30}})
    says(said_of(logistic, square, changed<turn>), "it is the transpose of what it should be");
  says(said_of(logistic, {5, 6}, changed<shift_rows>),
       "the entries of a row are all off by the same");
  says(said_of(logistic, {5, 6}, changed<shift_columns>),
       "the entries of a column are all off by the same");
  const std::string one = said_of(logistic, {5, 6}, changed<spoil_one>);
  CHECK(one.find("differences say ") != std::string::npos);
  CHECK(one.find(": ", one.find("differences say ")) == std::string::npos);  // nothing in common
}

TEST_CASE("a rule that overwrites is caught alone, and told what += would have given") {
  Surrounded e(example_of(exp_op));
  Op broken = tanh_op;
  broken.backward = spoiled<Spoil::overwrites>;
  e.replace(broken);
  CHECK(blame(e.check_all()).find("the rule must add (+=), not set (=)") != std::string::npos);
}

TEST_CASE("two rules of one name and line, in different files, are two") {
  NodeCheck one;
  one.op = "twin";
  one.rule_at = {"a.cpp", 7, "f"};
  one.verdict = Verdict::wrong;
  one.reason = "it is";
  NodeCheck other = one;
  other.rule_at.file = "b.cpp";
  CHECK(blame_each({one, other}).size() == 2);
  CHECK(blame_each({one, one}).size() == 1);
}

namespace {

// 6-6-…-6-3-6-…-6: a chain of `layers` sigmoids, all weights of this spread.
std::string blame_of_chain(int layers, double spread, std::uint64_t seed) {
  Rng rng(seed);
  std::deque<Parameter> parameters;
  Tape tape;
  const Var X = tape.input(uniform_tensor({4, 6}, rng, 0, 1), "X");
  Var h = X;
  for (int k = 0; k < layers; ++k) {
    Parameter& W =
        parameters.emplace_back(text(k, ".W"), normal_tensor({6, 6}, rng, Real(spread)), true);
    Parameter& b =
        parameters.emplace_back(text(k, ".b"), normal_tensor({6}, rng, Real(spread)), false);
    h = sigmoid(affine(h, tape.parameter(W), tape.parameter(b)));
  }
  Rng upstream(seed, 1);
  return blame(check_every_node(tape, half_mse(h, X), upstream));
}

}  // namespace

TEST_CASE("right rules are not blamed where gradients vanish: deep and saturated models") {
  for (double spread : {0.3, 1.0, 3.0})
    CHECK(blame_of_chain(int(by_real(250, 40)), spread, 1) == "");
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    for (double spread : {5.0, 30.0, 100.0, 600.0}) {
      CAPTURE(spread);
      for (int layers : {1, 2, 4}) CHECK(blame_of_chain(layers, spread, seed) == "");
    }
  }
}
