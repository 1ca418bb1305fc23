#include <algorithm>
#include <cstdio>
#include <map>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata data NAME|PATH [options]

What a data set holds, and how it is split.

NAME|PATH  digits, circle, swiss_roll, blobs, waves, a folder of IDX files, FILE.csv or FILE.npy
)";

Json describe_labels(const Dataset& data) {
  std::map<int, std::size_t> counts;
  for (int label : data.labels) ++counts[label];
  Json::Object labels;
  std::printf("  labels:");
  std::size_t shown = 0;
  for (const auto& [label, count] : counts) {
    if (shown++ < 20) std::printf(" %d (%zu)", label, count);
    labels.emplace_back(std::to_string(label), count);
  }
  std::printf(counts.size() > 20 ? " … (%zu in all)\n" : "\n", counts.size());
  return Json::object(std::move(labels));
}

Json describe(const Dataset& data) {
  const auto [low, high] = std::minmax_element(data.X.values.begin(), data.X.values.end());
  double sum = 0;
  for (Real x : data.X.values) sum += double(x);
  const double mean = sum / double(data.X.size());
  const auto zeros = std::count(data.X.values.begin(), data.X.values.end(), Real(0));
  std::printf("%s: %zu examples of %zu features", data.name.c_str(), data.size(), data.features());
  if (data.image.width > 0)
    std::printf(", pictures of %zu×%zu", data.image.height, data.image.width);
  const bool look_equal =
      *low != *high && formatted("%g", double(*low)) == formatted("%g", double(*high));
  const int digits = look_equal ? 12 : 6;
  std::printf("\n  values from %.*g to %.*g, mean %.*g, %.1f %% zeros\n", digits, double(*low),
              digits, double(*high), digits, mean, 100.0 * double(zeros) / double(data.X.size()));
  Json json = Json::object({{"name", data.name},
                            {"examples", data.size()},
                            {"features", data.features()},
                            {"least", *low},
                            {"largest", *high},
                            {"mean", mean}});
  if (data.has_labels()) {
    json["labels"] = describe_labels(data);
  } else {
    std::printf("  no labels\n");
  }
  if (*low < 0 || *high > 1) {
    std::printf(
        looks_like_bytes(data.X)
            ? "  bytes: training divides them by 255, unless --scale says otherwise\n"
            : "  outside [0, 1]: for sigmoid outputs add --scale minmax (each feature by itself) "
              "or "
              "--scale global (all alike: pictures); or --scale standard --output linear\n");
  }
  return json;
}

int run(const Options& read) {
  const std::string& name = read.positional()[0];
  std::vector<std::string> words = read.words_of(read_specs(text(rows_option, split_options)));
  words.insert(words.end(), {"--data", name});
  const Options options(read_specs(data_options()), words);
  const TrainTest split = training_data(options).data;
  Json json;
  if (split.split == SplitKind::own) {
    const char* const part = read.given("test") ? "set" : "files";
    std::printf("training %s: ", part);
    json = describe(split.train);
    std::printf("test %s: ", part);
    json[text("test_", part)] = describe(split.test);
  } else {
    json = describe(rows_of_data(options));
    std::printf("  train and pretrain use %zu of them for training, %zu for testing: %s\n",
                split.train.size(), split.test.size(), about_test_rows(split).c_str());
  }
  json["split"] = split_kinds.name(split.split);
  json["train"] = split.train.size();
  json["test"] = split.test.size();
  write_json(read, json);
  return 0;
}

}  // namespace

Command data_command() {
  return {"what a data set holds", read_page(text(page, rows_option, split_options, json_option)),
          run};
}

}  // namespace strata::cli
