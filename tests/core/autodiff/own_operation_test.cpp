// Mistakes in an operation that is written outside of the table are named, not run over.

#include <doctest/doctest.h>

#include "core/autodiff/ops.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void double_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  for (std::size_t i = 0; i < X.size(); ++i) node.value[i] = 2 * X[i];
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("without a backward rule, the pass stops where a gradient arrives, and blame names it") {
  const Op op = {.name = "twice", .formula = "Y = 2X", .forward = double_forward};
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {1, 2}));
  const Var y = tape.record(op, {x}, x.shape(), {}, Site::here());
  const Var aside = sum(square(x)), loss = sum(y);
  CHECK(y.value().values == std::vector<Real>{2, 4});
  const std::string error = error_of([&] { tape.backward(loss); });
  CHECK(says(error, "node 1, twice of 1×2, made at "));
  CHECK(says(error, "twice has no backward rule"));
  CHECK(says(error_of([&] { tape.backward(y, Tensor(y.shape())); }), "twice has no backward rule"));
  tape.backward(aside);  // what does not pass through it is fine
  CHECK(x.grad().values == std::vector<Real>{2, 4});

  Rng rng(1);
  const std::vector<NodeCheck> checks = check_every_node(tape, loss, rng);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].node == y.index);
  CHECK(checks[0].verdict == Verdict::wrong);
  CHECK(says(blame(checks), "the rule of twice ("));
  CHECK(says(blame(checks), "twice has no backward rule"));
}

TEST_CASE("where nothing flows back, a row says so, and its nodes want no gradient") {
  const Op op = {.name = "twice",
                 .formula = "Y = 2X",
                 .forward = double_forward,
                 .backward = nothing_flows_back};
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {1, 2}));
  const Var y = tape.record(op, {x}, x.shape(), {}, Site::here());
  CHECK_FALSE(y.node().wants_grad);
  tape.backward(sum(add(x, y)));
  CHECK(x.grad().values == std::vector<Real>{1, 1});
}

TEST_CASE("a value of another shape than was recorded is refused, with both shapes") {
  const Op op = {.name = "widened", .formula = "Y = X", .forward = [](Tape& tape, Node& node) {
                   node.value = Tensor({tape.input_value(node, 0).rows(), 3});
                 }};
  Tape tape;
  const Var x = tape.variable(Tensor({4, 2}));
  CHECK(says(error_of([&] {
               tape.record(op, {x}, {4, 2}, {}, Site::here());
             }),
             "widened: its forward rule leaves a value of 4×3 but was recorded as 4×2"));
}

TEST_CASE("a row without a forward rule cannot be recorded") {
  const Op op = {.name = "nothing", .formula = "Y = X"};
  Tape tape;
  const Var x = tape.variable(Tensor({1}));
  CHECK(says(error_of([&] { tape.record(op, {x}, {1}, {}, Site::here()); }),
             "nothing: it has no forward rule"));
}

TEST_CASE("a rule that adds to data, or to an operand that it has not, is told where") {
  const auto error_with = [](std::size_t operand) {
    static std::size_t added_to;
    added_to = operand;
    const Op op = {.name = "careless",
                   .formula = "Y = X",
                   .forward = [](Tape&, Node&) {},
                   .backward = [](Tape& t, Node& node) { t.input_grad(node, added_to)[0] += 1; }};
    Tape tape;
    const Var x = tape.variable(Tensor({1})), data = tape.input(Tensor({1}));
    const Var y = tape.record(op, {x, data}, {1}, {}, Site::here());
    return error_of([&] { tape.backward(y); });
  };
  CHECK(error_with(0) == "");
  CHECK(says(error_with(1), "careless (tests/core/autodiff/own_operation_test.cpp:"));
  CHECK(says(error_with(1), "operand 1 has no gradient to add to"));
  CHECK(says(error_with(2), "operand 2 has no gradient to add to"));
}

TEST_CASE("a row knows the line it ends on") {
  const Op op = {.name = "two lines", .formula = "Y = X"};
  CHECK(op.written_at.line == __builtin_LINE() - 1);
  CHECK(std::string(op.written_at.file) == "tests/core/autodiff/own_operation_test.cpp");
  CHECK(Op(op).written_at.line == op.written_at.line);
}
