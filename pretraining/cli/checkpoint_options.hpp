#pragma once
// --checkpoint, --resume and Ctrl-C, for the commands that train.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "layers/checkpoint.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

std::vector<OptionSpec> checkpoint_specs();

/// The run's checkpoint, with what --resume names already read; from now on Ctrl-C ends the
/// training's step, saves and throws Interrupted. Without --checkpoint and --resume only an
/// interrupted run is written, to OUT/checkpoint.safetensors. It belongs to this command, version,
/// data and to every option among `specs` that decides numbers. Throws as Checkpoint::resume, and
/// where the file cannot be written or would be overwritten by the model.
Checkpoint checkpoint_of(const std::string& command, const std::vector<OptionSpec>& specs,
                         const Options& options, const TrainTest& data, const std::string& out);

/// The words of a command line, quoted for a shell where they need it, with --resume FILE in place
/// of an earlier one.
std::string command_to_resume(const std::vector<std::string>& words, const std::string& file);

}  // namespace strata::cli
