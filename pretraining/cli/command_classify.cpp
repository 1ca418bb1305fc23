#include <cstdio>
#include <sstream>

#include "core/io/files.hpp"
#include "pretraining/classifier_file.hpp"
#include "pretraining/classify.hpp"
#include "pretraining/classify_page.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/model_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/layer_kinds.hpp"

namespace strata::cli {
namespace {

constexpr std::size_t few_rows = 10000;  // a data set with fewer needs more epochs for as many steps

CommandLine command_line() {
  const ClassificationOptions d;  // the defaults
  const std::vector<OptionSpec> own = {
      {"layers", "D-…-K", "",
       "layer sizes from the features to the softmax's inputs (default: the features, then 200-200)"},
      {"layer-kind", "KIND", d.layer_kind,
       "how each layer is pretrained: plain, sparse (--rho, --beta) or denoising (--corruption, --noise)"},
      {"rho", "P", "0.1", "sparse layers: the mean activation wanted, in (0, 1)"},
      {"beta", "W", "", "sparse layers: weight of the KL term (default: 3 times the features / 784)"},
      {"corruption", "KIND", "masking",
       "denoising layers: masking, salt_and_pepper or gaussian, of each layer's own input"},
      {"noise", "X", "0.3", "denoising layers: the probability, or the deviation of gaussian"},
      {"layer-decay", "W", "",
       "weight of the L2 term of each layer while it is pretrained (default: of sparse layers 0.003 times "
       "the "
       "features / 784, else 0)"},
      {"decay", "W", number_text(double(d.decay)),
       "weight of the softmax's L2 term, on fixed features and in fine-tuning"},
      {"dropout", "P", "0", "in fine-tuning: the probability that an activation is left out"},
      {"pretrain-epochs", "N", "",
       "passes over the training rows for each layer (default: 30, or 100 of fewer than 10000 rows)"},
      {"epochs", "N", "", "passes of fine-tuning (default: 30, or 100 of fewer than 10000 rows)"},
      {"batch", "N", "100", "examples a step"},
      {"pretrain-rate", "R", "0.02", "learning rate of pretraining"},
      {"rate", "R", "0.001", "learning rate of fine-tuning"},
      {"optimizer", "NAME", "adam", "sgd momentum nesterov adagrad rmsprop adam adamw"},
      {"schedule", "NAME", "one_cycle", "of the learning rate: constant step cosine one_cycle"},
      {"labels", "A,B,…", "",
       "numbers of labels to compare with few of them; 0: none (default: what suits the data)"},
      {"draws", "N", std::to_string(d.few_labels.draws), "how often the few labels are drawn"},
      {"model", "FILE", "", "trains nothing: this saved classifier's accuracy on the rows of --data"},
      {"predictions", "FILE", "",
       "the class of each test row, or of each row that --model is given: .csv or .npy"},
      {"out", "FOLDER", "build/classify", "where results.json, report.html and model.safetensors go"},
      {"save", "FILE", "", "the fine-tuned classifier once more, under another name"}};
  return {
      "strata classify [options]",
      "Pretrains a stack of layers without labels, trains a softmax on its fixed codes, then fine-tunes "
      "every layer, and tells the test accuracy before and after; beside them that of a random start, and "
      "what labels are worth when there are few. Writes a page.",
      {},
      join({data_specs(), own, machine_specs(), json_specs()}),
      0,
      0};
}

std::vector<std::size_t> numbers_of_labels(const Options& o, const Dataset& train) {
  if (!o.given("labels")) return usual_numbers_of_labels(train);
  std::vector<std::size_t> numbers;
  std::istringstream list(o.text("labels"));
  std::string word;
  while (std::getline(list, word, ',')) {
    const Options one({{"labels", "N"}}, {"--labels", word});
    numbers.push_back(one.size("labels", 0, train.size()));
  }
  if (numbers == std::vector<std::size_t>{0}) return {};
  return numbers;
}

// The kind of all layers, for units that are sigmoid throughout.
std::vector<LayerPlan> layer_plans(const Options& o, const std::vector<std::size_t>& sizes,
                                   const FitOptions& fit) {
  const LayerKind& kind = layer_kind_named(o.choice("layer-kind", layer_kind_names()));
  const double share_of_mnist = double(sizes.front()) / 784;  // half_mse is a sum over the features
  LayerKindOptions kind_options;
  kind_options.rho = Real(o.number("rho", 0, 1, Ends::open));
  kind_options.beta = Real(o.given("beta") ? o.number("beta", 0) : 3 * share_of_mnist);
  kind_options.corruption = corruption_of(o);
  const bool is_sparse = o.text("layer-kind") == "sparse";
  const LayerStack stack{.layers = sizes.size() - 1, .code = Activation::sigmoid};
  std::vector<LayerPlan> plans;
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    LayerPlan plan;
    plan.options.sizes = {sizes[k]};
    plan.options.penalties.decay = Real(is_sparse ? 0.003 * share_of_mnist : 0);
    if (o.given("layer-decay")) plan.options.penalties.decay = Real(o.number("layer-decay", 0));
    plan.fit = fit;
    if (o.given("pretrain-epochs")) plan.fit.epochs = o.size("pretrain-epochs");
    plan.fit.learning_rate = o.number("pretrain-rate", 0, 1e6, Ends::open_low);
    plan.fit.label = text("layer ", k, " of ", stack.layers);
    kind.set(plan, k, stack, kind_options);
    plans.push_back(plan);
  }
  return plans;
}

ClassificationOptions classification_options(const Options& o, const Dataset& train) {
  std::vector<std::size_t> sizes = {train.features(), 200, 200};
  if (o.given("layers")) sizes = parse_layers(o.text("layers"));
  if (sizes.front() != train.features()) {
    throw UsageError(text("--layers ", o.text("layers"), ": the data has ", train.features(),
                          " features, so the layers begin with ", train.features()));
  }
  check_memory(sizes, o.text("optimizer"), "--layers");
  ClassificationOptions c;
  c.layer_kind = o.choice("layer-kind", layer_kind_names());
  FitOptions fit;
  fit.optimizer.kind =
      o.choice("optimizer", {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"});
  fit.schedule.kind = o.choice("schedule", schedule_kinds());
  fit.batch_size = o.size("batch", 1);
  fit.epochs = train.size() < few_rows ? 100 : 30;
  c.layers = layer_plans(o, sizes, fit);
  c.fine_tuning = fit;
  if (o.given("epochs")) c.fine_tuning.epochs = o.size("epochs");
  c.fine_tuning.learning_rate = o.number("rate", 0, 1e6, Ends::open_low);
  c.decay = Real(o.number("decay", 0));
  c.dropout = Real(o.number("dropout", 0, 1, Ends::open_high));
  c.seed = seed_of(o);
  c.few_labels.labels = numbers_of_labels(o, train);
  c.few_labels.draws = o.size("draws", 1);
  c.few_labels.fine_tuning = c.fine_tuning;
  c.few_labels.fine_tuning.epochs = std::min<std::size_t>(15, c.fine_tuning.epochs);
  return c;
}

// What would be found out too late.
void check_before_the_work(const Options& o) {
  check_can_save_model(o, "save");
  check_ending(o, "predictions", {".csv", ".npy"});
  check_can_write(o, {"json"});
  const auto only_with = [&o](const char* name, const std::string& layer_kind) {
    if (o.given(name) && o.text("layer-kind") != layer_kind)
      throw UsageError(text("--", name, ": has no effect without --layer-kind ", layer_kind));
  };
  for (const char* name : {"rho", "beta"}) only_with(name, "sparse");
  for (const char* name : {"corruption", "noise"}) only_with(name, "denoising");
  if (o.given("draws") && o.text("labels") == "0") throw UsageError("--draws: has no effect with --labels 0");
}

void print_header(const TrainTest& data, const ClassificationOptions& c) {
  std::printf("%s: %zu training and %zu test examples of %zu features\n", data.train.name.c_str(),
              data.train.size(), data.test.size(), data.train.features());
  std::printf("layers pretrained without labels: %s, seed %llu\n", c.layer_kind.c_str(),
              static_cast<unsigned long long>(c.seed));
  std::fflush(stdout);
}

void print_stage(std::size_t layer, const GreedyStage& stage) {
  std::printf("  layer %zu: %zu-%zu-%zu, error of its own input %.6f, %.2f s\n", layer,
              stage.autoencoder.features(), stage.autoencoder.code_size(), stage.autoencoder.features(),
              stage.error, stage.history.seconds);
  std::fflush(stdout);
}

void print_classifier(const TrainedClassifier& c) {
  if (c.name == "before")
    std::printf("\n%-36s %8s %8s %7s %8s\n", "accuracy, %", "train", "test", "epochs", "seconds");
  const char* const words = c.name == "before"  ? "before: softmax on fixed features"
                            : c.name == "after" ? "after: fine-tuned, every layer"
                                                : "the same from random weights";
  std::printf("%-36s %8.2f %8.2f %7zu %8.2f\n", words, 100 * c.train_accuracy, 100 * c.test_accuracy,
              c.training.history.epochs.size(), c.seconds);
  std::fflush(stdout);
}

void print_few_labels(const Classification& c) {
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
  check(data.features() == saved.model.features(), path, ": the classifier has ", saved.model.features(),
        " features but '", data.name, "' has ", data.features(),
        o.given("data") ? "" : " (name the data with --data)");
  Workers workers(threads_of(o));
  const std::vector<int> predicted = saved.model.predict(saved.scaling.apply(data.X), &workers);
  std::printf("%zu examples of %s, %zu classes", data.size(), data.name.c_str(), saved.model.classes());
  if (data.has_labels()) std::printf(": %.2f %% are right", 100 * share_right(predicted, data));
  std::printf("\n");
  write_predictions(o, predicted);
  return 0;
}

void write_results(const Options& o, Classification& result, const ModelFacts& facts, std::size_t threads,
                   const Arguments& arguments) {
  const std::string& out = o.text("out");
  const Json json = classification_json(result, STRATA_VERSION, threads);
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_classifier(out + "/model.safetensors", result.after.model, facts);
  if (o.given("save")) save_classifier(o.text("save"), result.after.model, facts);
  const ClassificationPageFacts page_facts{STRATA_VERSION, threads, command_text("classify", arguments)};
  write_file(out + "/report.html", classification_page(result, page_facts));
  write_predictions(o, result.after.predicted);
  write_json(o, json);
  std::printf("\nwrote %s/report.html (open it in a browser), results.json and model.safetensors\n",
              out.c_str());
}

}  // namespace

int classify_command(const Arguments& arguments) {
  const auto options = read_command_line(command_line(), arguments);
  if (!options) return 0;
  const Options& o = *options;
  check_before_the_work(o);
  if (o.given("model")) return predict_with_saved(o);
  const ScaledData input = training_data(o);
  check_classes(input.data);
  const ClassificationOptions c = classification_options(o, input.data.train);
  check_data_range(Activation::sigmoid, input.data.train.X);
  make_folder(o.text("out"));

  Workers workers(threads_of(o));
  const Engine engine{backprop_named(o.choice("backprop", {"explicit", "tape"})), &workers};
  Progress progress(!o.flag("quiet"));
  print_header(input.data, c);
  Classification result = classify(input.data, c, engine, {&progress, print_stage, print_classifier});
  print_few_labels(result);
  write_results(o, result, {"classifier", input.scaling, input.data.train.image}, workers.threads(),
                arguments);
  return 0;
}

}  // namespace strata::cli
