#pragma once
// Both passes of a recorded objective, and all that is known about them: what each visit did, the
// gradients by term, and whether each rule, run by itself, agrees with differences.

#include <optional>

#include "core/gradcheck/gradcheck.hpp"
#include "core/inspect/journal.hpp"
#include "core/inspect/why.hpp"

namespace strata::cli {

/// What can be said about one backward visit.
struct VisitCheck {
  TensorCheck rule{};    // the rule alone against differences, for this operand
  std::string reason{};  // what is wrong with the rule, where that is not its contribution

  Verdict verdict() const { return reason.empty() ? rule.verdict : Verdict::wrong; }
};

class Passes {
 public:
  /// Runs the backward passes. The tape must outlive this.
  Passes(Tape& tape, const Objective& objective);

  Tape& tape;
  Objective objective;
  Journal journal;
  GradientsByTerm gradients;

  /// The check of a backward visit; nothing for others. Where the tape is small all are made at the
  /// start; where it is large, each when it is first asked for, for all operands of its node.
  const std::optional<VisitCheck>& check_of(std::size_t step);
  /// The same where it was made already.
  const std::optional<VisitCheck>& known_check_of(std::size_t step) const { return checks_[step]; }

 private:
  void check_rule_of(int node);

  std::vector<std::optional<VisitCheck>> checks_;  // by step
  std::vector<bool> is_checked_;                   // by node
};

/// One line: OK, WRONG or UNDECIDED, and the numbers it rests on.
std::string to_text(const VisitCheck& check);

}  // namespace strata::cli
