#pragma once
// The options of `strata classify`: from the command line to the experiment.

#include "pretraining/cli/common.hpp"
#include "pretraining/runs/classify.hpp"

namespace strata::cli {

CommandLine classify_command_line();

/// The experiment that the options ask for on these training rows. Throws UsageError for values out
/// of range and layers that do not fit the data.
ClassifyOptions classify_options(const Options& options, const Dataset& train);

/// Throws for what would be found out too late: files that cannot be written, options without
/// effect.
void check_before_classifying(const Options& options);

}  // namespace strata::cli
