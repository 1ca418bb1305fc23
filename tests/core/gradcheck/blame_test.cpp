// Blame: with any one rule broken, in any of the usual ways, it is named, and no other is.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <set>

#include "core/autodiff/names.hpp"
#include "core/data/corruption.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "core/io/json.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A graph in which every operation takes part, each on numbers inside its domain.
struct Everything {
  Parameter W, V, b;
  Tensor statistics{{2, 1}, 1}, fixed{{2, 3}, Real(0.7)};  // of batch_norm
  Tape tape;
  Objective objective;
  Corruption half_masked{.amount = Real(0.5)};
  Rng rng{17};
  std::vector<Term> terms;

  Everything() {
    W = Parameter("W", normal_tensor({3, 3}, rng), true);
    V = Parameter("V", normal_tensor({3, 3}, rng), true);
    b = Parameter("b", normal_tensor({3}, rng), false);
    const Var X = tape.variable(uniform_tensor({4, 3}, rng, 0.1, 0.9), "X");  // its gradient too
    const Var w = tape.parameter(W), v = tape.parameter(V), bias = tape.parameter(b);
    const Var z = affine(X, w, bias);
    const Var s = sigmoid(z), t = tanh(z), p = softplus(z), q = add_scalar(square(z), Real(0.5));
    record_products(z, s, t, v, bias);
    const Var side_by_side = concat_cols({elu(z), p});
    add_number(slice_cols(side_by_side, 1, 4));
    add_number(div(add(exp(z), log(q)), add_scalar(p, 1)));
    add_number(scale(sub(sqrt(q), abs(z)), Real(-1.7)));
    add_number(mul(relu(z), dropout_mask(tape, {4, 3}, Real(0.9), rng)));
    record_reductions(z, s, t);
    record_losses(X, z, s, w);
    record_images(z, s);
    record_sequences_and_jacobians(X, z, s, t, w);
    objective = sum_of_terms(terms);
  }

  void record_products(Var z, Var s, Var t, Var v, Var bias) {
    add_number(add_row(matmul(s, v), bias));
    add_number(matmul_bt(t, v));
    add_number(transpose(matmul_at(leaky_relu(z), s)));
  }
  void record_reductions(Var z, Var s, Var t) {
    add_term(sum(mul(s, t)));
    add_number(sum_rows(s));
    add_number(mean_rows(t));
    add_number(sum_cols(z));
    add_number(softmax(z));
    add_number(log_softmax(t));
  }
  void record_losses(Var X, Var z, Var s, Var w) {
    add_term(half_mse(s, X));
    add_term(bce(s, X));
    add_term(bce_with_logits(z, X));
    add_term(softmax_cross_entropy(z, tape.input(Tensor({4}, {0, 2, 1, 2}), "labels")));
    add_term(scale(kl_sparsity(s, Real(0.2)), 2));
    add_term(kl_sparsity(tanh(z), Real(0.2), true));
    add_term(l1_of_code(z));
    add_term(half_squared_norm(w));
    add_number(keep_largest(z, 2));
  }
  void record_images(Var z, Var s) {
    const auto leaf = [this](const Shape& shape) {
      return tape.variable(normal_tensor(shape, rng));
    };
    const Var images = reshape(concat_rows({z, s}), {2, 1, 4, 3});
    // Behind conv2d it would make db zero
    const Var normed = batch_norm(images, leaf({1}), leaf({1}));
    running_statistics(normed, statistics);
    const Var pooled = max_pool2d(conv2d(normed, leaf({2, 1, 3, 2}), leaf({2}), {.padding = 1}), 2);
    add_number(
        avg_pool2d(conv2d_transpose(pooled, leaf({2, 1, 2, 3}), leaf({1}), {.stride = 2}), 2));
    add_number(upsample_nearest2d(pooled, 2));
    add_number(slice_rows(batch_norm_fixed(s, leaf({3}), leaf({3}), fixed), 1, 3));
    add_number(layer_norm(z, leaf({3}), leaf({3})));
  }
  void record_sequences_and_jacobians(Var X, Var z, Var s, Var t, Var w) {
    const Var Wx = tape.variable(normal_tensor({3, 12}, rng)),
              Wh = tape.variable(normal_tensor({3, 12}, rng));
    const Var gate_bias = tape.variable(normal_tensor({12}, rng)), state = concat_cols({t, z});
    add_number(lstm_cell(X, state, Wx, Wh, gate_bias, slice_cols(sequence_mask(X, 3), 0, 1)));
    add_number(mul(s, normal_noise(tape, {4, 3}, rng)));
    add_number(mul(s, corrupt(X, half_masked, rng)));
    add_term(gaussian_kl(t, z));
    add_number(scale_blocks(repeat_rows(w, 4), mul(s, step_slope(z, Real(0.3)))));
    add_term(contraction(s, w));
  }
  // Any tensor as one number, every entry with a weight of its own.
  void add_number(Var A) {
    const Var weights = tape.input(normal_tensor(A.shape(), rng), "weights");
    add_term(mean(mul(A, weights)));
  }
  void add_term(Var number) { terms.push_back({text("term ", terms.size()), number}); }

  std::vector<NodeCheck> check_all() {
    Rng upstream(2);
    return check_every_node(tape, objective.total, upstream);
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

const Op& right_op(const Node& node) {
  for (const Op* op : all_ops()) {
    if (std::string(op->name) == node.op->name) return *op;
  }
  FAIL("no operation ", node.op->name);
  return input_op;
}

enum class Spoil {
  sign,
  factor_of_one_entry,
  half,
  forgets_last_operand,
  overwrites,
  nothing_at_all
};

// The right rule, and then its contributions spoiled.
template <Spoil spoil>
void spoiled(Tape& tape, Node& node) {
  const int index =
      int(std::find_if(tape.nodes.begin(), tape.nodes.end(), [&](Node& n) { return &n == &node; }) -
          tape.nodes.begin());
  const std::vector<int> operands = trained_operands(tape, index);
  std::vector<Tensor> before;
  for (int i : operands) before.push_back(tape.grad(i));
  for (int i : operands) tape.grad(i).fill(0);
  right_op(node).backward(tape, node);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    Tensor& grad = tape.grad(operands[k]);
    const bool is_last = k + 1 == operands.size();
    std::size_t largest = 0;
    for (std::size_t i = 0; i < grad.size(); ++i) {
      if (std::abs(grad[i]) > std::abs(grad[largest])) largest = i;
    }
    for (std::size_t i = 0; i < grad.size(); ++i) {
      if (spoil == Spoil::sign) grad[i] = -grad[i];
      if (spoil == Spoil::half) grad[i] /= 2;
      if (spoil == Spoil::factor_of_one_entry && i == largest) grad[i] *= Real(by_real(1.05, 1.3));
      if (spoil == Spoil::forgets_last_operand && is_last) grad[i] = 0;
      if (spoil == Spoil::nothing_at_all) grad[i] = 0;
      if (spoil != Spoil::overwrites) grad[i] += before[k][i];
    }
  }
}

struct NamedSpoil {
  const char* name;
  void (*backward)(Tape&, Node&);
};
const NamedSpoil spoils[] = {{"sign", spoiled<Spoil::sign>},
                             {"half", spoiled<Spoil::half>},
                             {"factor of one entry", spoiled<Spoil::factor_of_one_entry>},
                             {"forgets its last operand", spoiled<Spoil::forgets_last_operand>},
                             {"overwrites", spoiled<Spoil::overwrites>},
                             {"nothing at all", spoiled<Spoil::nothing_at_all>}};

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

TEST_CASE("the graph of these tests uses every operation, and with none broken blame names none") {
  Everything e;
  std::set<std::string> used;
  for (const Node& node : e.tape.nodes) used.insert(node.op->name);
  for (const Op* op : all_ops()) CHECK_MESSAGE(used.count(op->name) == 1, op->name);
  const Tensor values = e.W.value;
  const Real total = e.objective.total.value().item();
  const std::vector<NodeCheck> checks = e.check_all();
  for (const NodeCheck& node : checks) {
    CAPTURE(node.op);
    CHECK(node.verdict == Verdict::ok);
    CHECK(node.reason == "");
  }
  CHECK(blame_each(checks).empty());
  CHECK(blame(checks) == "");
  CHECK(e.W.value.values == values.values);
  CHECK(e.objective.total.value().item() == total);
}

TEST_CASE("with any one rule broken in any way, blame names that rule and no other") {
  std::size_t broken_rules = 0, rules = 0;
  for (const Op* op : all_ops()) {
    if (op->backward == nullptr || op->backward == nothing_flows_back)
      // Masks, noise, corruption, slopes of steps, running statistics: nothing flows back
      continue;
    ++rules;
    for (const NamedSpoil& spoil : spoils) {
      CAPTURE(op->name);
      CAPTURE(spoil.name);
      Everything e;
      Op broken = *op;
      broken.backward = spoil.backward;
      REQUIRE(e.replace(broken) > 0);
      const std::vector<NodeCheck> checks = e.check_all();
      const std::vector<std::string> lines = blame_each(checks);
      CHECK(lines.size() == 1);
      const std::string begin =
          text("the rule of ", op->name, " (", op->written_at, ") is wrong: at node ");
      CHECK(blame(checks).starts_with(begin));
      ++broken_rules;
    }
  }
  CHECK(broken_rules == rules * std::size(spoils));
  CHECK(rules == all_ops().size() - 6);
}

TEST_CASE(
    "blame says which entry, what was added and what should have been, and where else the rule is "
    "wrong") {
  Everything e;
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
                         " (X is node 4); differences say ")) != std::string::npos);
  }
  broken = scale_op;  // used twice
  broken.backward = spoiled<Spoil::sign>;
  Everything twice;
  twice.replace(broken);
  const std::vector<std::string> lines = blame_each(twice.check_all());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("(also at node ") != std::string::npos);
}

TEST_CASE("a rule that overwrites is caught alone, and told what += would have given") {
  Everything e;
  Op broken = tanh_op;
  broken.backward = spoiled<Spoil::overwrites>;
  e.replace(broken);
  CHECK(blame(e.check_all()).find("the rule must add (+=), not set (=)") != std::string::npos);
}

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
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    for (double spread : {0.3, 1.0, 3.0})
      CHECK(blame_of_chain(int(by_real(250, 40)), spread, seed) == "");
  }
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    for (double spread : {5.0, 30.0, 100.0, 600.0}) {
      CAPTURE(spread);
      for (int layers : {1, 2, 4}) CHECK(blame_of_chain(layers, spread, seed) == "");
    }
  }
}

TEST_CASE("places in a tensor are written as they are indexed") {
  CHECK(entry_place({5}, 3) == "[3]");
  CHECK(entry_place({2, 3}, 5) == "[1,2]");
  CHECK(entry_place({2, 3, 4, 5}, 119) == "[1,2,3,4]");
  CHECK(entry_place({2, 3, 4, 5}, 7) == "[0,0,1,2]");
}

TEST_CASE(
    "strata check --blame: every rule is right, for every kind; the table, the status and the JSON "
    "say so") {
  const Program program;
  for (const char* arguments :
       {"linear", "sparse", "undercomplete --loss half_mse", "overcomplete --keep 3 --code relu",
        "multilayer", "sparse --tied --l1 0.01 --code tanh --beta 0.5",
        "multilayer --data digits --layers 64-70-5"}) {
    CAPTURE(arguments);
    const Result result =
        program(text("check ", arguments, " --blame --json ", program.file("blame.json")));
    CAPTURE(result.out);
    CHECK(result.status == 0);
    CHECK(result.err == "");
    CHECK(result.out.find("every rule is right: ") != std::string::npos);
    CHECK(result.out.find("core/autodiff/rules/linear.cpp:") != std::string::npos);
    const bool is_large = std::string(arguments).find("digits") != std::string::npos;
    CHECK((result.out.find("(16 of 4480)") != std::string::npos) == is_large);
    const Json json = parse_json(read_file(program.file("blame.json")), "blame.json");
    CHECK(json.at("ok").as_bool());
    CHECK(json.at("wrong").items().empty());
    CHECK(json.at("by_hand").as_string() == "");
    CHECK(json.at("nodes").items().size() >= 3);
    for (const Json& node : json.at("nodes").items()) CHECK(node.at("verdict").as_string() == "OK");
  }
}
