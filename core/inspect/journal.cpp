#include "core/inspect/journal.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/gradcheck/keep_gradients.hpp"
#include "core/gradcheck/rule_alone.hpp"

namespace strata {
namespace {

// `count` of 0 … n − 1, evenly spread, the first and the last among them.
std::vector<std::size_t> evenly(std::size_t n, std::size_t count) {
  std::vector<std::size_t> chosen(std::min(n, count));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    chosen[i] = chosen.size() == 1 ? 0 : i * (n - 1) / (chosen.size() - 1);
  }
  return chosen;
}

Tensor difference(const Tensor& after, const Tensor& before) {
  Tensor result = after;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] -= before[i];
  return result;
}

}  // namespace

Snapshot snapshot(const Tensor& A, std::size_t most_entries) {
  Snapshot s;
  s.shape = A.shape;
  const std::size_t rows = A.rows(), cols = A.cols();
  // A long and narrow tensor keeps all of its short side.
  const std::size_t side = std::max<std::size_t>(1, std::size_t(std::sqrt(double(most_entries))));
  std::size_t kept_rows = rows, kept_cols = cols;
  if (A.size() > most_entries) {
    kept_rows = std::min(rows, cols < side ? most_entries / cols : side);
    kept_cols = std::min(cols, most_entries / kept_rows);
  }
  s.rows = evenly(rows, kept_rows);
  s.cols = evenly(cols, kept_cols);
  s.values.reserve(s.rows.size() * s.cols.size());
  for (std::size_t i : s.rows) {
    for (std::size_t j : s.cols) s.values.push_back(A(i, j));
  }
  bool first = true;
  for (Real value : A.values) {
    if (!std::isfinite(value)) {
      ++s.non_finite;
      continue;
    }
    s.smallest = first ? value : std::min(s.smallest, value);
    s.largest = first ? value : std::max(s.largest, value);
    first = false;
  }
  return s;
}

void Journal::after_forward(Tape& tape, int node) {
  Visit visit;
  visit.kind = Visit::Kind::forward;
  visit.node = node;
  visit.value = snapshot(tape.value(node), most_entries);
  visits.push_back(std::move(visit));
  last_visited_ = -1;
}

void Journal::before_backward(Tape& tape, int node) {
  const bool begins =
      last_visited_ < 0 || node >= last_visited_;  // a pass goes down the tape: this is its root
  if (begins) {
    Visit seed;
    seed.kind = Visit::Kind::seed;
    seed.node = seed.operand = node;
    seed.after = seed.contribution = snapshot(tape.grad(node), most_entries);
    seed.before = snapshot(Tensor(tape.grad(node).shape), most_entries);
    visits.push_back(std::move(seed));
  }
  last_visited_ = node;
  before_.clear();
  adds_at_.clear();
  for (int operand : trained_operands(tape, node)) before_.push_back(tape.grad(operand));
}

void Journal::after_backward(Tape& tape, int node) {
  const std::vector<int> operands = trained_operands(tape, node);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const Tensor& after = tape.grad(operands[k]);
    Visit visit;
    visit.kind = Visit::Kind::backward;
    visit.node = node;
    visit.operand = operands[k];
    visit.before = snapshot(before_[k], most_entries);
    visit.contribution = snapshot(difference(after, before_[k]), most_entries);
    visit.after = snapshot(after, most_entries);
    visit.adds_at = adds_at_[operands[k]];
    visits.push_back(std::move(visit));
  }
}

int Journal::last_change(int node, int step) const {
  for (int k = std::min(step, int(visits.size()) - 1); k >= 0; --k) {
    if (visits[k].operand == node) return k;
  }
  return -1;
}

std::size_t Journal::first_backward() const {
  const auto found = std::find_if(visits.begin(), visits.end(),
                                  [](const Visit& v) { return v.kind != Visit::Kind::forward; });
  return std::size_t(found - visits.begin());
}

// Puts the contributions of the passes from each term beside those of the pass from the total, rule
// by rule.
static void split_by_term(Journal& total, std::vector<Journal>& of_terms) {
  std::map<std::pair<int, int>, std::size_t> step_of;  // (node, operand): no pass has a pair twice
  for (std::size_t k = 0; k < total.visits.size(); ++k) {
    const Visit& visit = total.visits[k];
    if (visit.kind == Visit::Kind::backward) step_of[{visit.node, visit.operand}] = k;
  }
  for (std::size_t t = 0; t < of_terms.size(); ++t) {
    for (Visit& visit : of_terms[t].visits) {
      const auto step = step_of.find({visit.node, visit.operand});
      if (visit.kind != Visit::Kind::backward || step == step_of.end()) continue;
      total.visits[step->second].by_term.push_back({t, std::move(visit.contribution)});
    }
  }
}

Journal journal_of(Tape& tape, const Objective& objective, std::size_t most_entries) {
  Journal journal(most_entries);
  for (int i = 0; i <= objective.total.index; ++i) journal.after_forward(tape, i);

  KeepGradients kept(tape);
  const auto run = [&](Journal& writer, Var from) {
    kept.set_to_zero();
    tape.observer = &writer;
    tape.backward(from);
    tape.observer = nullptr;
  };
  std::vector<Journal> of_terms;
  for (const Term& term : objective.terms) {
    journal.terms.push_back(term.name);
    run(of_terms.emplace_back(most_entries), term.value);
  }
  run(journal, objective.total);
  split_by_term(journal, of_terms);
  return journal;
}

}  // namespace strata
