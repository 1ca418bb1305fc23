// The journal of a pass, and what is read from it: who added what to whose gradient, and why a weight has its gradient.

#include "core/autodiff/journal.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "autoencoders/dense_autoencoder.hpp"
#include "core/autodiff/non_finite.hpp"
#include "core/autodiff/why.hpp"
#include "tests/check_close.hpp"

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
  DenseAutoencoderOptions linear{.sizes = {6, 2}, .code = Activation::linear, .output = Activation::linear};
  DenseAutoencoderOptions deep{.sizes = {6, 5, 3}, .code = Activation::linear, .loss = Loss::bce};
  return {{"sparse", sparse},     {"tanh", tanh},     {"tied", tied},
          {"k-sparse", k_sparse}, {"linear", linear}, {"deep", deep}};
}

struct Recorded {
  Rng rng{3};
  DenseAutoencoder model;
  Tape tape;
  Objective objective;

  explicit Recorded(const DenseAutoencoderOptions& options) : model(options, rng) {
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    const Var X = tape.input(uniform_tensor({5, 6}, rng, 0.05, 0.95), "X");
    objective = model.objective(tape, X, {}, Mode::training);
  }
};

}  // namespace

TEST_CASE(
    "the journal's contributions add up to the gradients, and its steps tell what was there before and "
    "after") {
  for (const auto& [name, options] : small_models()) {
    CAPTURE(std::string(name));
    Recorded r(options);
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
        check_close(double(visit.after.values[i]), double(visit.before.values[i]) + contribution, 1e-6,
                    by_real(1e-15, 1e-6));
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
    "why: the parts of the terms sum to the gradient, for every entry of every parameter of every model") {
  for (const auto& [name, options] : small_models()) {
    CAPTURE(std::string(name));
    Recorded r(options);
    const GradientsByTerm gradients = gradients_by_term(r.tape, r.objective);
    for (int leaf = 0; leaf < r.tape.size(); ++leaf) {
      if (r.tape.nodes[leaf].parameter == nullptr) continue;
      const Tensor& W = r.tape.value(leaf);
      for (std::size_t i = 0; i < W.size(); ++i) {
        const Entry entry{leaf, W.rank() == 1 ? 0 : i / W.cols(), W.rank() == 1 ? i : i % W.cols(), i};
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
            check_close(s.value, s.activation * s.delta / 5, by_real(1e-12, 1e-4), by_real(1e-16, 1e-7));
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
