#include "pretraining/cli/data_options.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string_view>
#include <unordered_set>

#include "pretraining/cli/common.hpp"

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
--scale HOW {none minmax standard global}  none, minmax (each feature to [0, 1] by itself), standard
    (each to mean 0 and variance 1) or global (all features alike to [0, 1], as suits pictures).
    Default: none; bytes, whole numbers from 0 to 255, are divided by 255
)");
}

Dataset rows_of_data(const Options& options, RowRange fallback) {
  const Dataset all = load_rows(options.text("data"));
  if (options.given("rows")) return cut(all, parse_rows(options.text("rows")));
  fallback.end = std::min(fallback.end, all.size());
  return cut(all, fallback);
}

Scaling scaling_of(const Options& options, const Tensor& training_rows) {
  if (!options.given("scale")) return {};
  const std::string& how = options.choice("scale");
  if (how == "minmax") return minmax_scaling(training_rows);
  if (how == "standard") return standard_scaling(training_rows);
  if (how == "global") return global_scaling(training_rows);
  return {};
}

SplitKind split_kind(const Options& options) {
  SplitKind kind = usual_split(options.text("data"));
  if (options.given("split")) kind = split_kinds.named(options.choice("split"));
  return kind;
}

// A class of one example is on one side alone.
static std::string with_shares(const TrainTest& data) {
  std::map<int, std::size_t> counts;
  for (const Dataset* part : {&data.train, &data.test}) {
    for (int label : part->labels) ++counts[label];
  }
  const bool has_single = std::any_of(counts.begin(), counts.end(),
                                      [](const auto& entry) { return entry.second == 1; });
  return text(", with the same share of each class",
              has_single ? " that has several examples" : "");
}

std::string about_test_rows(const TrainTest& data) {
  if (data.test.size() == 0)
    return text("there are no test rows: ", data.train.size(),
                data.train.size() == 1 ? " row is" : " rows are",
                " too few to split (5 are needed)");
  switch (data.split) {
    case SplitKind::random:
      return text("test rows are drawn at random", data.test.has_labels() ? with_shares(data) : "");
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

void print_about(const ScaledData& input) {
  const TrainTest& data = input.data;
  const bool usual = data.split == SplitKind::every ||
                     (data.split == SplitKind::own && data.test.name == data.train.name);
  if (!usual || data.test.size() == 0) std::printf("  %s\n", about_test_rows(data).c_str());
  for (const std::string& remark : input.remarks) std::printf("  %s\n", remark.c_str());
}

// Columns of different units, such as metres and grams, in one sum of squares.
static std::string remark_on_spreads(const Dataset& train) {
  if (train.has_pictures() || train.features() < 2) return "";
  const auto [low, high] = std::minmax_element(train.X.values.begin(), train.X.values.end());
  if (*low >= 0 && *high <= 1) return "";
  const Spreads s = spreads(train.X);
  if (s.greatest <= 10 * s.least) return "";
  return text("columns differ in size: column ", s.widest, " has a standard deviation of ",
              formatted("%.4g", s.greatest), ", column ", s.narrowest, " of ",
              formatted("%.4g", s.least),
              "; the error is of the large ones (--scale standard weighs all alike)");
}

std::string remark_on_range(const Tensor& X, const std::string& rows_of) {
  std::size_t rows = 0;
  Real least = 0, most = 1;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const auto [low, high] = std::minmax_element(X.row(i), X.row(i) + X.cols());
    rows += *low < 0 || *high > 1;
    least = std::min(least, *low);
    most = std::max(most, *high);
  }
  if (rows == 0) return "";
  return text(rows, " of ", X.rows(), " ", rows_of, rows == 1 ? " leaves" : " leave",
              " the range of the training rows: scaled to [0, 1] by that, they go from ",
              formatted("%.3g", double(least)), " to ", formatted("%.3g", double(most)));
}

// Test rows that are training rows as well say nothing about others.
static std::string remark_on_copies(const TrainTest& data) {
  const auto bytes_of = [](const Tensor& X, std::size_t i) {
    return std::string_view(reinterpret_cast<const char*>(X.row(i)), X.cols() * sizeof(Real));
  };
  std::unordered_set<std::string_view> trained;
  for (std::size_t i = 0; i < data.train.size(); ++i) trained.insert(bytes_of(data.train.X, i));
  std::size_t copies = 0;
  for (std::size_t i = 0; i < data.test.size(); ++i)
    copies += trained.contains(bytes_of(data.test.X, i));
  if (copies == 0) return "";
  return text(copies, " of ", data.test.size(), " test rows ", copies == 1 ? "is a" : "are",
              " training ", copies == 1 ? "row" : "rows",
              ", too: of others the errors may be larger");
}

ScaledData training_data(const Options& options) {
  ScaledData result{split_data(options), {}};
  TrainTest& data = result.data;
  if (!options.given("scale") && looks_like_bytes(data.train.X)) {
    result.scaling = byte_scaling(data.train.features());
    result.remarks.push_back("bytes, divided by 255 (--scale none leaves them as they are)");
  } else {
    result.scaling = scaling_of(options, data.train.X);
  }
  const std::string on_copies = remark_on_copies(data);
  data.train.X = result.scaling.apply(data.train.X);
  const std::string on_spreads = remark_on_spreads(data.train);
  if (!on_spreads.empty()) result.remarks.push_back(on_spreads);
  if (data.test.size() == 0) return result;
  data.test.X = result.scaling.apply(data.test.X);
  const std::string& how = options.given("scale") ? options.choice("scale") : "none";
  const std::string on_range =
      how == "minmax" || how == "global" ? remark_on_range(data.test.X, "test rows") : "";
  for (const std::string& remark : {on_range, on_copies}) {
    if (!remark.empty()) result.remarks.push_back(remark);
  }
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

// Outputs in [0, 1] cannot reach data beyond it: those of another unit, for a model whose data were
// not scaled; where they were, new rows may well lie outside the range of the training rows.
static void check_range(const ModelAndData& both) {
  try {
    both.saved.model->check_data(both.X);
  } catch (const Error&) {
    if (!both.saved.scaling.shift.empty()) {
      std::fprintf(stderr, "note: %s\n",
                   remark_on_range(both.X, text("rows of '", both.data.name, "'")).c_str());
      return;
    }
    const auto [least, most] = std::minmax_element(both.X.values.begin(), both.X.values.end());
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
  check_range(both);
  return both;
}

}  // namespace strata::cli
