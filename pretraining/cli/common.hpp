#pragma once
// What all commands share: how one is described and run, and the options that mean the same
// everywhere.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "autoencoders/train.hpp"
#include "layers/parameter_budget.hpp"
#include "pretraining/cli/help_page.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata::cli {

using Arguments = std::vector<std::string>;  // what stands behind the command's name

/// A command of the program. `run` prints results on standard output and returns the exit status: 0
/// done, 1 failed (a check found something wrong). Errors are thrown.
struct Command {
  const char* brief;  // what it does, in the list of all
  CommandPage page;
  int (*run)(const Options& options);
  CommandPage (*help)(const Arguments& words) = nullptr;  // another page for --help
};
/// Prints --help where it is asked for; else reads the options, looks whether the files that they
/// name can be written, before any work, and runs the command.
int run_command(const Command& command, const Arguments& words);

// ---- rows of options that mean the same everywhere
inline constexpr const char* seed_option = R"(
--seed N [1] {[0, 9007199254740992]}  seeds every random draw: the same seed gives the same bits
)";
inline constexpr const char* threads_option = R"(
--threads N {[1, 1024]}  how many threads; results do not depend on it (default: STRATA_THREADS, or
    as many as there are processors for this program)
)";
inline constexpr const char* quiet_option = R"(
--quiet  no progress bar
)";
inline constexpr const char* backprop_option = R"(
--backprop HOW [explicit] {explicit tape}  explicit (the delta rule by hand, where a kind has one)
    or tape (automatic)
)";
inline constexpr const char* json_option = R"(
--json FILE {>}  write the results as JSON
)";
std::string machine_options();  // --seed --threads --backprop --quiet

// ---- what they stand for
/// Throws Error where the option's file cannot be written: its folder must exist, and it must not
/// be a folder itself. Throws UsageError for a name that is empty or ends otherwise.
void check_file(const std::string& option, const std::string& name,
                const std::vector<std::string>& endings = {});

/// What --threads says: 0 where it is not given.
std::size_t threads_of(const Options& options);
/// What --backprop says, for this model: the tape where it has no rule by hand. Throws UsageError
/// where that was asked for. `name` is "the kind lstm" or a file.
BackpropKind backprop_for(const Options& options, Autoencoder& model, const std::string& name);
/// For --backprop explicit, where there is only the tape.
UsageError no_rule_by_hand(const std::string& name, Autoencoder& model);

/// The activation goes to its place where the option is given, as Options::read has it.
void read_activation(const Options& options, const std::string& name, Activation& place);
/// --layers, or these sizes. Throws UsageError unless they begin with the features.
std::vector<std::size_t> layers_of(const Options& options, std::size_t features,
                                   const std::vector<std::size_t>& usual);
/// The weights of a network of these widths and its mirror image, without biases.
double weights_of(const std::vector<std::size_t>& sizes);
/// Throws Error where training a network of these widths (and its mirror image) with this optimiser
/// needs more memory than the machine has free.
void check_memory(const std::vector<std::size_t>& sizes, const std::string& optimizer,
                  const std::string& option);
/// As many weights as can be trained with this optimiser in the memory that is free.
ParameterBudget memory_budget(const std::string& optimizer);

// ---- what `check`, `check --blame` and the steppers say besides their tables
/// Whether a rule on the tape disagrees with differences, at the numbers of this recording. The
/// gradients of parameters are as before afterwards.
bool has_wrong_rule(const Objective& objective);

/// What was found by holding the rule by hand against the tape. Where the tape is wrong itself, the
/// remark says so: nothing follows from a difference then. Empty where `difference` is.
std::string beside_tape(const std::string& difference, bool tape_is_wrong);

// ---- words
/// What results.json and the page say of this run on these data.
RunFacts run_facts(const std::string& command, const Options& options, const Workers& workers,
                   const TrainTest& data);
/// A word for the shell: in quotes where it needs them.
std::string shell_word(const std::string& word);
/// A line for each remark on a result.
void print_notes(const std::vector<std::string>& remarks, const char* indent = "");
/// The width of a column that has the names of the parameters: that of the longest, 16 at least.
int name_width(const std::vector<Parameter*>& parameters);
/// What printf would print.
template <class... Values>
std::string formatted(const char* format, Values... values) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}
/// With so many decimals; 6 significant digits of what would be a long row of digits.
inline std::string plain(double value, int decimals = 6) {
  return std::abs(value) < 1e9 ? formatted("%.*f", decimals, value) : formatted("%.6g", value);
}
/// A number as people read it: 4 significant digits.
inline std::string number_text(double value) {
  return formatted("%.4g", value);
}

}  // namespace strata::cli
