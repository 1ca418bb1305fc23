#include "pretraining/cli/step/passes.hpp"

#include <algorithm>
#include <cmath>

#include "core/gradcheck/rule_alone.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

// As many numbers of every tensor are kept: all of them in most layers that a person would step
// through.
constexpr std::size_t entries_kept = 65536;

// Every rule of such a tape is checked in a moment.
constexpr std::size_t numbers_of_a_small_tape = 1000;

// "16 of 784000 entries checked, and all along 2 random directions"
std::string checked_entries(const TensorCheck& rule) {
  const std::size_t entries = rule.shape.size();
  std::string words = std::to_string(rule.checked);
  if (rule.checked != entries) words += text(" of ", entries);
  words += entries == 1 ? " entry checked" : " entries checked";
  if (rule.directions > 0) words += text(", and all along ", rule.directions, " random directions");
  return words;
}

// What a wrong rule adds to its worst entry, and what it should add.
std::string worst_entry(const TensorCheck& rule) {
  const EntryCheck& worst = rule.worst;
  const std::string adds = text("for ", rule.term, " the rule adds ", worst.analytic, " to entry ",
                                entry_place(rule.shape, worst.index));
  if (worst.differs)
    return text(adds, ", differences say ", worst.numeric, formatted(" ± %.0e", worst.error));
  return text(adds, ", it should add ", worst.numeric, ": ", worst.reason);
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
    const auto place =
        std::find(operands.begin(), operands.end(), visit.operand) - operands.begin();
    // a rule that is wrong for another reason was not worth comparing
    if (std::size_t(place) < result.operands.size())
      check.rule = result.operands[std::size_t(place)];
  }
}

std::string to_text(const VisitCheck& check) {
  const TensorCheck& rule = check.rule;
  if (!check.reason.empty()) return "WRONG: " + check.reason;
  if (rule.verdict == Verdict::wrong)
    return text("WRONG: ", worst_entry(rule), " (", rule.wrong, " wrong; ", checked_entries(rule),
                ")");
  if (rule.verdict == Verdict::undecided) {
    return text(
        "UNDECIDED",
        rule.worst.is_direction ? "" : " at entry " + entry_place(rule.shape, rule.worst.index),
        ": ", rule.worst.reason, " (", rule.undecided, " undecided; ", checked_entries(rule), ")");
  }
  const double difference = rule.largest_difference;
  const std::string how = difference == 0 ? "exactly" : formatted("to %.0e", difference);
  return text("OK: this rule alone agrees with differences ", how, " (", checked_entries(rule),
              ")");
}

}  // namespace strata::cli
