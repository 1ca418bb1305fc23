#pragma once
// The small example of each kind of the command line, plain and with its own options turned on, one
// at a time. A kind that is added to the table is in it by itself.

#include <string>
#include <vector>

#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "pretraining/cli/kinds/subject.hpp"

namespace strata::testing {

using cli::Kind, cli::kinds, cli::Subject;

/// What `strata check KIND …` looks at.
inline Subject small_subject(const Kind& kind, const std::vector<std::string>& own = {}) {
  std::vector<std::string> arguments = {kind.name};
  arguments.insert(arguments.end(), own.begin(), own.end());
  return cli::subject_of(Options(cli::subject_specs(), arguments));
}

/// A value that turns the option on: flags as they are, weights (W) above zero, words and counts
/// where they change what is computed. Empty for those that only set sizes, activations or the
/// start.
inline std::vector<std::string> turned_on(const OptionSpec& option) {
  const std::string name = "--" + option.name;
  if (option.value.empty()) return {name};
  if (option.value == "W") return {name, "0.3"};
  const std::vector<std::vector<std::string>> others = {
      {"--keep", "2"},      {"--rho", "0.2", "--beta", "0.5"},
      {"--loss", "bce"},    {"--decoder", "gaussian"},
      {"--warm-up", "3"},   {"--steps", "6"},
      {"--init", "he"},     {"--corruption", "gaussian"},
      {"--dropout", "0.3"}, {"--down", "pool"},
      {"--up", "upsample"}};
  for (const std::vector<std::string>& words : others) {
    if (words[0] == name) return words;
  }
  return {};
}

/// The kind's small example with nothing more, and with each of its options: the words, for
/// messages and for the shell.
inline std::vector<std::vector<std::string>> variants_of(const Kind& kind) {
  std::vector<std::vector<std::string>> variants = {{}};
  for (const OptionSpec& option : cli::model_specs()) {
    if (!cli::takes(kind, option.name)) continue;
    const std::vector<std::string> words = turned_on(option);
    if (!words.empty()) variants.push_back(words);
  }
  return variants;
}

inline std::string in_words(const Kind& kind, const std::vector<std::string>& own) {
  std::string words = kind.name;
  for (const std::string& word : own) words += " " + word;
  return words;
}

}  // namespace strata::testing
