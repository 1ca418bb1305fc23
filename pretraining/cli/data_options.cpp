#include "pretraining/cli/data_options.hpp"

#include <algorithm>
#include <filesystem>

namespace strata::cli {

namespace {

Dataset cut(const Dataset& data, const RowRange& range) {
  if (range.begin == range.end) {
    throw UsageError(text("--rows ", range.begin, ":", range.end, ": the range is empty (",
                          range.end, " itself is not included)"));
  }
  const bool is_open = range.end == RowRange{}.end;
  const std::size_t end = std::min(range.end, data.size());
  if ((!is_open && range.end > data.size()) || range.begin >= end) {
    throw UsageError(text("--rows ", range.begin, ":", is_open ? "" : std::to_string(range.end),
                          ": '", data.name, "' has ", data.size(), " examples, counted from 0"));
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
  const std::string& how = options.choice("scale");
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
    if (path.ends_with(ending))
      throw UsageError("'" + path + "' is data; here the file of a model is wanted (MODEL --data " +
                       path + ")");
  }
  return load_model(path);
}

void check_features(const Options& options, const std::string& model, std::size_t features,
                    const Dataset& data) {
  check(data.features() == features, model, " has ", features, " features but '", data.name,
        "' has ", data.features(), options.given("data") ? "" : " (name the data with --data)");
}

// Of a model whose data were not scaled.
static void check_range(const ModelAndData& both) {
  try {
    both.saved.model->check_data(both.X);
  } catch (const Error&) {
    const auto [least, most] = std::ranges::minmax_element(both.X.values);
    throw Error(text("'", both.data.name, "' goes from ", *least, " to ", *most,
                     ", but the model was trained on data in [0, 1], not scaled (bring these into "
                     "the same range)"));
  }
}

ModelAndData read_model_and_data(const Options& options, RowRange fallback) {
  ModelAndData both{load_saved_model(options), rows_of_data(options, fallback), {}};
  check_features(options, options.positional()[0] + ": the model", both.saved.model->features(),
                 both.data);
  both.X = both.saved.scaling.apply(both.data.X);
  if (both.saved.scaling.shift.empty()) check_range(both);
  return both;
}

}  // namespace strata::cli
