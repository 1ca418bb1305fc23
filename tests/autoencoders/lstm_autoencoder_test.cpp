// The LSTM autoencoder against the same formulas written out in plain loops and against the
// gradient checker. On data: lstm_autoencoder_training_test.cpp.

#include "autoencoders/lstm_autoencoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/train.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/check_gradients.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using Numbers = std::vector<double>;

// ---- one example, in plain loops
Numbers product_and_bias(const Numbers& x, const Tensor& W, const Tensor& b) {
  Numbers z(W.cols());
  for (std::size_t j = 0; j < W.cols(); ++j) {
    z[j] = b[j];
    for (std::size_t k = 0; k < x.size(); ++k) z[j] += x[k] * double(W(k, j));
  }
  return z;
}

struct State {
  Numbers h, c;
};

State step_by_hand(const Lstm& lstm, const Numbers& x, const State& s) {
  const std::size_t u = lstm.units();
  const Numbers from_x = product_and_bias(x, lstm.Wx.value, lstm.b.value);
  const Numbers from_h = product_and_bias(s.h, lstm.Wh.value, Tensor({4 * u}));
  const auto gate = [&](std::size_t which, std::size_t j) {
    return from_x[which * u + j] + from_h[which * u + j];
  };
  const auto squash = [](double z) { return 1 / (1 + std::exp(-z)); };
  State next{Numbers(u), Numbers(u)};
  for (std::size_t j = 0; j < u; ++j) {
    next.c[j] = squash(gate(1, j)) * s.c[j] + squash(gate(0, j)) * std::tanh(gate(2, j));
    next.h[j] = squash(gate(3, j)) * std::tanh(next.c[j]);
  }
  return next;
}

struct ByHand {
  Numbers code;
  std::vector<Numbers> R;  // in natural order, one a step of this example's length
};

ByHand autoencode_by_hand(LstmAutoencoder& model, const std::vector<Numbers>& x, bool forced) {
  const std::size_t u = model.options.units, L = x.size();
  State s{Numbers(u, 0.0), Numbers(u, 0.0)};
  for (const Numbers& step : x) s = step_by_hand(model.encoder, step, s);
  ByHand result{product_and_bias(s.h, model.code.W.value, model.code.b.value),
                std::vector<Numbers>(L)};
  Numbers begin = product_and_bias(result.code, model.start.W.value, model.start.b.value);
  for (double& v : begin) v = std::tanh(v);
  s = {Numbers(begin.begin(), begin.begin() + std::ptrdiff_t(u)),
       Numbers(begin.begin() + std::ptrdiff_t(u), begin.end())};
  Numbers before(model.options.step_features, 0.0);
  for (std::size_t k = 0; k < L; ++k) {
    const std::size_t t = model.options.reversed_target ? L - 1 - k : k;
    s = step_by_hand(model.decoder, before, s);
    result.R[t] = product_and_bias(s.h, model.output.W.value, model.output.b.value);
    before = forced ? x[t] : result.R[t];
  }
  return result;
}

// ---- examples of lengths 4, 2 and 1, two features a step
const std::vector<std::size_t> lengths = {4, 2, 1};

Tensor some_sequences(Rng& rng) {
  Tensor X = normal_tensor({3, 8}, rng);
  for (std::size_t i = 0; i < 3; ++i) std::fill(X.row(i) + 2 * lengths[i], X.row(i) + 8, Real(0));
  return X;
}

std::vector<Numbers> steps_of(const Tensor& X, std::size_t i) {
  std::vector<Numbers> steps;
  for (std::size_t t = 0; t < lengths[i]; ++t)
    steps.push_back({double(X(i, 2 * t)), double(X(i, 2 * t + 1))});
  return steps;
}

LstmAutoencoder small_model(bool forced, bool reversed, Rng& rng, Real decay = 0) {
  LstmAutoencoderOptions options{.steps = 4, .step_features = 2, .units = 3, .code_size = 2};
  options.variable_lengths = true;
  options.teacher_forcing = forced;
  options.reversed_target = reversed;
  options.decay = decay;
  LstmAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.7);
  return model;
}

}  // namespace

TEST_CASE(
    "code, reconstruction and loss are those of plain loops, for each length, order and input of "
    "the "
    "decoder") {
  const double relative = by_real(1e-11, 1e-3), absolute = by_real(1e-13, 1e-5);
  for (const bool forced : {false, true}) {
    for (const bool reversed : {false, true}) {
      CAPTURE(forced);
      CAPTURE(reversed);
      Rng rng(1);
      LstmAutoencoder model = small_model(forced, reversed, rng);
      const Tensor X = some_sequences(rng);
      const Tensor H = model.encode(X), R = model.reconstruct(X);
      double free_loss = 0, forced_loss = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        const std::vector<Numbers> x = steps_of(X, i);
        const ByHand expected = autoencode_by_hand(model, x, false);
        const ByHand with_teacher = autoencode_by_hand(model, x, true);
        for (std::size_t j = 0; j < 2; ++j)
          check_close(H(i, j), expected.code[j], relative, absolute);
        for (std::size_t t = 0; t < 4; ++t) {
          for (std::size_t j = 0; j < 2; ++j) {
            if (t >= lengths[i]) {
              CHECK(R(i, 2 * t + j) == 0);
              continue;
            }
            check_close(R(i, 2 * t + j), expected.R[t][j], relative, absolute);
            free_loss += std::pow(expected.R[t][j] - x[t][j], 2) / 6;
            forced_loss += std::pow(with_teacher.R[t][j] - x[t][j], 2) / 6;
          }
        }
      }
      CHECK(std::abs(free_loss - forced_loss) > 1e-3);
      const double forced_error = squared_error_per_example(X, model.reconstruct_with_teacher(X));
      check_close(forced_error / 2, forced_loss, relative, absolute);
      Tape tape;
      const Var data = tape.input(X);
      const double training = model.objective(tape, data, {}, Mode::training).total.value().item();
      const double evaluation =
          model.objective(tape, data, {}, Mode::evaluation).total.value().item();
      check_close(training, forced ? forced_loss : free_loss, relative, absolute);
      check_close(evaluation, free_loss, relative, absolute);
      check_close(evaluation, reconstruction_error(model, X) / 2, relative, absolute);
    }
  }
}

TEST_CASE("every gradient passes the checker, term by term and rule by rule") {
  for (const bool forced : {false, true}) {
    for (const bool reversed : {false, true}) {
      CAPTURE(forced);
      CAPTURE(reversed);
      Rng rng(2);
      LstmAutoencoder model = small_model(forced, reversed, rng, Real(0.01));
      Tape tape;
      const Var X = tape.input(some_sequences(rng));
      const Objective objective = model.objective(tape, X, {}, Mode::training);
      REQUIRE(objective.terms.size() == 2);
      CHECK(objective.terms[0].name == "reconstruction");
      CHECK(objective.terms[1].name == "weight_decay");
      const auto checks = check_objective(tape, objective, model.parameters());
      CHECK(checks.size() == 12 * 3);
      check_all_ok(checks);
      for (const NodeCheck& node : check_every_node(tape, objective.total, rng)) {
        INFO(std::string(node.op));
        for (const TensorCheck& operand : node.operands) {
          // Wh where h is still 0, and what the mask sets to 0: there nothing moves when they are
          // varied
          const bool is_still = operand.worst.reason == "the loss does not move: saturated or dead";
          const bool fine = operand.verdict == Verdict::ok || is_still;
          CHECK(fine);
        }
      }
    }
  }
}

TEST_CASE(
    "decoding from the code alone runs over all steps, and agrees where the sequence was full") {
  Rng rng(3);
  LstmAutoencoder model = small_model(false, false, rng);
  const Tensor X = some_sequences(rng);
  const Tensor decoded = model.decode(model.encode(X)), R = model.reconstruct(X);
  CHECK(text(decoded.shape) == "3×8");
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 2 * lengths[i]; ++j)
      check_close(decoded(i, j), R(i, j), by_real(1e-12, 1e-4));
  }
  CHECK(decoded(2, 7) != 0);
}

TEST_CASE(
    "the encoder alone gives the same codes, also behind a saved file, and trains on in a network "
    "of another "
    "kind") {
  const Scratch scratch;
  Rng rng(3);
  const Tensor X = some_sequences(rng);
  LstmEncoder encoder;
  Tensor H;
  {
    LstmAutoencoder model = small_model(false, false, rng);
    H = model.encode(X);
    save_model(scratch.file("m.safetensors"), model);
    encoder = model.encoder_alone();
  }  // the decoder is gone
  CHECK(encoder.encode(X).values == H.values);
  const SavedModel saved = load_model(scratch.file("m.safetensors"));
  CHECK(dynamic_cast<LstmAutoencoder&>(*saved.model).encoder_alone().encode(X).values == H.values);

  Dense above("classifier.0", 2, 3, Activation::linear, rng);
  Tape tape;
  const Var logits = above.forward(tape, encoder.forward(tape, tape.input(X)));
  const Var loss =
      softmax_cross_entropy(logits, tape.input(Tensor({3}, std::vector<Real>{0, 1, 2})));
  std::vector<Parameter*> parameters = encoder.parameters();
  CHECK(parameters.size() == 5);
  check_all_ok(check_objective(tape, sum_of_terms({{"loss", loss}}), parameters));
}

TEST_CASE("the code knows the order of the steps") {
  Rng rng(4);
  LstmAutoencoder model = small_model(false, false, rng);
  Tensor X = normal_tensor({1, 8}, rng), swapped = X;
  std::swap_ranges(swapped.row(0), swapped.row(0) + 2, swapped.row(0) + 4);
  CHECK(squared_distance(model.encode(X), model.encode(swapped)) > 1e-4);
}

TEST_CASE("settings and data that make no sense are refused") {
  Rng rng(1);
  CHECK(error_of([&] { LstmAutoencoder({.steps = 0}, rng); }).find("0 steps of 1 features") !=
        std::string::npos);
  LstmAutoencoder model({.steps = 4, .step_features = 2, .output = Activation::sigmoid}, rng);
  Dataset data;
  data.X = Tensor({5, 8}, 3);
  CHECK(error_of([&] {
          train(model, data, rng, {});
        }).find("sigmoid outputs stay within 0 and 1") != std::string::npos);
  data.X = Tensor({5, 7});
  CHECK(error_of([&] { train(model, data, rng, {}); }).find("the model has 8 features") !=
        std::string::npos);
}

TEST_CASE("of bytes, whose objective is large, no right gradient is called wrong") {
  if (sizeof(Real) == 4)
    return;  // of these objectives float has no digits left to take differences
  int undecided = 0, decided = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Rng rng(seed);
    LstmAutoencoder model({.steps = 4, .step_features = 4, .units = 3, .code_size = 2}, rng);
    Tensor X({8, 16});
    for (Real& x : X.values) x = std::floor(256 * Real(rng.uniform()));
    Tape tape;
    const Objective objective =
        model.objective_from(tape, tape.input(X, "X"), tape.input(X, "target"), Mode::training);
    for (const TensorCheck& check : check_objective(tape, objective, model.parameters())) {
      CAPTURE(seed);
      CAPTURE(check.tensor);
      CHECK(check.verdict != Verdict::wrong);
      (check.verdict == Verdict::ok ? decided : undecided)++;
    }
  }
  CHECK(decided > 5 * undecided);  // not all of them are given up
}
