#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/classifier/classifier_file.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/classify_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/classify.hpp"

namespace strata::cli {
namespace {

void print_header(const TrainTest& data, const ClassifyOptions& c) {
  std::printf("%s: %zu training and %zu test examples of %zu features\n", data.train.name.c_str(),
              data.train.size(), data.test.size(), data.train.features());
  std::printf("layers pretrained without labels: %s, seed %llu\n", c.way.c_str(),
              static_cast<unsigned long long>(c.seed));
  std::fflush(stdout);
}

void print_pretrained_layer(std::size_t layer, const GreedyStage& stage) {
  std::printf("  layer %zu: %zu-%zu-%zu, error of its own input %.6f, %.2f s\n", layer,
              stage.autoencoder->features(), stage.autoencoder->code_size(),
              stage.autoencoder->features(), stage.error, stage.history.seconds);
  std::fflush(stdout);
}

void print_classifier(const TrainedClassifier& c) {
  if (c.name == "before")
    std::printf("\n%-36s %8s %8s %7s %8s\n", "accuracy, %", "train", "test", "epochs", "seconds");
  const char* const words = c.name == "before"  ? "before: softmax on fixed features"
                            : c.name == "after" ? "after: fine-tuned, every layer"
                                                : "the same from random weights";
  std::printf("%-36s %8.2f %8.2f %7zu %8.2f\n", words, 100 * c.train_accuracy,
              100 * c.test_accuracy, c.training.history.epochs.size(), c.seconds);
  std::fflush(stdout);
}

void print_few_labels(const ClassifyResults& c) {
  if (c.few_labels.empty()) return;
  std::printf("\ntest accuracy with few labels, mean ± deviation of %zu draws, %.1f s\n%7s",
              c.options.few_labels.draws, c.few_labels_seconds, "labels");
  for (const std::string& method : few_label_methods()) std::printf(" %14s", method.c_str());
  for (const FewLabelsRow& row : c.few_labels) {
    std::printf("\n%7zu", row.labels);
    for (const FewLabelsScore& s : row.scores)
      std::printf("   %5.2f ± %4.2f", 100 * s.mean(), 100 * s.deviation());
  }
  std::printf("\n");
}

void write_predictions(const Options& o, const std::vector<int>& predicted) {
  if (!o.given("predictions")) return;
  Tensor column({predicted.size(), 1});
  for (std::size_t i = 0; i < predicted.size(); ++i) column[i] = Real(predicted[i]);
  write_result(o.text("predictions"), column, {"class"}, {});
  report_result(o.text("predictions"), column, {});
}

// --model: what a saved classifier makes of data.
int predict_with_saved(const Options& o) {
  const std::string& path = o.text("model");
  SavedClassifier saved = load_classifier(path);
  const Dataset data = rows_of_data(o);
  check(data.features() == saved.model.features(), path, ": the classifier has ",
        saved.model.features(), " features but '", data.name, "' has ", data.features(),
        o.given("data") ? "" : " (name the data with --data)");
  Workers workers(threads_of(o));
  const std::vector<int> predicted = saved.model.predict(saved.scaling.apply(data.X), &workers);
  std::printf("%zu examples of %s, %zu classes", data.size(), data.name.c_str(),
              saved.model.classes());
  if (data.has_labels()) std::printf(": %.2f %% are right", 100 * share_right(predicted, data));
  std::printf("\n");
  write_predictions(o, predicted);
  return 0;
}

void write_results(const Options& o, ClassifyResults& result, const ModelFacts& facts,
                   std::size_t threads, const Arguments& arguments) {
  const std::string& out = o.text("out");
  const RunFacts run_facts{STRATA_VERSION, threads, command_text("classify", arguments)};
  const Json json = classify_results_json(result, run_facts);
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_classifier(out + "/model.safetensors", result.after.model, facts);
  if (o.given("save")) save_classifier(o.text("save"), result.after.model, facts);
  write_file(out + "/report.html", pages::classify_page(result, run_facts));
  write_predictions(o, result.after.predicted);
  write_json(o, json);
  std::printf("\nwrote %s/report.html (open it in a browser), results.json and model.safetensors\n",
              out.c_str());
}

}  // namespace

int classify_command(const Arguments& arguments) {
  const auto options = read_command_line(classify_command_line(), arguments);
  if (!options) return 0;
  const Options& o = *options;
  check_before_classifying(o);
  if (o.given("model")) return predict_with_saved(o);
  const ScaledData input = training_data(o);
  check_classes(input.data);
  const ClassifyOptions c = classify_options(o, input.data.train);
  check_data_range(Activation::sigmoid, input.data.train.X, "");
  make_folder(o.text("out"));
  Checkpoint checkpoint =
      checkpoint_of("classify", classify_command_line().specs, o, input.data, o.text("out"));

  Workers workers(threads_of(o));
  Progress progress(!o.flag("quiet"));
  const Engine engine{backprop_named(o.choice("backprop", {"explicit", "tape"})),
                      &workers,
                      {&progress, &checkpoint}};
  print_header(input.data, c);
  ClassifyResults result =
      run_classify(input.data, c, engine, {print_pretrained_layer, print_classifier});
  print_few_labels(result);
  write_results(o, result, {"classifier", input.scaling, input.data.train.image}, workers.threads(),
                arguments);
  return 0;
}

}  // namespace strata::cli
