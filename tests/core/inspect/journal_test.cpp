// The journal of a pass, and what is read from it: who added what to whose gradient, and why a
// weight has its gradient.

#include "core/inspect/journal.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/gradcheck/rule_alone.hpp"
#include "core/inspect/non_finite.hpp"
#include "core/inspect/why.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/recorded.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// The model kinds, small: every penalty, both losses, tied and k-sparse among them.
std::vector<std::pair<const char*, DenseAutoencoderOptions>> small_models() {
  DenseAutoencoderOptions sparse{.sizes = {6, 4},
                                 .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
  DenseAutoencoderOptions tanh = sparse;
  tanh.code = Activation::tanh;
  DenseAutoencoderOptions tied{.sizes = {6, 5, 3},
                               .loss = Loss::bce,
                               .tied = true,
                               .penalties = {.l1 = Real(0.1), .decay = Real(0.1)}};
  DenseAutoencoderOptions k_sparse{.sizes = {6, 8}, .code = Activation::relu, .keep_largest = 3};
  DenseAutoencoderOptions linear{
      .sizes = {6, 2}, .code = Activation::linear, .output = Activation::linear};
  DenseAutoencoderOptions deep{.sizes = {6, 5, 3}, .code = Activation::linear, .loss = Loss::bce};
  return {{"sparse", sparse},     {"tanh", tanh},     {"tied", tied},
          {"k-sparse", k_sparse}, {"linear", linear}, {"deep", deep}};
}

}  // namespace

TEST_CASE(
    "the journal's contributions add up to the gradients, and its steps tell what was there before "
    "and "
    "after") {
  for (const auto& named : small_models()) {
    const std::string name = named.first;
    CAPTURE(name);
    Recorded r(named.second);
    const Journal journal = journal_of(r.tape, r.objective);
    for (Parameter* p : r.model.parameters()) CHECK(largest_magnitude(p->grad) == 0);  // as before
    r.tape.backward(r.objective.total);

    std::vector<Tensor> sums(std::size_t(r.tape.size()));
    for (std::size_t k = 0; k < journal.visits.size(); ++k) {
      const Visit& visit = journal.visits[k];
      if (visit.kind == Visit::Kind::forward) {
        CHECK(visit.value.values == r.tape.value(visit.node).values);
        CHECK(k < journal.first_backward());
        continue;
      }
      Tensor& sum = sums[visit.operand];
      if (sum.empty()) sum = Tensor(r.tape.value(visit.operand).shape);
      CHECK(visit.before.values == sum.values);
      CHECK(journal.last_change(visit.operand, int(k)) == int(k));
      sum = Tensor(sum.shape, visit.after.values);
      double largest = 1;
      for (std::size_t i = 0; i < sum.size(); ++i) {
        double parts = 0;
        for (const TermPart& part : visit.by_term) parts += double(part.contribution.values[i]);
        const double contribution = double(visit.contribution.values[i]);
        check_close(double(visit.after.values[i]), double(visit.before.values[i]) + contribution,
                    1e-6, by_real(1e-15, 1e-6));
        if (!visit.by_term.empty())
          check_close(parts, contribution, by_real(1e-12, 1e-4), by_real(1e-15, 1e-6) * largest);
      }
    }
    for (int i = 0; i <= r.objective.total.index; ++i) {
      if (r.tape.nodes[i].reached) CHECK(sums[i].values == r.tape.grad(i).values);
    }
  }
}

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

TEST_CASE("a journal attached to a training tape sees what the passes do, and changes nothing") {
  Recorded plain(small_models()[0].second), watched(small_models()[0].second);
  Journal journal;
  watched.tape.observer = &journal;
  for (int pass = 0; pass < 2; ++pass) {  // the second pass adds to the parameters' gradients
    for (Recorded* r : {&plain, &watched}) {
      r->tape.replay();
      r->tape.backward(r->objective.total);
    }
  }
  const auto parameters = plain.model.parameters(), same = watched.model.parameters();
  for (std::size_t k = 0; k < parameters.size(); ++k)
    CHECK(parameters[k]->grad.values == same[k]->grad.values);
  std::size_t seeds = 0;
  for (const Visit& visit : journal.visits) seeds += visit.kind == Visit::Kind::seed;
  CHECK(seeds == 2);
  const int W1 = find_parameter(watched.tape, "W1");
  const int last = journal.last_change(W1, int(journal.visits.size()) - 1);
  CHECK(journal.visits[last].after.values == parameters[0]->grad.values);
  CHECK(journal.last_change(W1, int(journal.first_backward())) == -1);
}

TEST_CASE(
    "a snapshot keeps small tensors whole and an even grid of large ones, and counts over all "
    "entries") {
  Rng rng(4);
  const Tensor small = normal_tensor({3, 4}, rng);
  CHECK(snapshot(small, 12).is_whole());
  CHECK(snapshot(small, 12).values == small.values);

  Tensor large = normal_tensor({500, 400}, rng);
  large[7] = std::numeric_limits<Real>::infinity();
  large[8] = 1000;
  const Snapshot s = snapshot(large, 4096);
  CHECK_FALSE(s.is_whole());
  CHECK(s.values.size() <= 4096);
  CHECK(s.values.size() >= 3500);
  CHECK(s.rows.front() == 0);
  CHECK(s.rows.back() == 499);
  CHECK(s.cols.back() == 399);
  CHECK(s.values[1 * s.cols.size() + 2] == large(s.rows[1], s.cols[2]));
  CHECK(s.largest == 1000);
  CHECK(s.non_finite == 1);

  for (const Shape shape : {Shape({100000}), Shape({1, 100000}), Shape({100000, 1}),
                            Shape({50000, 3}), Shape({2, 3, 100, 100})}) {
    CAPTURE(shape);
    const Snapshot narrow = snapshot(Tensor(shape, 2), 4096);
    CHECK(narrow.values.size() <= 4096);
    CHECK(narrow.values.size() > 2000);
  }
  CHECK(snapshot(Tensor(), 10).empty());
}

TEST_CASE("letters of operands and results, and each operand's gradient, are those of the row") {
  CHECK(operand_letter(affine_op, 0) == "X");
  CHECK(operand_letter(affine_op, 1) == "W");
  CHECK(operand_letter(affine_op, 2) == "b");
  CHECK(result_letter(affine_op) == "Z");
  CHECK(operand_letter(half_mse_op, 1) == "X");
  CHECK(operand_letter(kl_sparsity_op, 0) == "H");
  CHECK(operand_letter(slice_cols_op, 0) == "A");
  CHECK(operand_letter(concat_cols_op, 0) == "A1");
  CHECK(operand_letter(concat_cols_op, 9) == "A10");
  CHECK(operand_letter(lstm_cell_op, 3) == "Wh");
  CHECK(operand_letter(lstm_cell_op, 5) == "M");
  CHECK(operand_letter(affine_op, 3) == "input 3");
  CHECK(gradient_text(affine_op, 1) == "dW += Xᵀ dZ");
  CHECK(gradient_text(half_mse_op, 1) == "dX −= dL (R − X)/m");
  CHECK(gradient_text(concat_cols_op, 9) == concat_cols_op.gradients[0]);
  // Class numbers have no gradient
  CHECK(operand_letter(softmax_cross_entropy_op, 1) == "label");
  CHECK(gradient_text(softmax_cross_entropy_op, 1) == "");
  for (const Op* op : all_ops()) {
    CAPTURE(op->name);
    CHECK(operand_letter(*op, 0) != result_letter(*op));
    CHECK(result_letter(*op).size() == 1);
  }
}

TEST_CASE("parameters go by their own names and by those of a lecture") {
  Recorded r(small_models()[2].second);  // tied: decoders have biases only
  CHECK(r.tape.nodes[find_parameter(r.tape, "W2")].name == "encoder.1.W");
  CHECK(r.tape.nodes[find_parameter(r.tape, "b3")].name == "decoder.0.b");
  CHECK(find_parameter(r.tape, "encoder.0.W") == find_parameter(r.tape, "W1"));
  CHECK(error_of([&] {
          find_parameter(r.tape, "W3");
        }).find("there is no parameter 'W3' (W1 (encoder.0.W), b1") == 0);
  const Entry entry = find_entry(r.tape, "W1[5,4]");
  CHECK(entry.index == 29);
  CHECK(entry_text(r.tape, entry) == "W1[5,4]");
  CHECK(entry_text(r.tape, find_entry(r.tape, "encoder.1.b[2]")) == "b2[2]");
  for (const char* wrong : {"W1", "W1[6,0]", "W1[0,5]", "W1[0]", "b1[0,1]", "b1[5]", "W1[a,0]",
                            "W1[-1,0]", "W1[0,]", "W1[0,1", "[0,1]"}) {
    CAPTURE(std::string(wrong));
    CHECK(!error_of([&] { find_entry(r.tape, wrong); }).empty());
  }
}

TEST_CASE(
    "the first number that is not finite is named, with the rule that made it and its operands' "
    "ranges") {
  Tape tape;
  Parameter w("w", Tensor({1, 3}, {1, -1, 4}), true);
  const Var x = tape.parameter(w);
  const Var y = sum(log(x));
  CHECK(find_non_finite(tape).node == 1);
  CHECK(find_non_finite(tape).rule == 1);
  std::string clause = explain_non_finite(tape);
  CHECK(clause.find("the first value that is not finite is node 1, log of 1×3, made at "
                    "tests/core/inspect/journal_test.cpp:") == 0);
  CHECK(clause.find(": entry [0,1] is ") != std::string::npos);
  CHECK(clause.find("its operand node 0, parameter w, goes from -1 to 4") != std::string::npos);

  w.value = Tensor({1, 3}, {1, 0, 4});  // √x is finite, 1/(2√x) is not
  Tape other;
  const Var v = other.parameter(w);
  const Var z = sum(sqrt(scale(v, 2)));
  other.backward(z);
  const NonFinite found = find_non_finite(other);
  CHECK(found.is_gradient);
  CHECK(found.node == 1);
  CHECK(found.rule == 2);
  CHECK(found.entry == 1);
  clause = explain_non_finite(other);
  CHECK(clause.find(
            "all values are finite; the first gradient that is not is that of node 1, scale") == 0);
  CHECK(clause.find("the rule of node 2, sqrt") != std::string::npos);
  CHECK(clause.find("upstream gradient that goes from 1 to 1") != std::string::npos);

  w.value = Tensor({1, 3}, 1);
  w.grad.fill(0);
  other.replay();
  other.backward(z);
  CHECK(explain_non_finite(other).empty());
  (void)y;
}

TEST_CASE(
    "of several gradients that are not finite, the one that the pass came to first is named") {
  // √0 has an infinite slope. The rule of √x runs first, although x stands before the other root's
  // operand on the tape.
  Tape tape;
  const Var x = tape.variable(Tensor({1, 2}, {0, 4}), "x");
  const Var first = sum(log(add_scalar(x, 1)));
  const Var late = tape.variable(Tensor({1, 2}, {0, 9}), "late");
  const Var root_of_late = sqrt(late);
  const Var root_of_x = sqrt(x);
  tape.backward(add(add(first, sum(root_of_late)), sum(root_of_x)));
  const NonFinite found = find_non_finite(tape);
  CHECK(found.is_gradient);
  CHECK(found.rule == root_of_x.index);
  CHECK(found.node == x.index);
  CHECK(found.entry == 0);

  Tape sums;  // each contribution is finite, but their sum is not
  const Real half = std::numeric_limits<Real>::max() * Real(0.75);
  const Var y = sums.variable(Tensor({1}), "y");
  const Var one = scale(y, half), two = scale(y, half);
  sums.backward(add(sum(scale(one, Real(0.25))), sum(two)));
  CHECK(find_non_finite(sums).node < 0);
  sums.backward(sub(sum(one), scale(sum(two), -1)));
  CHECK(find_non_finite(sums).node == y.index);
  CHECK(find_non_finite(sums).rule == one.index);

  sums.backward(y, Tensor({1}, std::numeric_limits<Real>::infinity()));  // the seed
  CHECK(find_non_finite(sums).is_gradient);
}

TEST_CASE("a term that was never recorded is refused by its name") {
  CHECK(error_of([] {
          sum_of_terms({{"r", Var{}}});
        }).find("objective: the term 'r' was never recorded") == 0);
  Tape tape;
  const Var x = tape.variable(Tensor::scalar(2), "x");
  CHECK(!error_of([&] { sum_of_terms({{"r", x}, {"s", Var{}}}); }).empty());
}

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
void throws_where_reached(Tape&, Node& node) {
  check(node.grad[0] == 0, "this rule throws");
}

struct Replaced {
  Op op;
  Replaced(Tape& tape, const Op& right, void (*backward)(Tape&, Node&)) : op(right) {
    op.backward = backward;
    for (Node& node : tape.nodes) {
      if (node.op == &right) node.op = &op;
    }
  }
};

std::string why_text_of(Recorded& r, const char* asked) {
  const GradientsByTerm gradients = gradients_by_term(r.tape, r.objective);
  return to_text(why(r.tape, r.objective, gradients, find_entry(r.tape, asked)), r.tape, gradients);
}

}  // namespace

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

TEST_CASE("a rule that throws leaves the gradients and the observer as they were") {
  Recorded r(small_models()[0].second);
  const Replaced broken(r.tape, sigmoid_op, throws_where_reached);
  Parameter& W = r.model.encoder[0].W;
  W.grad.fill(7);
  const Real* const place = W.grad.values.data();
  Observer watching;
  r.tape.observer = &watching;
  CHECK(error_of([&] { journal_of(r.tape, r.objective); }).find("this rule throws") == 0);
  CHECK(r.tape.observer == &watching);
  CHECK(W.grad[2] == 7);
  CHECK(error_of([&] { gradients_by_term(r.tape, r.objective); }).find("this rule throws") == 0);
  CHECK(r.tape.observer == &watching);
  CHECK(W.grad[2] == 7);
  CHECK(W.grad.values.data() == place);
  int index = 0;
  while (r.tape.nodes[index].op != &broken.op) ++index;
  const int z = r.tape.nodes[index].inputs[0];
  const Shape shape = r.tape.value(index).shape;
  r.tape.grad(z) = Tensor(shape, 5);
  CHECK(error_of([&] { contributions_alone(r.tape, index, Tensor(shape, 1)); }) ==
        "this rule throws");
  CHECK(r.tape.grad(z)[3] == 5);
}
