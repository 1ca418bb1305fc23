#include "pretraining/cli/common.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "autoencoders/denoising.hpp"
#include "core/io/files.hpp"

namespace strata::cli {

std::optional<Options> read_command_line(const CommandLine& line,
                                         const std::vector<std::string>& arguments) {
  const bool help = std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) {
    return word == "--help" || word == "-h";
  });
  if (help) {
    std::fputs(usage_text(line.usage, line.summary, line.positional, line.specs).c_str(), stdout);
    return std::nullopt;
  }
  Options options(line.specs, arguments);
  const std::size_t count = options.positional().size();
  if (count < line.least) {
    throw UsageError(text("missing ", line.positional[count].first, " (usage: ", line.usage, ")"));
  }
  if (count > line.most) {
    throw UsageError(text("'", options.positional()[line.most],
                          "' is one argument too many (usage: ", line.usage, ")"));
  }
  return options;
}

std::vector<OptionSpec> join(std::initializer_list<std::vector<OptionSpec>> parts) {
  std::vector<OptionSpec> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<OptionSpec> data_specs() {
  return {{"data", "DATA", "digits",
           "digits (8×8), circle, swiss_roll, blobs or waves (made here), a folder of IDX files, "
           "FILE.csv or "
           "FILE.npy"},
          {"rows", "A:B", "",
           "only the examples A ≤ i < B, counted from 0 (of an IDX folder: training examples)"},
          {"scale", "HOW", "none",
           "none, minmax (each feature to [0, 1]) or standard (mean 0, variance 1)"}};
}

OptionSpec threads_spec() {
  return {"threads", "N", "",
          "threads; no number depends on it (default: STRATA_THREADS, or the machine's)"};
}

std::vector<OptionSpec> machine_specs() {
  return {{"seed", "N", "1", "of every random draw: the same seed gives the same bits"},
          threads_spec(),
          {"backprop", "HOW", "explicit",
           "explicit (the delta rule by hand, where a kind has one) or tape (automatic)"},
          {"quiet", "", "", "no progress bar"}};
}

std::vector<OptionSpec> json_specs() {
  return {{"json", "FILE", "", "write the results for machines"}};
}

namespace {

Dataset cut(const Dataset& data, const RowRange& range) {
  if (range.begin == range.end) {
    throw UsageError(text("--rows ", range.begin, ":", range.end, ": the range is empty (",
                          range.end, " itself is not included)"));
  }
  const std::size_t end = std::min(range.end, data.size());
  if ((range.end != RowRange{}.end && range.end > data.size()) || range.begin >= end) {
    throw UsageError(text("--rows ", range.begin, ":",
                          range.end == RowRange{}.end ? "" : std::to_string(range.end), ": '",
                          data.name, "' has ", data.size(), " examples, counted from 0"));
  }
  return rows(data, range.begin, end);
}

TrainTest split_data(const Options& options) {
  const std::string& name = options.text("data");
  if (!options.given("rows")) return load_data(name);
  const RowRange range = parse_rows(options.text("rows"));
  // IDX: test files of its own stay whole
  if (name != "digits" && std::filesystem::is_directory(name)) {
    TrainTest data = load_data(name);
    data.train = cut(data.train, range);
    return data;
  }
  // Every row stays on the side of the split where it was: that of index % 5.
  const std::size_t remainder = (4 + 5 - range.begin % 5) % 5;
  return split_every(cut(load_rows(name), range), 5, remainder);
}

}  // namespace

Dataset rows_of_data(const Options& options, RowRange fallback) {
  const Dataset all = load_rows(options.text("data"));
  if (options.given("rows")) return cut(all, parse_rows(options.text("rows")));
  fallback.end = std::min(fallback.end, all.size());
  return cut(all, fallback);
}

Scaling scaling_of(const Options& options, const Tensor& training_rows) {
  const std::string& how = options.choice("scale", {"none", "minmax", "standard"});
  if (how == "minmax") return minmax_scaling(training_rows);
  if (how == "standard") return standard_scaling(training_rows);
  return {};
}

ScaledData training_data(const Options& options) {
  ScaledData result{split_data(options), {}};
  TrainTest& data = result.data;
  result.scaling = scaling_of(options, data.train.X);
  data.train.X = result.scaling.apply(data.train.X);
  if (data.test.size() > 0) data.test.X = result.scaling.apply(data.test.X);
  return result;
}

SavedModel load_saved_model(const Options& options) {
  const std::string& path = options.positional()[0];
  for (const char* ending : {".csv", ".tsv", ".txt", ".npy"}) {
    if (path.ends_with(ending)) {
      throw UsageError(text(
          "'", path, "' is data; here the file of a model is wanted (MODEL --data ", path, ")"));
    }
  }
  return load_model(path);
}

ModelAndData read_model_and_data(const Options& options, RowRange fallback) {
  const std::string& path = options.positional()[0];
  ModelAndData both{load_saved_model(options), rows_of_data(options, fallback), {}};
  check(both.data.features() == both.saved.model->features(), path, ": the model has ",
        both.saved.model->features(), " features but '", both.data.name, "' has ",
        both.data.features(), options.given("data") ? "" : " (name the data with --data)");
  both.X = both.saved.scaling.apply(both.data.X);
  return both;
}

void check_can_write(const Options& options, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!options.given(name)) continue;
    if (options.text(name).empty())
      throw UsageError(text("--", name, ": the file's name is empty"));
    const std::filesystem::path path = options.text(name);
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    check(std::filesystem::is_directory(folder), "--", name, " ", path.string(), ": the folder ",
          folder.string(), " does not exist");
    check(!std::filesystem::is_directory(path), "--", name, " ", path.string(),
          ": is a folder, a file is needed");
  }
}

void check_can_save_model(const Options& options, const char* name) {
  check_can_write(options, {name});
  if (options.given(name) && !options.text(name).ends_with(".safetensors")) {
    throw UsageError(
        text("--", name, " ", options.text(name), ": a model's name must end in .safetensors"));
  }
}

std::uint64_t seed_of(const Options& options) {
  return options.size("seed", 0, std::size_t(1) << 53);  // what JSON can write exactly
}

std::size_t threads_of(const Options& options) {
  return options.given("threads") ? options.size("threads", 1, 1024) : 0;
}

std::string command_text(const std::string& command, const std::vector<std::string>& arguments) {
  std::string line = "strata " + command;
  for (const std::string& word : arguments) line += " " + word;
  return line;
}

UsageError no_rule_by_hand(const std::string& name, Autoencoder& model) {
  const DenseAutoencoder* const dense = dense_net_of(model);
  const bool drops = dense != nullptr && dense->dropout > 0;
  // A denoising net has one for training, but its steps are not written out.
  return UsageError(
      text("--backprop explicit: ", name, drops ? " with dropout" : "", " has no rule by hand",
           has_explicit_backprop(model) ? " to step through" : "", " (--backprop tape)"));
}

void write_json(const Options& options, const Json& json) {
  if (options.given("json")) write_file(options.text("json"), json.dump(2) + "\n");
}

void check_memory(const std::vector<std::size_t>& sizes, const std::string& optimizer,
                  const std::string& option) {
  double weights = 0;
  for (std::size_t k = 0; k + 1 < sizes.size(); ++k)
    weights += 2 * double(sizes[k]) * double(sizes[k + 1]);
  // Of each weight: value, gradient and two numbers of the optimiser; lbfgs keeps 20 pairs in
  // double.
  const double bytes = 4 * sizeof(Real) + (optimizer == "lbfgs" ? 50 * sizeof(double) : 0);
  const double needed = weights * bytes;
  std::ifstream meminfo("/proc/meminfo");  // where there is none, the allocation itself will fail
  std::string word;
  double available = 0;
  while (meminfo >> word) {
    if (word == "MemAvailable:" && meminfo >> available) break;
  }
  available *= 1024;
  check(available == 0 || needed < available, option, " ", layers_text(sizes),
        ": training needs about ", number_text(needed / 1e9), " GB of memory, and ",
        number_text(available / 1e9), " GB are free (fewer units)");
}

int name_width(const std::vector<Parameter*>& parameters) {
  std::size_t width = 16;
  for (const Parameter* p : parameters) width = std::max(width, p->name.size());
  return int(width);
}

std::string number_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

}  // namespace strata::cli
