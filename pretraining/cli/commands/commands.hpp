#pragma once
// The program `strata`: a command each.

#include "pretraining/cli/common.hpp"

namespace strata::cli {

Command pretrain_command(), train_command(), rbm_command(), compare_command(), classify_command();
Command encode_command(), reconstruct_command(), sample_command(), interpolate_command();
Command gradients_command(), check_command(), step_command(), trace_command();
Command data_command(), bench_command();

}  // namespace strata::cli
