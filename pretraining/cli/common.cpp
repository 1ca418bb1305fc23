#include "pretraining/cli/common.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "autoencoders/denoising.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/keep_gradients.hpp"
#include "core/io/files.hpp"
#include "core/io/utf8.hpp"
#include "pretraining/cli/data_options.hpp"

namespace strata::cli {
void check_file(const std::string& option, const std::string& name,
                const std::vector<std::string>& endings) {
  if (name.empty()) throw UsageError(text("--", option, ": the file's name is empty"));
  const std::filesystem::path path = name;
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  check(std::filesystem::is_directory(folder), "--", option, " ", name, ": the folder ",
        folder.string(), " does not exist");
  check(!std::filesystem::is_directory(path), "--", option, " ", name,
        ": is a folder, a file is needed");
  std::string known;
  for (const std::string& ending : endings) {
    if (name.ends_with(ending)) return;
    known += (known.empty() ? "" : ", ") + ending;
  }
  const char* const must =
      known == ".safetensors" ? ": a model's name must end in " : ": the name must end in one of ";
  if (!known.empty()) throw UsageError(text("--", option, " ", name, must, known));
}

int run_command(const Command& command, const Arguments& words) {
  const auto asks = [](const std::string& word) { return word == "--help" || word == "-h"; };
  const CommandPage& page = command.page;
  if (std::any_of(words.begin(), words.end(), asks)) {
    const CommandPage shown = command.help == nullptr ? page : command.help(words);
    std::fputs(help_text(shown).c_str(), stdout);
    return 0;
  }
  const Options options(page.specs, words);
  const std::size_t count = options.positional().size(), wanted = page.positional.size();
  const bool any_number = wanted > 0 && page.positional.back().first.ends_with("…");
  if (!any_number && count < wanted)
    throw UsageError(text("missing ", page.positional[count].first, " (usage: ", page.usage, ")"));
  if (!any_number && count > wanted) {
    throw UsageError(text("'", options.positional()[wanted],
                          "' is one argument too many (usage: ", page.usage, ")"));
  }
  for (const OptionSpec& spec : page.specs) {
    if (spec.values.is_file && options.given(spec.name))
      check_file(spec.name, options.text(spec.name), spec.values.words);
  }
  for (const OptionSpec& spec : page.specs) {
    if (spec.values.is_file && options.given(spec.name)) check_can_write(options.text(spec.name));
  }
  return command.run(options);
}

std::string machine_options() {
  return text(seed_option, threads_option, backprop_option, quiet_option);
}

std::size_t threads_of(const Options& options) {
  return options.given("threads") ? options.size("threads") : 0;
}

BackpropKind backprop_for(const Options& options, Autoencoder& model, const std::string& name) {
  const BackpropKind backprop = backprop_kinds.named(options.choice("backprop"));
  if (has_explicit_backprop(model) || backprop == BackpropKind::tape) return backprop;
  if (options.given("backprop")) throw no_rule_by_hand(name, model);
  return BackpropKind::tape;
}

UsageError no_rule_by_hand(const std::string& name, Autoencoder& model) {
  const DenseAutoencoder* const dense = dense_net_of(model);
  const bool drops = dense != nullptr && dense->dropout > 0;
  // A denoising net has one for training, but its steps are not written out.
  return UsageError(
      text("--backprop explicit: ", name, drops ? " with dropout" : "", " has no rule by hand",
           has_explicit_backprop(model) ? " to step through" : "", " (--backprop tape)"));
}

void read_activation(const Options& options, const std::string& name, Activation& place) {
  if (options.given(name)) place = activation_named(options.choice(name, activation_names()));
}

std::vector<std::size_t> layers_of(const Options& options, std::size_t features,
                                   const std::vector<std::size_t>& usual) {
  const std::string& given = options.text("layers");
  const std::vector<std::size_t> sizes = options.given("layers") ? parse_layers(given) : usual;
  if (sizes.front() != features) {
    throw UsageError(text("--layers ", given, ": the data has ", features,
                          " features, so the layers begin with ", features));
  }
  return sizes;
}

double weights_of(const std::vector<std::size_t>& sizes) {
  double weights = 0;
  for (std::size_t k = 0; k + 1 < sizes.size(); ++k)
    weights += 2 * double(sizes[k]) * double(sizes[k + 1]);
  return weights;
}

// Of each weight: value, gradient and two numbers of the optimiser; lbfgs keeps 20 pairs in double.
static double bytes_a_weight(const std::string& optimizer) {
  return 4 * sizeof(Real) + (optimizer == "lbfgs" ? 50 * sizeof(double) : 0);
}

static double free_bytes() {
  std::ifstream meminfo("/proc/meminfo");  // where there is none, the allocation itself will fail
  std::string word;
  double kilobytes = 0;
  while (meminfo >> word) {
    if (word == "MemAvailable:" && meminfo >> kilobytes) return kilobytes * 1024;
  }
  return std::numeric_limits<double>::infinity();
}

void check_memory(const std::vector<std::size_t>& sizes, const std::string& optimizer,
                  const std::string& option) {
  const double needed = weights_of(sizes) * bytes_a_weight(optimizer);
  const double available = free_bytes();
  check(needed < available, option, " ", layers_text(sizes), ": training needs about ",
        number_text(needed / 1e9), " GB of memory, and ", number_text(available / 1e9),
        " GB are free (fewer units)");
}

ParameterBudget memory_budget(const std::string& optimizer) {
  const double available = free_bytes();
  return {available / bytes_a_weight(optimizer),
          text("training so many needs more than the ", number_text(available / 1e9),
               " GB of memory that are free (fewer units)")};
}

bool has_wrong_rule(const Objective& objective) {
  Tape& tape = *objective.total.tape;
  const KeepGradients kept(tape);
  Rng rng(1);
  return !blame(check_every_node(tape, objective.total, rng)).empty();
}

std::string beside_tape(const std::string& difference, bool tape_is_wrong) {
  if (difference.empty()) return "";
  return difference + (tape_is_wrong ? " (but the tape is wrong itself: correct that first)" : "");
}

RunFacts run_facts(const std::string& command, const Options& options, const Workers& workers,
                   const TrainTest& data) {
  std::string line = "strata " + command;
  for (const std::string& word : options.arguments()) line += " " + word;
  return {STRATA_VERSION, workers.threads(), line, data.split, about_test_rows(data)};
}

void print_notes(const std::vector<std::string>& remarks, const char* indent) {
  for (const std::string& remark : remarks)
    std::printf("%snote: %s\n", indent, printable(remark).c_str());
}

std::string shell_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::strchr("_-+=./:,%@", c) != nullptr;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string quoted = "'";
  for (char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

int name_width(const std::vector<Parameter*>& parameters) {
  std::size_t width = 16;
  for (const Parameter* p : parameters) width = std::max(width, p->name.size());
  return int(width);
}

}  // namespace strata::cli
