// On the page of a trace every rule is held against differences, and a wrong one is called so.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/autodiff/ops.hpp"
#include "core/inspect/trace/trace.hpp"
#include "tests/check_close.hpp"
#include "tests/core/inspect/trace/pages.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A sigmoid whose rule has forgotten a factor.
void sigmoid_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  for (std::size_t i = 0; i < X.size(); ++i) node.value[i] = 1 / (1 + std::exp(-X[i]));
}
void wrong_backward(Tape& tape, Node& node) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += node.grad[i] * node.value[i];
}
const Op wrong_op = {.name = "forgetful",
                     .formula = "Y = σ(X)",
                     .gradients = {"dX += dY ⊙ Y"},
                     .forward = sigmoid_forward,
                     .backward = wrong_backward};

// Squares whose rules give the right contribution, but break the rules of the tape.
void square_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  for (std::size_t i = 0; i < X.size(); ++i) node.value[i] = X[i] * X[i];
}
void value_changing_backward(Tape& tape, Node& node) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] += 2 * node.grad[i] * tape.input_value(node, 0)[i];
  node.value[0] += 1;
}
void unreached_backward(Tape& tape, Node& node) {
  Tensor& dX = tape.grad(node.inputs[0]);  // not input_grad
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] += 2 * node.grad[i] * tape.input_value(node, 0)[i];
}
void setting_backward(Tape& tape, Node& node) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] = 2 * node.grad[i] * tape.input_value(node, 0)[i];
}
Op square_with(const char* name, void (*backward)(Tape&, Node&)) {
  return {.name = name,
          .formula = "Y = X²",
          .gradients = {"dX += 2 dY ⊙ X"},
          .forward = square_forward,
          .backward = backward};
}
const Op value_changing = square_with("value_changing", value_changing_backward);
const Op unreached = square_with("unreached", unreached_backward);
const Op setting = square_with("setting", setting_backward);

}  // namespace

TEST_CASE(
    "the rules are held against differences: a wrong one is named with its entries, a large one "
    "skipped") {
  Rng rng(5);
  Tape tape;
  const Var x = tape.variable(normal_tensor({2, 3}, rng), "x");
  const Var y = tape.record(wrong_op, {x}, x.shape(), {}, Site::here());
  const Objective objective = sum_of_terms({{"loss", half_squared_norm(y)}});
  const std::string page = trace_page("wrong", tape, objective);
  leave_for_the_browser("wrong_rule.html", page);
  const Json data = data_of(page);
  const auto& checks = data.at("checks").items();
  CHECK(checks[0].is_null());
  CHECK(checks[1].at("verdict").as_string() == "WRONG");
  CHECK(checks[2].at("verdict").as_string() == "OK");
  const auto& entries = checks[1].at("operands").items()[0].at("entries").items();
  REQUIRE(entries.size() == 6);
  for (const Json& entry : entries) {
    const auto& row = entry.items();
    CHECK(row.at(4).as_string() == "WRONG");
    const double a = double(y.value()[row[0].as_size()]);
    check_close(row[1].as_number(), a * a, by_real(1e-12, 1e-5));
    check_close(row[2].as_number(), a * a * (1 - a), by_real(1e-7, 1e-2));
  }
  const Json small = trace_data("wrong", tape, objective, {.most_checked = 5});
  CHECK(small.at("checks").items()[1].at("skipped").as_string().find("6 trained entries") !=
        std::string::npos);
}

TEST_CASE(
    "a wrong one that contributes what it should is still wrong, and its reason is in the page") {
  const auto check_of = [](const Op& op) {
    Rng rng(8);
    Tape tape;
    const Var x = tape.variable(normal_tensor({2, 3}, rng), "x");
    const Var y = tape.record(op, {x}, x.shape(), {}, Site::here());
    // x has a second contribution, which comes first in the backward pass: what a rule sets instead
    // of adding is lost.
    const Objective objective = sum_of_terms(
        {{"squares", half_squared_norm(y)}, {"decay", half_squared_norm(scale(x, 2))}});
    const std::string page = trace_page(op.name, tape, objective);
    leave_for_the_browser(text("wrong_", op.name, ".html"), page);
    return data_of(page).at("checks").items()[std::size_t(y.index)];
  };
  const Json changes = check_of(value_changing);
  CHECK(changes.at("verdict").as_string() == "WRONG");
  CHECK(changes.at("reason").as_string().find("changes the value of node 1") != std::string::npos);
  CHECK(!changes.has("upstream"));

  const Json not_reached = check_of(unreached);
  CHECK(not_reached.at("verdict").as_string() == "WRONG");
  CHECK(not_reached.at("reason").as_string().find("without Tape::input_grad") != std::string::npos);
  CHECK(not_reached.at("operands").items()[0].at("verdict").as_string() == "OK");

  const Json sets = check_of(setting);
  CHECK(sets.at("verdict").as_string() == "WRONG");
  const Json& operand = sets.at("operands").items()[0];
  CHECK(operand.at("verdict").as_string() == "WRONG");
  const auto& last = operand.at("entries").items().back().items();
  CHECK(last.at(5).as_string().find("must add (+=)") != std::string::npos);
}

TEST_CASE("of a large operand some entries are checked, and each row names its own entry") {
  Rng rng(6);
  Tape tape;
  const Var x = tape.variable(normal_tensor({20, 20}, rng), "x");
  const Var y = tape.record(wrong_op, {x}, x.shape(), {}, Site::here());
  const Objective objective = sum_of_terms({{"loss", half_squared_norm(y)}});
  const std::string page = trace_page("wrong", tape, objective);
  leave_for_the_browser("large_operand.html", page);
  const Json data = data_of(page);
  const Json& operand = data.at("checks").items()[1].at("operands").items()[0];
  CHECK(operand.at("verdict").as_string() == "WRONG");
  CHECK(operand.at("directions").as_size() > 0);
  const auto& entries = operand.at("entries").items();
  CHECK(entries.size() >= 16);
  CHECK(entries.size() < 400);
  for (const Json& entry : entries) {
    const double a = double(y.value()[entry.items()[0].as_size()]);
    check_close(entry.items()[1].as_number(), a * a, by_real(1e-12, 1e-5));
  }
}

TEST_CASE("gradients that have all but vanished are no reason to call a rule wrong") {
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {Real(0.3), Real(-0.4)}), "x");
  // What follows is rounded to denormal numbers
  const Real tiny = std::numeric_limits<Real>::min();
  const Objective objective = sum_of_terms({{"loss", scale(sum(sigmoid(x)), tiny)}});
  const Json data = trace_data("vanished", tape, objective);
  CHECK(data.at("checks").items()[1].at("verdict").as_string() == "OK");
  CHECK(data.at("checks").items()[1].at("upstream").as_string() == "random");
}
