#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

Json describe(const Dataset& data) {
  const auto [low, high] = std::minmax_element(data.X.values.begin(), data.X.values.end());
  double sum = 0;
  for (Real x : data.X.values) sum += double(x);
  const double mean = sum / double(data.X.size());
  const auto zeros = std::count(data.X.values.begin(), data.X.values.end(), Real(0));
  std::printf("%s: %zu examples of %zu features", data.name.c_str(), data.size(), data.features());
  if (data.image.width > 0)
    std::printf(", pictures of %zu×%zu", data.image.height, data.image.width);
  std::printf("\n  values from %g to %g, mean %g, %.1f %% zeros\n", double(*low), double(*high),
              mean, 100.0 * double(zeros) / double(data.X.size()));
  Json json = Json::object({{"name", data.name},
                            {"examples", data.size()},
                            {"features", data.features()},
                            {"least", *low},
                            {"largest", *high},
                            {"mean", mean}});
  if (data.has_labels()) {
    std::map<int, std::size_t> counts;
    for (int label : data.labels) ++counts[label];
    Json labels = Json::object();
    std::printf("  labels:");
    std::size_t shown = 0;
    for (const auto& [label, count] : counts) {
      if (shown++ < 20) std::printf(" %d (%zu)", label, count);
      labels[std::to_string(label)] = count;
    }
    std::printf(counts.size() > 20 ? " … (%zu in all)\n" : "\n", counts.size());
    json["labels"] = labels;
  } else {
    std::printf("  no labels\n");
  }
  if (*low < 0 || *high > 1) {
    std::printf(
        "  outside [0, 1]: for sigmoid outputs add --scale minmax; or --scale standard --output "
        "linear\n");
  }
  return json;
}

}  // namespace

int data_command(const Arguments& arguments) {
  const CommandLine line{
      "strata data NAME|PATH [options]",
      "What a data set holds, and how it is split.",
      {{"NAME|PATH",
        "digits, circle, swiss_roll, blobs, waves, a folder of IDX files, FILE.csv or FILE.npy"}},
      join({{{"rows", "A:B", "", "only the examples A ≤ i < B, counted from 0"}}, json_specs()}),
      1,
      1};
  const auto read = read_command_line(line, arguments);
  if (!read) return 0;
  std::vector<std::string> as_option = {"--data", read->positional()[0]};
  if (read->given("rows")) as_option.insert(as_option.end(), {"--rows", read->text("rows")});
  const Options options(data_specs(), as_option);
  const TrainTest split = training_data(options).data;
  Json json;
  if (read->positional()[0] != "digits" && std::filesystem::is_directory(read->positional()[0])) {
    std::printf("training files: ");  // an IDX folder has its own test files
    json = describe(split.train);
    std::printf("test files: ");
    json["test_files"] = describe(split.test);
  } else {
    json = describe(rows_of_data(options));
    std::printf("  train and pretrain use %zu of them for training, %zu for testing\n",
                split.train.size(), split.test.size());
  }
  json["train"] = split.train.size();
  json["test"] = split.test.size();
  write_json(*read, json);
  return 0;
}

}  // namespace strata::cli
