// The journal of a pass: who added what to whose gradient, and that nothing is changed by it.

#include "core/inspect/journal.hpp"

#include <doctest/doctest.h>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "core/inspect/why.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/recorded.hpp"
#include "tests/core/gradcheck/broken_rules.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void throws_where_reached(Tape&, Node& node) {
  check(node.grad[0] == 0, "this rule throws");
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
