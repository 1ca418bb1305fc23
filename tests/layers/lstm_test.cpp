// The LSTM cell and sequences of cells: the oracle's values and gradients, the gradient checker
// through time, variable lengths. Wrong rules are in lstm_wrong_test.cpp, the autoencoder made of
// it in lstm_autoencoder_test.cpp.

#include "layers/lstm.hpp"

#include <doctest/doctest.h>

#include "core/math/matmul.hpp"
#include "tests/allocation_count.hpp"
#include "tests/check_close.hpp"
#include "tests/check_gradients.hpp"
#include "tests/each_thread.hpp"
#include "tests/layers/lively_lstm.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// The oracle's sequences are (time, batch, features); ours one example a row, step after step.
Tensor by_example(const Tensor& X) {
  const std::size_t T = X.shape[0], m = X.shape[1], d = X.shape[2];
  Tensor rows({m, T * d});
  for (std::size_t t = 0; t < T; ++t) {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < d; ++j) rows(i, t * d + j) = X[(t * m + i) * d + j];
    }
  }
  return rows;
}

// Sequences of the lengths given, zeros after their ends.
Tensor padded(std::size_t T, std::size_t d, const std::vector<std::size_t>& lengths, Rng& rng) {
  Tensor X = normal_tensor({lengths.size(), T * d}, rng);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::fill(X.row(i) + lengths[i] * d, X.row(i) + T * d, Real(0));
  }
  return X;
}

}  // namespace

TEST_CASE("hidden states, last cell and every gradient of a sequence are the oracle's") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-14, 1e-5);
  const Json& c = testing::reference().at("lstm");
  const Json& p = c.at("parameters");
  Lstm lstm;
  lstm.Wx = Parameter("Wx", to_tensor(p.at("Wx")), true);
  lstm.Wh = Parameter("Wh", to_tensor(p.at("Wh")), true);
  lstm.b = Parameter("b", to_tensor(p.at("b")), false);
  CHECK(lstm.inputs() == 3);
  CHECK(lstm.units() == 3);

  Tape tape;
  const Var X = tape.variable(by_example(to_tensor(c.at("X"))));
  const Var H = lstm.forward(tape, X);
  check_close(H.value(), by_example(to_tensor(c.at("hidden_states"))), relative, absolute);
  tape.backward(H, by_example(to_tensor(c.at("upstream"))));
  const Json& gradients = c.at("gradients");
  check_close(lstm.Wx.grad, to_tensor(gradients.at("Wx")), relative, absolute);
  check_close(lstm.Wh.grad, to_tensor(gradients.at("Wh")), relative, absolute);
  check_close(lstm.b.grad, to_tensor(gradients.at("b")), relative, absolute);
  check_close(X.grad(), by_example(to_tensor(gradients.at("X"))), relative, absolute);

  const Var last = lstm.states(tape, X).back();
  check_close(lstm.cell(last).value(), to_tensor(c.at("last_cell")), relative, absolute);
  const Tensor before = H.value();
  tape.replay();
  CHECK(H.value().values == before.values);
}

TEST_CASE(
    "backpropagation through time passes the checker, for 4 and 7 steps, with and without ended "
    "examples") {
  for (const std::size_t T : {4, 7}) {
    for (const bool with_mask : {false, true}) {
      CAPTURE(T);
      CAPTURE(with_mask);
      Rng rng(5, T);
      Lstm lstm = lively_lstm(2, 3, rng);
      const std::vector<std::size_t> lengths =
          with_mask ? std::vector<std::size_t>{T, 2, 1} : std::vector<std::size_t>{T, T, T};
      Parameter X("X", padded(T, 2, lengths, rng), false);
      Parameter start("start", normal_tensor({3, 6}, rng), false);
      Tape tape;
      const Var x = tape.parameter(X);
      // the mask of a copy of the data: where X itself is varied, an ended step would begin to
      // count
      const Var mask = with_mask ? sequence_mask(tape.input(X.value), 2) : Var{};
      Var h_weighted{}, all{};
      for (const Var& state : lstm.states(tape, x, mask, tape.parameter(start))) {
        const Var upstream = tape.input(normal_tensor(state.shape(), rng));
        const Var weighted = sum(mul(state, upstream));
        all = all.tape == nullptr ? weighted : add(all, weighted);
        h_weighted = weighted;
      }
      std::vector<Parameter*> parameters = lstm.parameters();
      parameters.insert(parameters.end(), {&X, &start});
      check_all_ok(check_objective(
          tape, sum_of_terms({{"all states", all}, {"last state", h_weighted}}), parameters));
      for (const NodeCheck& node : check_every_node(tape, all, rng)) {
        INFO(std::string(node.op));
        CHECK(node.verdict == Verdict::ok);
      }
    }
  }
}

TEST_CASE("an example that has ended keeps its state, and is as if it had come alone") {
  Rng rng(3);
  Lstm lstm = lively_lstm(2, 3, rng);
  const Tensor X = padded(6, 2, {6, 2, 4, 0}, rng);
  Tape tape;
  const Var x = tape.input(X);
  const Var mask = sequence_mask(x, 2);
  const std::vector<Var> states = lstm.states(tape, x, mask);
  const auto row = [](const Var& state, std::size_t i) {
    return slice_rows(state.value(), i, i + 1).values;
  };
  for (std::size_t t = 2; t < 6; ++t) CHECK(row(states[t], 1) == row(states[1], 1));
  CHECK(row(states[4], 2) == row(states[3], 2));
  CHECK(row(states[5], 0) != row(states[4], 0));
  CHECK(largest_magnitude(slice_rows(states[5].value(), 3, 4)) == 0);  // nothing was read

  Tensor alone({1, 4});
  std::copy_n(X.row(1), 4, alone.row(0));
  const Tensor by_itself = lstm.states(tape, tape.input(alone)).back().value();
  check_close(slice_rows(states.back().value(), 1, 2), by_itself, by_real(1e-14, 1e-5),
              by_real(1e-15, 1e-6));

  // replayed with other lengths, the mask follows the data
  tape.set_input(x, padded(6, 2, {1, 6, 6, 6}, rng));
  tape.replay();
  CHECK(row(states[5], 0) == row(states[0], 0));
  CHECK(row(states[5], 1) != row(states[1], 1));
}

TEST_CASE("the mask of a sequence ends with its last step that is not all zeros") {
  Tape tape;
  const Var X =
      tape.input(Tensor::matrix({{1, 0, 0, 0, 0, 2}, {0, 0, 0, 3, 0, 0}, {0, 0, 0, 0, 0, 0}}));
  CHECK(sequence_mask(X, 2).value().values ==
        std::vector<Real>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(error_of([&] { sequence_mask(X, 4); }).find("no whole number of steps of 4 columns") !=
        std::string::npos);
}

TEST_CASE(
    "a new layer: forget gates start at 1, or at what is asked for, and weights have Glorot's "
    "range") {
  Rng rng(1);
  const Lstm lstm("encoder.0", 5, 20, rng), other("other", 5, 20, rng, Real(0.5));
  for (std::size_t j = 0; j < 80; ++j) {
    const bool is_forget = j >= 20 && j < 40;
    CHECK(lstm.b.value[j] == (is_forget ? 1 : 0));
    CHECK(other.b.value[j] == (is_forget ? Real(0.5) : Real(0)));
  }
  const double limit_x = std::sqrt(6.0 / 25), limit_h = std::sqrt(6.0 / 40);
  CHECK(largest_magnitude(lstm.Wx.value) <= limit_x);
  CHECK(largest_magnitude(lstm.Wx.value) > 0.9 * limit_x);
  CHECK(largest_magnitude(lstm.Wh.value) <= limit_h);
  CHECK(largest_magnitude(lstm.Wh.value) > 0.9 * limit_h);
  CHECK(lstm.Wx.name == "encoder.0.Wx");
  CHECK(lstm.Wh.decays);
  CHECK(!lstm.b.decays);
}

TEST_CASE(
    "with a forget gate near 1 the gradient reaches the first of 60 steps, with one near 0 it does "
    "not") {
  const auto share_that_arrives = [](Real forget_bias) {
    Rng rng(2);
    Lstm lstm("lstm", 1, 4, rng, forget_bias);
    Tape tape;
    const Var X = tape.variable(normal_tensor({3, 60}, rng));
    const Var last = lstm.states(tape, X).back();
    tape.backward(last, normal_tensor(last.shape(), rng));
    Real first = 0, newest = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      first = std::max(first, std::abs(X.grad()(i, 0)));
      newest = std::max(newest, std::abs(X.grad()(i, 59)));
    }
    return double(first / newest);
  };
  CHECK(share_that_arrives(8) > 0.05);
  CHECK(share_that_arrives(-1) < 1e-6);
}

TEST_CASE(
    "a replayed sequence, forward and back, allocates nothing; the same bits for two threads") {
  Rng rng(6);
  Lstm lstm = lively_lstm(8, 70, rng);
  const Tensor X = padded(5, 8, std::vector<std::size_t>(65, 4), rng);
  Tensor one_thread;
  for (const std::size_t threads : {1, 2}) {
    Workers workers(threads);
    // Memory for the largest products
    testing::on_each_thread(workers, [] { matmul(Tensor({32, 256}), Tensor({256, 2048})); });
    Tape tape;
    tape.workers = &workers;
    const Var x = tape.input(X);
    const Var loss = sum(square(lstm.states(tape, x, sequence_mask(x, 8)).back()));
    tape.backward(loss);
    const std::vector<Parameter*> parameters = lstm.parameters();
    const std::size_t before = testing::allocation_count();
    tape.replay();
    for (Parameter* p : parameters) p->grad.fill(0);
    tape.backward(loss);
    CHECK(testing::allocation_count() == before);
    if (threads == 1) one_thread = lstm.Wh.grad;
    CHECK(lstm.Wh.grad.values == one_thread.values);
  }
}
