#pragma once
// strata check --blame: which rule is wrong? Every rule of the tape alone against differences, and
// the delta rule by hand quantity by quantity against the tape.

#include "pretraining/cli/kinds/subject.hpp"

namespace strata::cli {

/// Prints the table of nodes, then the rules that are wrong, or that every rule is right; writes
/// --json. Returns the exit status: 1 where something is wrong.
int blame_command(const Options& options, Subject& subject);

}  // namespace strata::cli
