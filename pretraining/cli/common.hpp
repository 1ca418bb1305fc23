#pragma once
// What several commands share: the options that mean the same everywhere, and what they stand for.

#include <optional>
#include <string>
#include <vector>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/train.hpp"
#include "core/data/files/load.hpp"
#include "core/io/json.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

/// Prints --help and returns nothing where it is asked for; otherwise reads the options. `least` to
/// `most` positional arguments are allowed (UsageError).
struct CommandLine {
  std::string usage;  // strata train KIND [options]
  std::string summary;
  std::vector<std::pair<std::string, std::string>> positional;
  std::vector<OptionSpec> specs;
  std::size_t least = 0, most = 0;
};
std::optional<Options> read_command_line(const CommandLine& line,
                                         const std::vector<std::string>& arguments);

// ---- option specifications, to be joined
std::vector<OptionSpec> join(std::initializer_list<std::vector<OptionSpec>> parts);
std::vector<OptionSpec> data_specs();     // --data --rows --scale
std::vector<OptionSpec> machine_specs();  // --seed --threads --backprop --quiet
std::vector<OptionSpec> json_specs();     // --json

// ---- what they stand for
/// The rows of --data that --rows names, in file order; without --rows, `fallback`.
Dataset rows_of_data(const Options& options, RowRange fallback = {});
/// What --scale says, measured on these rows.
Scaling scaling_of(const Options& options, const Tensor& training_rows);
/// Training and test rows of --data, cut to --rows, scaled by what is measured on the training
/// rows.
struct ScaledData {
  TrainTest data;
  Scaling scaling;
};
ScaledData training_data(const Options& options);
/// The model that the first positional argument names. Throws UsageError where that is a data file.
SavedModel load_saved_model(const Options& options);
/// That model and the rows of --data, as they are and scaled as the model wants them. Throws Error
/// where they do not fit.
struct ModelAndData {
  SavedModel saved;
  Dataset data;
  Tensor X;
};
ModelAndData read_model_and_data(const Options& options, RowRange fallback = {});

/// Throws before the work begins where a file that is to be written at its end cannot be: for each
/// of these options that is given, it must have a name (UsageError), its folder must exist and it
/// must not be a folder itself.
void check_can_write(const Options& options, std::initializer_list<const char*> names);
/// The same for a model: its name must end in .safetensors (UsageError).
void check_can_save_model(const Options& options, const char* name);

std::uint64_t seed_of(const Options& options);
/// The option --threads, and what it says: 0 where it is not given.
OptionSpec threads_spec();
std::size_t threads_of(const Options& options);
/// "strata train linear --seed 2", for the page.
std::string command_text(const std::string& command, const std::vector<std::string>& arguments);
/// For --backprop explicit, where there is only the tape. `name` is "the kind lstm" or a file.
UsageError no_rule_by_hand(const std::string& name, Autoencoder& model);
/// Writes to --json where it is given.
void write_json(const Options& options, const Json& json);

/// Throws Error where training a network of these widths (and its mirror image) with this optimiser
/// needs more memory than the machine has free.
void check_memory(const std::vector<std::size_t>& sizes, const std::string& optimizer,
                  const std::string& option);

/// The width of a column that has the names of the parameters: that of the longest, 16 at least.
int name_width(const std::vector<Parameter*>& parameters);
/// A number as people read it: 4 significant digits.
std::string number_text(double value);

}  // namespace strata::cli
