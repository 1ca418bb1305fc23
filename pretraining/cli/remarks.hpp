#pragma once
// What `check`, `check --blame` and the stepper say besides their tables, in the same words.

#include "core/autodiff/objective.hpp"

namespace strata::cli {

/// Whether a rule on the tape disagrees with differences, at the numbers of this recording. The
/// gradients of parameters are as before afterwards.
bool has_wrong_rule(const Objective& objective);

/// What was found by holding the rule by hand against the tape. Where the tape is wrong itself, the
/// remark says so: nothing follows from a difference then. Empty where `difference` is.
std::string beside_tape(const std::string& difference, bool tape_is_wrong);

/// That a check of this many entries takes long, and what is shorter; empty for few. Nothing else
/// is printed until the check is well under way.
std::string long_check_remark(std::size_t entries);

}  // namespace strata::cli
