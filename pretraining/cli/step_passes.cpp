#include "pretraining/cli/step_passes.hpp"

#include <algorithm>
#include <cmath>

#include "core/autodiff/rule_alone.hpp"

namespace strata::cli {
namespace {

// As many numbers of every tensor are kept: all of them in most layers that a person would step through.
constexpr std::size_t entries_kept = 65536;

// Every rule of such a tape is checked in a moment.
constexpr std::size_t numbers_of_a_small_tape = 1000;

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

std::string magnitude(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.0e", value);
  return buffer;
}

}  // namespace

Passes::Passes(Tape& tape_, const Objective& objective_)
    : tape(tape_),
      objective(objective_),
      journal(journal_of(tape_, objective_, entries_kept)),
      gradients(gradients_by_term(tape_, objective_)),
      checks_(journal.visits.size()),
      is_checked_(std::size_t(tape_.size()), false) {
  std::size_t numbers = 0;
  for (int i = 0; i < tape.size(); ++i) numbers += tape.value(i).size();
  for (std::size_t step = 0; numbers <= numbers_of_a_small_tape && step < checks_.size(); ++step)
    check_of(step);
}

const std::optional<VisitCheck>& Passes::check_of(std::size_t step) {
  const Visit& visit = journal.visits[step];
  if (visit.kind == Visit::Kind::backward && !is_checked_[visit.node]) check_rule_of(visit.node);
  return checks_[step];
}

void Passes::check_rule_of(int node) {
  is_checked_[node] = true;
  Rng rng(1);
  const NodeCheck result = check_node_twice(tape, node, gradients.total[node], rng);
  const std::vector<int> operands = trained_operands(tape, node);
  for (std::size_t k = 0; k < checks_.size(); ++k) {
    const Visit& visit = journal.visits[k];
    if (visit.kind != Visit::Kind::backward || visit.node != node) continue;
    VisitCheck& check = checks_[k].emplace();
    check.reason = result.reason;
    const auto place = std::find(operands.begin(), operands.end(), visit.operand) - operands.begin();
    // a rule that is wrong for another reason was not worth comparing
    if (std::size_t(place) < result.operands.size()) check.rule = result.operands[std::size_t(place)];
  }
}

std::string to_text(const VisitCheck& check) {
  const TensorCheck& rule = check.rule;
  const EntryCheck& worst = rule.worst;
  if (!check.reason.empty()) return "WRONG: " + check.reason;
  const std::string place = entry_place(rule.shape, worst.index);
  const bool all = rule.checked == rule.shape.size();
  const std::string sample =
      text(rule.checked, all ? "" : text(" of ", rule.shape.size()),
           rule.shape.size() == 1 ? " entry checked" : " entries checked",
           rule.directions == 0 ? "" : text(", and all along ", rule.directions, " random directions"));
  if (rule.verdict == Verdict::wrong) {
    const bool differs = worst.reason == "analytic and numeric differ";
    return text("WRONG: for ", rule.term, " the rule adds ", number(worst.analytic), " to entry ", place,
                differs ? ", differences say " : ", it should add ", number(worst.numeric),
                differs ? text(" ± ", magnitude(worst.error)) : text(": ", worst.reason), " (", rule.wrong,
                " wrong; ", sample, ")");
  }
  if (rule.verdict == Verdict::undecided) {
    return text("UNDECIDED at entry ", place, ": ", worst.reason, " (", rule.undecided, " undecided; ",
                sample, ")");
  }
  const std::string how =
      rule.largest_difference == 0 ? "exactly" : "to " + magnitude(rule.largest_difference);
  return text("OK: this rule alone agrees with differences ", how, " (", sample, ")");
}

}  // namespace strata::cli
