#pragma once
// The options of `strata pretrain`: from the command line to a comparison.

#include "pretraining/cli/common.hpp"
#include "pretraining/runs/pretrain.hpp"

namespace strata::cli {

CommandLine pretrain_command_line();

/// The comparison that the options ask for on these training rows. Throws UsageError for values out
/// of range, layers that do not fit the data, and ways to pretrain that do not suit the units.
PretrainOptions pretrain_options(const Options& options, const Dataset& train);

/// Throws for what would be found out too late: files that cannot be written, options without
/// effect, labels or test rows that are missing, data out of the output's range.
void check_before_pretraining(const Options& options, const TrainTest& data,
                              const PretrainOptions& comparison);

}  // namespace strata::cli
