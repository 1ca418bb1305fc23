#pragma once
// The program `strata`: one function a command. Each takes what stands after its name on the
// command line, prints results on standard output and returns the exit status: 0 done, 1 failed (a
// check found something wrong). Errors are thrown; main turns them into one line on standard error
// and the status 1, or 2 for wrong usage.

#include <string>
#include <vector>

namespace strata::cli {

using Arguments = std::vector<std::string>;

int pretrain_command(const Arguments& arguments);
int train_command(const Arguments& arguments);
int rbm_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int classify_command(const Arguments& arguments);
int encode_command(const Arguments& arguments);
int reconstruct_command(const Arguments& arguments);
int sample_command(const Arguments& arguments);
int interpolate_command(const Arguments& arguments);
int gradients_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int data_command(const Arguments& arguments);
int bench_command(const Arguments& arguments);
int step_command(const Arguments& arguments);
int trace_command(const Arguments& arguments);

}  // namespace strata::cli
