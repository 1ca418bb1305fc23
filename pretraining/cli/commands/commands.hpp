#pragma once
// The program `strata`: a command each.

#include "pretraining/cli/common.hpp"

namespace strata::cli {

Command pretrain_command(), train_command(), rbm_command(), compare_command(), classify_command();
Command encode_command(), reconstruct_command(), sample_command(), interpolate_command();
Command gradients_command(), check_command(), step_command(), trace_command();
Command data_command(), bench_command();

struct Subject;
/// `strata check --blame`: which rule is wrong? Every rule of the tape alone against differences,
/// and the delta rule by hand quantity by quantity against the tape. Prints the table of nodes,
/// then the rules that are wrong, or that every rule is right; writes --json. Returns the exit
/// status: 1 where something is wrong.
int blame_command(const Options& options, Subject& subject);

}  // namespace strata::cli
