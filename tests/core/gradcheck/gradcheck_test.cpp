// The checker is itself checked: rules that are wrong by a sign, a factor, a missing term or one
// entry must be rejected, right ones accepted, and where differences say nothing the verdict must
// be UNDECIDED.

#include "core/gradcheck/gradcheck.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/math/scalar_math.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A small network whose objective has two terms: σ(XW + b) against X, and the mean of its squares.
struct Net {
  Parameter W, b;
  Tape tape;
  Objective objective;

  explicit Net(Real loss_scale = 1) {
    Rng rng(11);
    W = Parameter("W", normal_tensor({4, 4}, rng), true);
    b = Parameter("b", normal_tensor({4}, rng), false);
    const Var X = tape.input(uniform_tensor({3, 4}, rng, 0, 1), "X");
    const Var a = sigmoid(affine(X, tape.parameter(W), tape.parameter(b)));
    objective = sum_of_terms({{"reconstruction", scale(half_mse(a, X), loss_scale)},
                              {"squares", scale(mean(square(a)), 3 * loss_scale)}});
  }

  Node& find(const Op& op) {
    for (Node& node : tape.nodes) {
      if (node.op == &op) return node;
    }
    FAIL("no node of ", op.name);
    return tape.nodes[0];
  }
  std::vector<TensorCheck> check_all() { return check_objective(tape, objective, {&W, &b}); }
};

std::size_t count(const std::vector<TensorCheck>& checks, Verdict verdict) {
  std::size_t n = 0;
  for (const TensorCheck& c : checks) n += c.verdict == verdict;
  return n;
}

// ---- wrong rules for the sigmoid: dX += dY ⊙ Y ⊙ (1 − Y)
template <class Wrong>
void for_entries(Tape& tape, Node& node, const Wrong& wrong) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += wrong(node.grad[i], node.value[i], i);
}
void wrong_sign(Tape& t, Node& n) {
  for_entries(t, n, [](Real dy, Real y, std::size_t) { return -dy * y * (1 - y); });
}
void wrong_factor(Tape& t, Node& n) {
  for_entries(t, n, [](Real dy, Real y, std::size_t) { return Real(1.05) * dy * y * (1 - y); });
}
void wrong_missing(Tape& t, Node& n) {
  for_entries(t, n, [](Real dy, Real y, std::size_t) { return dy * y; });
}
void wrong_one_entry(Tape& t, Node& n) {
  for_entries(t, n, [](Real dy, Real y, std::size_t i) {
    return (i == 5 ? Real(1.2) : Real(1)) * dy * y * (1 - y);
  });
}
void wrong_nothing(Tape& t, Node& n) {
  for_entries(t, n, [](Real, Real, std::size_t) { return Real(0); });
}
void wrong_nan(Tape& t, Node& n) {
  for_entries(t, n, [](Real, Real, std::size_t) { return std::numeric_limits<Real>::quiet_NaN(); });
}
void wrong_overwrites(Tape& tape, Node& node) {  // = instead of +=, seen where a node is used twice
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] = node.grad[i] * node.value[i] * (1 - node.value[i]);
}

}  // namespace

TEST_CASE(
    "right gradients pass, parameter by parameter and term by term, for any scale of the loss") {
  const Real scales[] = {1, Real(1e-6), Real(1e6)};
  for (Real scale : scales) {
    CAPTURE(scale);
    Net net(scale);
    const auto checks = net.check_all();
    CHECK(checks.size() == 6);  // 2 parameters × (2 terms + total)
    CHECK(count(checks, Verdict::ok) == 6);
    for (const TensorCheck& c : checks) CHECK(c.largest_difference < by_real(1e-8, 1e-2));
    Rng rng(2);
    for (const NodeCheck& node : check_every_node(net.tape, net.objective.total, rng)) {
      CAPTURE(node.op);
      CHECK(node.verdict == Verdict::ok);
    }
  }
}

TEST_CASE(
    "wrong rules are rejected for any scale of the loss, and blamed with function, file and line") {
  const std::pair<const char*, void (*)(Tape&, Node&)> wrongs[] = {
      {"sign", wrong_sign},           {"factor", wrong_factor},   {"missing term", wrong_missing},
      {"one entry", wrong_one_entry}, {"nothing", wrong_nothing}, {"nan", wrong_nan}};
  const Real scales[] = {1, Real(1e-6), Real(1e6)};
  for (const auto& wrong_rule : wrongs) {
    const char* name = wrong_rule.first;
    const auto rule = wrong_rule.second;
    for (Real scale : scales) {
      CAPTURE(name);
      CAPTURE(scale);
      Net net(scale);
      Op broken = sigmoid_op;
      broken.backward = rule;
      net.find(sigmoid_op).op = &broken;
      CHECK(count(net.check_all(), Verdict::wrong) > 0);
      Rng rng(2);
      const auto nodes = check_every_node(net.tape, net.objective.total, rng);
      std::size_t wrong = 0;
      for (const NodeCheck& node : nodes) {
        wrong += node.verdict == Verdict::wrong;
        if (node.verdict == Verdict::wrong) CHECK(std::string(node.op) == "sigmoid");
      }
      CHECK(wrong == 1);
      const std::string line = blame(nodes);
      CHECK(line.starts_with(
          "the rule of sigmoid (for_entries, tests/core/gradcheck/gradcheck_test.cpp:"));
      CHECK(line.find("made at tests/core/gradcheck/gradcheck_test.cpp:") != std::string::npos);
    }
  }
}

TEST_CASE("a rule that overwrites instead of adding is caught by the whole objective") {
  Rng rng(3);
  Parameter w("w", normal_tensor({2, 3}, rng), true);
  Tape tape;
  const Var x = tape.parameter(w);
  Op broken = sigmoid_op;
  broken.backward = wrong_overwrites;
  const Var a = sigmoid(x);
  a.node().op = &broken;
  const Var b = tanh(x);  // its contribution arrives first and is lost
  const Objective objective = sum_of_terms({{"sum", sum(mul(a, b))}});
  CHECK(check_objective(tape, objective, {&w}).back().verdict == Verdict::wrong);
}

TEST_CASE("a kink that is crossed is undecided, not passed and not blamed") {
  Parameter w("w", Tensor({1, 3}, {Real(0), Real(2), Real(-1)}), true);
  Tape tape;
  const Var y = sum(relu(tape.parameter(w)));
  const auto checks = check_objective(tape, sum_of_terms({{"sum", y}}), {&w});
  CHECK(checks.back().verdict == Verdict::undecided);
  CHECK(checks.back().undecided == 1);
  CHECK(checks.back().worst.reason == "a kink was crossed");
  // near a kink, but not on it: the steps get smaller until they fit
  w.value[0] = Real(0.02);
  tape.replay();
  CHECK(check_objective(tape, sum_of_terms({{"again", y}}), {&w}).back().verdict == Verdict::ok);
}

TEST_CASE("saturated units are undecided, and the reason says how far gone they are") {
  const auto check_at = [](Real z) {
    Parameter w("w", Tensor({1, 2}, z), true);
    Tape tape;
    const Var y = sum(sigmoid(tape.parameter(w)));
    return check_objective(tape, sum_of_terms({{"sum", y}}), {&w}).back();
  };
  const TensorCheck gone = check_at(60);  // σ is 1 to the last bit
  CHECK(gone.verdict == Verdict::undecided);
  CHECK(gone.undecided == 2);
  CHECK(gone.worst.reason == "the loss does not move: saturated or dead");
  const TensorCheck nearly = check_at(Real(by_real(35, 15)));  // 1 − σ is a few units of rounding
  CHECK(nearly.verdict == Verdict::undecided);
  CHECK(nearly.worst.reason == "saturated: lost in rounding");
}

TEST_CASE("a value that is not finite is undecided") {
  Parameter w("w", Tensor({1, 2}, {Real(-1), Real(2)}), true);
  Tape tape;
  const Var y = sum(log(tape.parameter(w)));
  const auto checks = check_objective(tape, sum_of_terms({{"sum", y}}), {&w});
  CHECK(checks.back().verdict == Verdict::undecided);
  CHECK(checks.back().worst.reason == "not finite");
}

TEST_CASE("a parameter that a term does not depend on has the gradient zero, and passes") {
  Parameter w("w", Tensor({1, 2}, 1), true), unused("unused", Tensor({1, 2}, 1), true);
  Tape tape;
  const Var other = tape.parameter(unused);
  const Objective objective =
      sum_of_terms({{"w", sum(square(tape.parameter(w)))}, {"unused", sum(square(other))}});
  for (const TensorCheck& c : check_objective(tape, objective, {&w, &unused})) {
    CAPTURE(c.tensor);
    CAPTURE(c.term);
    CHECK(c.verdict == Verdict::ok);
  }
}

TEST_CASE("checking leaves parameters, gradients and tape as they were") {
  Net net;
  net.W.grad.fill(7);
  const Tensor W = net.W.value;
  const Real loss = net.objective.total.value().item();
  net.check_all();
  CHECK(net.W.value.values == W.values);
  CHECK(net.W.grad[3] == 7);
  CHECK(net.objective.total.value().item() == loss);
}

TEST_CASE("Ridders' derivatives come with an error that covers the truth") {
  Real x = Real(0.7);
  const auto derivatives = differentiate(x, [&] {
    const double v = std::sin(double(x)) * std::exp(double(x));
    return Probe{{double(Real(v))}, {std::abs(v)}, 0};
  });
  const double truth = (std::sin(double(x)) + std::cos(double(x))) * std::exp(double(x));
  CHECK(derivatives[0].decided);
  CHECK(x == Real(0.7));
  CHECK(std::abs(derivatives[0].value - truth) <= 10 * derivatives[0].error);
  CHECK(derivatives[0].error < by_real(1e-11, 1e-3));
  CHECK(std::abs(derivatives[0].value - truth) < by_real(1e-12, 1e-3));
}

TEST_CASE(
    "the extrapolation is worth its name: a polynomial needs one series of steps, and is exact") {
  Real x = Real(1.5);
  int calls = 0;
  const auto derivatives = differentiate(x, [&] {
    ++calls;
    const double v = std::pow(double(x), 5);
    return Probe{{v}, {std::abs(v)}, 0};
  });
  CHECK(calls <= 17);  // here, and 8 steps to both sides
  check_close(derivatives[0].value, 5 * std::pow(1.5, 4), by_real(1e-12, 1e-5));
}

TEST_CASE(
    "checked twice: the pass's own gradient counts, but not where it has vanished or is not "
    "finite") {
  Net net;
  Rng rng(5);
  net.tape.backward(net.objective.total);
  int index = 0;
  while (net.tape.nodes[index].op != &sigmoid_op) ++index;
  const Tensor own = net.tape.nodes[index].grad;
  NodeCheck checked = check_node_twice(net.tape, index, own, rng);
  CHECK(checked.verdict == Verdict::ok);
  CHECK(checked.operands[0].term == "this upstream gradient");
  const Real least = std::numeric_limits<Real>::denorm_min();
  for (Real nothing : {Real(0), 37 * least, std::numeric_limits<Real>::infinity()}) {
    checked = check_node_twice(net.tape, index, Tensor(own.shape, nothing), rng);
    CHECK(checked.verdict == Verdict::ok);
    CHECK(checked.operands[0].term == "a random upstream gradient");
  }
  Op broken = sigmoid_op;
  broken.backward = wrong_one_entry;  // the own gradient is zero there
  net.tape.nodes[index].op = &broken;
  Tensor blind = own;
  blind[5] = 0;
  checked = check_node_twice(net.tape, index, blind, rng);
  CHECK(checked.verdict == Verdict::wrong);
  CHECK(checked.operands[0].term == "a random upstream gradient");
}

TEST_CASE("an infinite gradient is wrong, unless the right one is too large for its type") {
  const Real infinity = std::numeric_limits<Real>::infinity();
  Derivative numeric;
  numeric.decided = true;
  numeric.value = 1;
  CHECK(compare_gradients(Tensor({1}, infinity), {numeric}).verdict == Verdict::wrong);
  numeric.value = double(std::numeric_limits<Real>::max());
  const TensorCheck overflow = compare_gradients(Tensor({1}, infinity), {numeric});
  CHECK(overflow.verdict == Verdict::undecided);
  CHECK(overflow.worst.reason == "too large for its type");
  CHECK(overflow.largest_difference == 0);
}
