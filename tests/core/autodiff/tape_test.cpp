#include "core/autodiff/tape.hpp"

#include <doctest/doctest.h>

#include "core/autodiff/ops.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("a node used twice gets the sum of both contributions") {
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {3, -2}));
  const Var y = sum(add(mul(x, x), x));  // d/dx (x² + x) = 2x + 1
  tape.backward(y);
  CHECK(x.grad().values == std::vector<Real>{7, -3});
  tape.backward(y);  // again: a node's gradient is overwritten, not doubled
  CHECK(x.grad().values == std::vector<Real>{7, -3});
}

TEST_CASE(
    "a parameter is borrowed: its leaf is the parameter, once, and its gradient accumulates") {
  Parameter w("w", Tensor({1, 2}, {1, 2}), true);
  Tape tape;
  const Var leaf = tape.parameter(w);
  CHECK(tape.parameter(w).index == leaf.index);
  CHECK(&leaf.value() == &w.value);
  CHECK(&leaf.grad() == &w.grad);
  const Var y = sum(square(leaf));
  tape.backward(y);
  tape.backward(y);
  CHECK(w.grad.values == std::vector<Real>{4, 8});
  w.value = Tensor({1, 2}, {5, 5});
  tape.replay();
  CHECK(y.value().item() == 50);
}

TEST_CASE("replay on new data allocates no new nodes and gives what recording anew gives") {
  Rng rng(1);
  Parameter W("W", normal_tensor({3, 2}, rng), true), b("b", normal_tensor({2}, rng), false);
  const auto record = [&](Tape& tape, const Tensor& X) {
    const Var x = tape.input(X, "X");
    return std::pair{x, half_mse(matmul_bt(sigmoid(affine(x, tape.parameter(W), tape.parameter(b))),
                                           tape.parameter(W)),
                                 x)};
  };
  const Tensor first = normal_tensor({4, 3}, rng), second = normal_tensor({4, 3}, rng);
  Tape replayed;
  const auto recorded = record(replayed, first);
  const Var x = recorded.first, loss = recorded.second;
  const int nodes = replayed.size();
  const Real* place = loss.value().values.data();
  replayed.set_input(x, second);
  replayed.replay();
  replayed.backward(loss);
  CHECK(replayed.size() == nodes);
  CHECK(loss.value().values.data() == place);
  const Tensor gradient = W.grad;

  W.grad.fill(0);
  Tape fresh;
  const Var fresh_loss = record(fresh, second).second;
  fresh.backward(fresh_loss);
  CHECK(fresh_loss.value().item() == loss.value().item());
  CHECK(W.grad.values == gradient.values);
  CHECK(error_of([&] {
          replayed.set_input(x, Tensor({5, 3}));
        }).find("record a tape for each shape") != std::string::npos);
}

TEST_CASE("every node knows the line that made it") {
  Tape tape;
  const Var x = tape.variable(Tensor({1, 1}, 2));
  const int line = __builtin_LINE() + 1;
  const Var y = square(x);
  CHECK(y.node().made_at.line == line);
  CHECK(std::string(y.node().made_at.file).ends_with("tests/core/autodiff/tape_test.cpp"));
  CHECK(describe(tape, y.index)
            .find(text("square of 1×1, made at tests/core/autodiff/tape_test.cpp:", line)) !=
        std::string::npos);
}

TEST_CASE("an observer is called at every visited node, and only there") {
  struct Recorder : Observer {
    std::vector<int> forward, before, after;
    void after_forward(Tape&, int node) override { forward.push_back(node); }
    void before_backward(Tape&, int node) override { before.push_back(node); }
    void after_backward(Tape&, int node) override { after.push_back(node); }
  } recorder;
  Tape tape;
  const Var x = tape.variable(Tensor({1, 1}, 2));      // 0
  const Var constant = tape.input(Tensor({1, 1}, 3));  // 1: not reached
  const Var aside = square(x);                         // 2: not reached, it is not part of y
  const Var y = sum(mul(x, constant));                 // 3, 4
  CHECK(aside.value().item() == 4);
  tape.observer = &recorder;
  tape.replay();
  tape.backward(y);
  CHECK(recorder.forward == std::vector<int>{2, 3, 4});
  CHECK(recorder.before == std::vector<int>{4, 3, 0});
  CHECK(recorder.after == recorder.before);
  CHECK(!aside.node().reached);
  CHECK(!constant.node().reached);
}

TEST_CASE("random nodes draw anew on replay, and keep their draws when asked to") {
  Rng rng(5);
  Tape tape;
  const Var mask = dropout_mask(tape, {10, 10}, Real(0.5), rng);
  const Tensor first = mask.value();
  tape.replay(Randomness::keep);
  CHECK(mask.value().values == first.values);
  tape.replay();
  CHECK(mask.value().values != first.values);
  for (Real value : mask.value().values) CHECK((value == 0 || value == 2));
}

TEST_CASE("only a single number has a gradient without an upstream one") {
  Tape tape;
  const Var x = tape.variable(Tensor({2, 3}));
  CHECK(error_of([&] { tape.backward(square(x)); }).find("the root is 2×3, not a single number") !=
        std::string::npos);
  Tape other;
  CHECK(error_of([&] { other.backward(sum(x)); }).find("belongs to another tape") !=
        std::string::npos);
  CHECK(error_of([&] { tape.backward(Var{}); }).find("belongs to another tape") !=
        std::string::npos);
  CHECK(error_of([&] { tape.backward(sum(x), Tensor({2})); }).find("upstream gradient is 2") !=
        std::string::npos);
}

TEST_CASE("the first non-finite node is found in forward order") {
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {1, 0}));
  CHECK(first_non_finite(tape) == -1);
  const Var y = log(x);
  sum(exp(y));
  CHECK(first_non_finite(tape) == y.index);
}

TEST_CASE("a chain of half a million nodes records, runs backward and is freed") {
  Tape tape;
  const Var x = tape.variable(Tensor({1}, Real(1)));
  Var y = x;
  for (int i = 0; i < 500'000; ++i) y = add_scalar(y, Real(0.5));
  tape.backward(y);
  CHECK(tape.size() == 500'001);
  check_close(y.value().item(), 250'001, by_real(1e-12, 1e-5));
  CHECK(x.grad().item() == 1);
}

TEST_CASE("an observer sees each node once, leaves when they are recorded") {
  struct Seen : Observer {
    std::vector<int> nodes;
    void after_forward(Tape&, int node) override { nodes.push_back(node); }
  } seen;
  Parameter w("w", Tensor({2}, 1), false);
  Tape tape;
  tape.observer = &seen;
  const Var x = tape.input(Tensor({2}, 2)), v = tape.variable(Tensor({2}, 3));
  const Var p = tape.parameter(w);
  const Var y = sum(mul(add(x, v), p));
  CHECK(seen.nodes == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK(tape.parameter(w).index == p.index);  // the same leaf: it is not seen again
  CHECK(seen.nodes.size() == 6);
  CHECK(v.node().wants_grad);
  CHECK(y.index == 5);
}

TEST_CASE("a pass forgets what an earlier one reached, behind its own root too") {
  Tape tape;
  const Var x = tape.variable(Tensor({2}, 1));
  const Var small = sum(x), large = square(small);
  tape.backward(large);
  CHECK(large.node().reached);
  tape.backward(small);
  CHECK_FALSE(large.node().reached);
  CHECK(x.node().reached);
}
