// What an LSTM cell and its checker refuse: wrong rules, and shapes that do not fit.

#include "layers/lstm.hpp"

#include <doctest/doctest.h>

#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/layers/lively_lstm.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("wrong rules for the cell are rejected") {
  using Rule = void (*)(Tape&, Node&);
  const std::pair<const char*, Rule> wrongs[] = {
      {"the cell does not go back in time",
       [](Tape& tape, Node& node) {
         const std::size_t u = node.value.cols() / 2;
         Tensor kept = tape.input_grad(node, 1);
         lstm_cell_op.backward(tape, node);
         Tensor& dS = tape.input_grad(node, 1);
         for (std::size_t i = 0; i < dS.rows(); ++i) std::copy_n(kept.row(i) + u, u, dS.row(i) + u);
       }},
      {"the hidden state does not go back in time",
       [](Tape& tape, Node& node) {
         const std::size_t u = node.value.cols() / 2;
         Tensor kept = tape.input_grad(node, 1);
         lstm_cell_op.backward(tape, node);
         Tensor& dS = tape.input_grad(node, 1);
         for (std::size_t i = 0; i < dS.rows(); ++i) std::copy_n(kept.row(i), u, dS.row(i));
       }},
      {"the bias twice, as with two bias vectors", [](Tape& tape, Node& node) {
         lstm_cell_op.backward(tape, node);
         Tensor& db = tape.input_grad(node, 4);
         for (Real& value : db.values) value *= 2;
       }}};
  for (const auto& wrong : wrongs) {
    CAPTURE(wrong.first);
    Rng rng(4);
    Lstm lstm = lively_lstm(2, 3, rng);
    Tape tape;
    const Var X = tape.variable(normal_tensor({2, 8}, rng));
    Op broken = lstm_cell_op;
    broken.backward = wrong.second;
    Var last = lstm.states(tape, X).back();
    last.node().op = &broken;
    CHECK(check_node(tape, last.index, normal_tensor(last.shape(), rng)).verdict == Verdict::wrong);
  }
}

TEST_CASE("shapes that do not fit a cell are refused") {
  Rng rng(1);
  Tape tape;
  Lstm lstm("lstm", 2, 3, rng);
  const Var X = tape.input(Tensor({5, 2})), S = tape.input(Tensor({5, 6}));
  CHECK(error_of([&] {
          lstm.states(tape, tape.input(Tensor({5, 7})));
        }).find("the sequences are 5×7, which is no whole number of steps of 2 columns") !=
        std::string::npos);
  CHECK(error_of([&] {
          lstm.step(tape, tape.input(Tensor({5, 3})), S);
        }).find("X is 5×3 but Wx is 2×12") != std::string::npos);
  CHECK(error_of([&] {
          lstm.step(tape, X, tape.input(Tensor({5, 3})));
        }).find("the state is 5×3 but 5 examples of 3 units need 5×6") != std::string::npos);
  CHECK(error_of([&] {
          lstm.step(tape, X, S, tape.input(Tensor({5, 2})));
        }).find("the mask is 5×2") != std::string::npos);
  CHECK(error_of([&] {
          lstm.step(tape, X, S, tape.variable(Tensor({5, 1})));
        }).find("a mask has no gradient") != std::string::npos);
  CHECK(error_of([&] {
          lstm.states(tape, X, tape.input(Tensor({5, 4})));
        }).find("but the mask is 5×4") != std::string::npos);
  CHECK(error_of([&] { Lstm("lstm", 0, 3, rng); }).find("from 0 numbers a step to 3 units") !=
        std::string::npos);
}
