#pragma once
// --checkpoint, --resume, Ctrl-C and other signals that end a program, for the commands that train.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/io/progress.hpp"
#include "layers/checkpoint.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

inline constexpr const char* checkpoint_options = R"(
--checkpoint FILE  after each epoch, save everything needed to continue in this new file (default:
    only after Ctrl-C, in OUT/checkpoint.safetensors)
--resume FILE  continue from a checkpoint, with the same options; it is kept up to date unless
    --checkpoint names another
)";

/// The run's checkpoint, with what --resume names already read; from now on Ctrl-C, SIGTERM and
/// SIGHUP end the training's step, save and throw Interrupted. Without --checkpoint and --resume
/// only an interrupted run is written, to OUT/checkpoint.safetensors; the folder OUT is made. It
/// belongs to this command, version, data and to every option that decides numbers. A checkpoint
/// that cannot be written later on is a warning on standard error; `progress` makes room for it.
/// Throws as Checkpoint::resume, where the file would be overwritten by the results, and where it or
/// one of the results cannot be written.
Checkpoint checkpoint_of(const std::string& command, const Options& options, const TrainTest& data,
                         const std::string& out, Progress& progress);

/// What the program ends with when it is interrupted: 128 and the signal, 130 for Ctrl-C, as a shell
/// says of a program that the signal ended.
int status_of_interrupt();

/// The words of a command line, quoted for a shell where they need it, with --resume FILE in place
/// of an earlier one.
std::string command_to_resume(const std::vector<std::string>& words, const std::string& file);

}  // namespace strata::cli
