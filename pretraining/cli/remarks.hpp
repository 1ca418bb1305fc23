#pragma once
// What `check`, `check --blame` and the stepper say besides their tables, in the same words.

#include "core/autodiff/objective.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

/// Whether a rule on the tape disagrees with differences, at the numbers of this recording. The
/// gradients of parameters are as before afterwards.
bool has_wrong_rule(const Objective& objective);

/// What was found by holding the rule by hand against the tape. Where the tape is wrong itself, the
/// remark says so: nothing follows from a difference then. Empty where `difference` is.
std::string beside_tape(const std::string& difference, bool tape_is_wrong);

/// "not finite: the first value …", and the command that goes there; empty where all numbers of
/// both passes, the last from the objective's total, are finite.
std::string not_finite_remark(Tape& tape, const Options& options);

/// That a check of so many entries takes long, and what is shorter; empty for few. Nothing else is
/// seen until it is far.
std::string long_check_remark(std::size_t entries);

}  // namespace strata::cli
