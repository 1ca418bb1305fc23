#pragma once
// --checkpoint, --resume and Ctrl-C, for the commands that train.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "layers/checkpoint.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

inline constexpr const char* checkpoint_options = R"(
--checkpoint FILE  after each epoch, save everything needed to continue in this new file (default:
    only after Ctrl-C, in OUT/checkpoint.safetensors)
--resume FILE  continue from a checkpoint, with the same options; it is kept up to date unless
    --checkpoint names another
)";

/// The run's checkpoint, with what --resume names already read; from now on Ctrl-C ends the
/// training's step, saves and throws Interrupted. Without --checkpoint and --resume only an
/// interrupted run is written, to OUT/checkpoint.safetensors; the folder OUT is made. It belongs to
/// this command, version, data and to every option that decides numbers. Throws as
/// Checkpoint::resume, and where the file cannot be written or would be overwritten by the model.
Checkpoint checkpoint_of(const std::string& command, const Options& options, const TrainTest& data,
                         const std::string& out);

/// The words of a command line, quoted for a shell where they need it, with --resume FILE in place
/// of an earlier one.
std::string command_to_resume(const std::vector<std::string>& words, const std::string& file);

}  // namespace strata::cli
