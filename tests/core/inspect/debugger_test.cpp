// What a debugger calls in the middle of a pass: the texts, and that the pass goes on as if nothing
// had been asked.

#include "core/inspect/debugger/debugger.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "core/inspect/non_finite.hpp"
#include "core/inspect/why.hpp"
#include "tests/core/autodiff/recorded.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Everything on a tape that a pass changes: where each gradient lies, its bits, the flags, the
// observer.
struct Bits {
  std::vector<const Real*> places;
  std::vector<Tensor> gradients;
  std::vector<bool> reached;
  Observer* observer = nullptr;

  explicit Bits(Tape& tape) : observer(tape.observer) {
    for (int i = 0; i < tape.size(); ++i) {
      places.push_back(tape.grad(i).values.data());
      gradients.push_back(tape.grad(i));
      reached.push_back(tape.nodes[i].reached);
    }
  }

  bool operator==(const Bits& other) const {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const Tensor &mine = gradients[i], &theirs = other.gradients[i];
      if (mine.shape != theirs.shape || mine.size() != theirs.size()) return false;
      if (mine.empty()) continue;  // what was not there is not there
      if (places[i] != other.places[i]) return false;
      if (std::memcmp(mine.values.data(), theirs.values.data(), mine.size() * sizeof(Real)) != 0)
        return false;
    }
    return reached == other.reached && observer == other.observer;
  }
};

// Asks at every visit, before and after each rule, as somebody in a debugger might.
struct Asking : Observer {
  int asked = 0, unharmed = 0;
  std::string last_why, last_non_finite;

  void ask(Tape& tape) {
    const Bits before(tape);
    last_why = debugger::why_text(tape, "W1[1,2]");
    const std::string of_bias = debugger::why_text(tape, "b1[3]");
    const std::string wrong = debugger::why_text(tape, "W9[0,0]");
    last_non_finite = debugger::non_finite_text(tape);
    CHECK(of_bias.find("db1[3] = ") == 0);
    CHECK(wrong.find("error: ") == 0);
    ++asked;
    unharmed += before == Bits(tape);
  }
  void before_backward(Tape& tape, int) override { ask(tape); }
  void after_backward(Tape& tape, int) override { ask(tape); }
};

// With gradients left by the batch before.
struct InTraining : Recorded {
  explicit InTraining(const DenseAutoencoderOptions& options) : Recorded(options) {
    for (Parameter* p : model.parameters()) p->grad = normal_tensor(p->value.shape, rng);
    p0()->grad[0] = -Real(0);  // its sign is a bit too
  }
  Parameter* p0() { return model.parameters()[0]; }
};

std::vector<DenseAutoencoderOptions> models() {
  DenseAutoencoderOptions sparse{.sizes = {6, 4},
                                 .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
  DenseAutoencoderOptions tied{.sizes = {6, 5, 3},
                               .loss = Loss::bce,
                               .tied = true,
                               .penalties = {.l1 = Real(0.1), .decay = Real(0.1)}};
  return {sparse, tied};
}

}  // namespace

TEST_CASE("asked at every visit of a pass, the pass gives the same bits") {
  for (const DenseAutoencoderOptions& options : models()) {
    InTraining quiet(options), asked(options);
    quiet.tape.backward(quiet.objective.total);
    Asking observer;
    asked.tape.observer = &observer;
    asked.tape.backward(asked.objective.total);
    asked.tape.observer = nullptr;
    CHECK(observer.asked >= 2 * 9);
    CHECK(observer.unharmed == observer.asked);
    for (int i = 0; i < quiet.tape.size(); ++i) {
      CAPTURE(i);
      CHECK(quiet.tape.grad(i).values == asked.tape.grad(i).values);
      CHECK(quiet.tape.nodes[i].reached == asked.tape.nodes[i].reached);
    }
    CHECK(observer.last_non_finite == "every value and every gradient so far is finite");
  }
}

TEST_CASE("asked before the first backward pass, there are no gradients afterwards either") {
  InTraining recorded(models()[0]);
  const Bits before(recorded.tape);
  CHECK(debugger::why_text(recorded.tape, "W1[1,2]").find("dW1[1,2] = ") == 0);
  CHECK(debugger::non_finite_text(recorded.tape).find("every value") == 0);
  CHECK(before == Bits(recorded.tape));
  CHECK(recorded.tape.nodes[std::size_t(recorded.objective.total.index)].grad.empty());
}

TEST_CASE("the text is that of why, of the whole objective") {
  InTraining recorded(models()[0]);
  Tape& tape = recorded.tape;
  const GradientsByTerm gradients = gradients_by_term(tape, recorded.objective);
  const Why expected = why(tape, recorded.objective, gradients, find_entry(tape, "W2[3,5]"));
  CHECK(debugger::why_text(tape, "W2[3,5]") == to_text(expected, tape, gradients));
  CHECK(debugger::why_text(tape, "decoder.0.W[3,5]") == to_text(expected, tape, gradients));
}

TEST_CASE("what cannot be answered is a text, and nothing has changed") {
  Tape tape;
  Parameter W("encoder.0.W", Tensor({2, 3}, 1), true);
  const Var w = tape.parameter(W);
  CHECK(debugger::why_text(tape, "W1[0,0]") == "error: no objective is recorded on this tape yet");
  sum_of_terms({{"sum", sum(w)}});
  const Bits before(tape);
  CHECK(debugger::why_text(tape, "W1[0,3]").find("error: W1[0,3]: W1 is 2×3") == 0);
  CHECK(debugger::why_text(tape, "W1").find("error: W1: which entry?") == 0);
  CHECK(debugger::why_text(tape, "").find("error: ") == 0);
  CHECK(debugger::why_text(tape, "V[0,0]").find("error: there is no parameter 'V'") == 0);
  CHECK(before == Bits(tape));
  CHECK(debugger::why_text(tape, "W1[1,2]").find("dW1[1,2] = 1 ") == 0);
}

TEST_CASE("a number that is not finite is explained, and every NaN keeps its bits") {
  Tape tape;
  Parameter w("w", Tensor({1, 2}, {0, 4}), true);
  const Var v = tape.parameter(w);
  const Objective objective = sum_of_terms({{"sum", sum(sqrt(scale(v, 1)))}});
  tape.backward(objective.total);
  const Bits before(tape);
  const std::string found = debugger::non_finite_text(tape);
  CHECK(found == explain_non_finite(tape));
  CHECK(found.find("sqrt") != std::string::npos);
  CHECK(debugger::why_text(tape, "w[0,0]").find("dw[0,0] = inf") == 0);
  CHECK(before == Bits(tape));

  w.grad.fill(std::numeric_limits<Real>::quiet_NaN());  // left by a batch before
  const Bits with_nan(tape);
  CHECK(debugger::why_text(tape, "w[0,1]").find("dw[0,1] = 0.25") == 0);
  CHECK(with_nan == Bits(tape));
}

TEST_CASE("PassState puts back what a pass changes") {
  InTraining recorded(models()[0]);
  recorded.tape.backward(recorded.objective.terms[0].value);
  Observer watching;
  recorded.tape.observer = &watching;
  const Bits before(recorded.tape);
  {
    const debugger::PassState state(recorded.tape);
    CHECK(recorded.tape.observer == nullptr);
    recorded.tape.backward(recorded.objective.total);
    CHECK_FALSE(before == Bits(recorded.tape));
  }
  CHECK(before == Bits(recorded.tape));
}
