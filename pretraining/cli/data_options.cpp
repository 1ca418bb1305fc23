#include "pretraining/cli/data_options.hpp"

#include <algorithm>
#include <cstdio>

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

void check_split(const Options& options) {
  if (!options.given("split")) return;
  const std::string split = "--split " + options.choice("split");
  if (options.given("test"))
    throw UsageError(split + ": with --test all rows of --data are for training (leave one out)");
  if (has_test_files(options.text("data")))
    throw UsageError(split + ": '" + options.text("data") + "' has test files of its own");
}

// What --test names, for the models of these rows.
Dataset test_set(const std::string& name, const Dataset& train) {
  Dataset test = load_rows(name);
  check(test.features() == train.features(), "--test ", name, ": has ", test.features(),
        " features, but '", train.name, "' has ", train.features());
  check(!test.has_pictures() || !train.has_pictures() || test.image == train.image, "--test ", name,
        ": its pictures are ", test.image.height, "×", test.image.width, ", those of '", train.name,
        "' ", train.image.height, "×", train.image.width);
  test.image = train.image;
  return test;
}

TrainTest split_data(const Options& options) {
  check_split(options);
  const std::string& name = options.text("data");
  const auto in_range = [&](const Dataset& data) {
    return options.given("rows") ? cut(data, parse_rows(options.text("rows"))) : data;
  };
  if (has_test_files(name) && !options.given("test")) {
    TrainTest data = load_idx_folder(name);
    data.train = in_range(data.train);
    return data;
  }
  const Dataset rows = in_range(load_rows(name, IdxPart::train));
  if (options.given("test")) return {rows, test_set(options.text("test"), rows)};
  const std::size_t begin = options.given("rows") ? parse_rows(options.text("rows")).begin : 0;
  const SplitKind kind = split_kind(options);
  // Of every fifth row each stays on its side, wherever the range begins.
  TrainTest data = kind == SplitKind::every ? split_every(rows, 5, (4 + 5 - begin % 5) % 5)
                                            : split_by(kind, rows);
  for (std::size_t& row : data.test_rows) row += begin;
  return data;
}

}  // namespace

std::string data_options() {
  return text(R"(
--data DATA [digits]  digits (8×8), circle, swiss_roll, blobs or waves (made here), a folder of IDX
    files, FILE.csv or FILE.npy
--rows A:B  only the examples A ≤ i < B, counted from 0 (of an IDX folder: training examples)
)",
              split_options, R"(
--scale HOW [none] {none minmax standard}  none, minmax (each feature to [0, 1]) or standard (mean
    0, variance 1)
)");
}

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

SplitKind split_kind(const Options& options) {
  SplitKind kind = usual_split(options.text("data"));
  if (options.given("split")) kind = split_kinds.named(options.choice("split"));
  return kind;
}

std::string about_test_rows(const TrainTest& data) {
  if (data.test.size() == 0)
    return text("there are no test rows: ", data.train.size(),
                data.train.size() == 1 ? " row is" : " rows are",
                " too few to split (5 are needed)");
  switch (data.split) {
    case SplitKind::random:
      return text("test rows are drawn at random",
                  data.test.has_labels() ? ", with the same share of each class" : "");
    case SplitKind::ordered:
      return "the last rows are the test rows";
    case SplitKind::every:
      return "every fifth row is a test row";
    case SplitKind::own:
      break;
  }
  return data.test.name == data.train.name ? "test rows have files of their own"
                                           : "test rows are those of " + data.test.name;
}

void print_test_rows(const TrainTest& data) {
  const bool usual = data.split == SplitKind::every ||
                     (data.split == SplitKind::own && data.test.name == data.train.name);
  if (!usual || data.test.size() == 0) std::printf("  %s\n", about_test_rows(data).c_str());
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
