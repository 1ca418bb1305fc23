// Why a weight has its gradient: the parts of the terms, and what is said where they do not sum.

#include "core/inspect/why.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/autodiff/names.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/recorded.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void sets_instead_of_adding(Tape& tape, Node& node) {
  const Tensor& W = tape.input_value(node, 0);
  Tensor& dW = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < W.size(); ++i) dW[i] = node.grad[0] * W[i];
}
void affine_sets_instead_of_adding(Tape& tape, Node& node) {
  if (tape.input_wants_grad(node, 0)) tape.input_grad(node, 0).fill(0);
  affine_op.backward(tape, node);
}

std::string why_text_of(Recorded& r, const char* asked) {
  const GradientsByTerm gradients = gradients_by_term(r.tape, r.objective);
  return to_text(why(r.tape, r.objective, gradients, find_entry(r.tape, asked)), r.tape, gradients);
}

}  // namespace

TEST_CASE(
    "why: the parts of the terms sum to the gradient, for every entry of every parameter of every "
    "model") {
  for (const auto& named : small_models()) {
    const std::string name = named.first;
    CAPTURE(name);
    Recorded r(named.second);
    const GradientsByTerm gradients = gradients_by_term(r.tape, r.objective);
    for (int leaf = 0; leaf < r.tape.size(); ++leaf) {
      if (r.tape.nodes[leaf].parameter == nullptr) continue;
      const Tensor& W = r.tape.value(leaf);
      for (std::size_t i = 0; i < W.size(); ++i) {
        const Entry entry{leaf, W.rank() == 1 ? 0 : i / W.cols(), W.rank() == 1 ? i : i % W.cols(),
                          i};
        CHECK(find_entry(r.tape, entry_text(r.tape, entry)).index == i);
        const Why answer = why(r.tape, r.objective, gradients, entry);
        double of_terms = 0, of_uses = 0;
        for (double part : answer.by_term) of_terms += part;
        for (const Use& use : answer.uses) {
          of_uses += use.contribution;
          double use_terms = 0, of_examples = 0;
          for (double part : use.by_term) use_terms += part;
          check_close(use_terms, use.contribution, by_real(1e-12, 1e-4), by_real(1e-15, 1e-6));
          for (const Summand& s : use.examples) {
            of_examples += s.value;
            check_close(s.value, s.activation * s.delta / 5, by_real(1e-12, 1e-4),
                        by_real(1e-16, 1e-7));
            if (use.activation < 0) continue;
            double bracket = 0;
            for (double part : s.bracket) bracket += part;
            check_close(s.slope * bracket, s.delta, by_real(1e-11, 1e-4), by_real(1e-15, 1e-6));
          }
          if (!use.examples.empty())
            check_close(of_examples, use.contribution, by_real(1e-12, 1e-4), by_real(1e-15, 1e-6));
        }
        check_close(of_terms, answer.gradient, by_real(1e-12, 1e-4), by_real(1e-15, 1e-6));
        check_close(of_uses, answer.gradient, by_real(1e-12, 1e-4), by_real(1e-15, 1e-6));
      }
    }
  }
}

TEST_CASE(
    "why splits δ before every function of entries, told by its formula, and before no other") {
  Parameter W("W", Tensor({2, 3}, {Real(0.5), 1, -1, 2, Real(0.25), 1}), true);
  const auto activation_after = [&W](Var (*function)(Var)) {
    Tape tape;
    const Var Z = matmul(tape.input(Tensor({2, 2}, {1, 2, 3, 5})), tape.parameter(W));
    const Objective objective = sum_of_terms({{"sum", sum(function(Z))}});
    const GradientsByTerm gradients = gradients_by_term(tape, objective);
    const Why found = why(tape, objective, gradients, find_entry(tape, "W1[0,1]"));
    for (const Summand& s : found.uses[0].examples) {
      if (!s.bracket.empty()) check_close(s.slope * s.bracket[0], s.delta, by_real(1e-12, 1e-5));
    }
    return found.uses[0].activation;
  };
  CHECK(activation_after([](Var Z) { return square(Z); }) == 3);
  CHECK(activation_after([](Var Z) { return softplus(Z); }) == 3);
  CHECK(activation_after([](Var Z) { return softmax(Z); }) == -1);
  CHECK(activation_after([](Var Z) { return transpose(Z); }) == -1);
}

TEST_CASE("why says so where the parts do not sum to the gradient, and only there") {
  for (const auto& named : small_models()) {
    CAPTURE(std::string(named.first));
    Recorded r(named.second);
    for (const char* entry : {"W1[0,1]", "b1[1]", "W2[1,1]", "b2[2]"}) {
      const std::string words = why_text_of(r, entry);
      CHECK(words.find("strata check") == std::string::npos);
    }
  }
  const DenseAutoencoderOptions sparse = small_models()[0].second;
  // The decay's rule would run first, and would set what is still zero: so other uses are put after
  // it on the tape.
  Recorded set(sparse);
  const Replaced decay(set.tape, half_squared_norm_op, sets_instead_of_adding);
  const Var W = set.tape.parameter(set.model.encoder[0].W);
  set.objective.terms.push_back({"again", sum(W)});
  set.objective.total = add(set.objective.terms.back().value, set.objective.total);
  set.objective.total = add(set.objective.total, sum(scale(W, 2)));  // of no term
  const std::string words = why_text_of(set, "W1[0,1]");
  CHECK(words.find("\nthe parts sum to ") != std::string::npos);
  CHECK(words.find(
            ": a rule sets a gradient instead of adding to it (strata check KIND --blame)\n") !=
        std::string::npos);

  // The KL part has come to the code already when the decoder's rule sets what the code has.
  Recorded lost(sparse);
  Op broken = affine_op;
  broken.backward = affine_sets_instead_of_adding;
  for (Node& node : lost.tape.nodes) {
    if (node.op == &affine_op && lost.tape.input_wants_grad(node, 0)) node.op = &broken;
  }
  const std::string bracket_words = why_text_of(lost, "W1[0,1]");
  CAPTURE(bracket_words);
  CHECK(bracket_words.find("  f′(z) [ … ] is ") != std::string::npos);
}

TEST_CASE("why puts numbers that are not finite first, and its columns never run together") {
  Recorded r(small_models()[0].second);
  GradientsByTerm gradients = gradients_by_term(r.tape, r.objective);
  const Entry entry = find_entry(r.tape, "b1[1]");
  const Why right = why(r.tape, r.objective, gradients, entry);
  Tensor& dZ = gradients.total[right.uses.at(0).node];
  for (std::size_t n = 0; n < dZ.rows(); ++n) dZ(n, 1) = Real(-2.78804e+30) * Real(n + 1);
  dZ(3, 1) = std::numeric_limits<Real>::quiet_NaN();
  const Why spoiled = why(r.tape, r.objective, gradients, entry);
  const std::vector<Summand>& examples = spoiled.uses.at(0).examples;
  CHECK(examples[0].example == 3);
  CHECK(examples[1].example == 4);
  CHECK(examples[4].example == 0);

  Why wide = right;
  for (Summand& s : wide.uses[0].examples)
    s.activation = s.delta = s.value = s.slope = -2.78804e+198;
  for (Summand& s : wide.uses[0].examples) s.bracket.assign(s.bracket.size(), -2.78804e+198);
  const std::string words = to_text(wide, r.tape, gradients);
  CHECK(words.find("-2.78804e+198") != std::string::npos);
  CHECK(words.find("8-2.") == std::string::npos);
}
