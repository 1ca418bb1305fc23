#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>
#include <sstream>

#include "pretraining/classifier/classifier_file.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/commands/way_options.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/classify.hpp"
#include "pretraining/ways.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata classify [options]

Pretrains a stack of layers without labels, trains a softmax on its fixed codes, then fine-tunes
every layer, and reports the test accuracy before and after, next to that of a random start, and
what pretraining is worth when labels are few. Writes a page.
)";

constexpr const char* stack_options = R"(
--layers D-…-K  layer sizes from the features to the softmax's inputs (default: the features, then
    200-200)
--layer-kind WAY [sparse]  how each layer is pretrained: plain, sparse (--rho, --beta), denoising
    (--corruption, --noise) or rbm (--cd, --persistent): a deep belief net
--rho P [0.1] {(0, 1)}  sparse layers: the mean activation wanted, in (0, 1)
--beta W {[0, ∞)}  sparse layers: weight of the KL term (default: 3 × inputs / 784 in each layer)
)";

constexpr const char* training_options = R"(
--layer-decay W {[0, ∞)}  weight of the L2 term of each layer while it is pretrained (default: 1e-5
    × inputs / 784 for a sparse layer, otherwise 0)
--decay W [0.0001] {[0, ∞)}  weight of the softmax's L2 term, on fixed features and in fine-tuning
--dropout P [0.2] {[0, 1)}  in fine-tuning: the probability that an activation is left out
--pretrain-epochs N  passes over the training rows for each layer (default: 30, for rbm layers 10;
    with fewer than 10000 rows 100)
--epochs N  passes of fine-tuning (default: 30, or 100 with fewer than 10000 rows)
--batch N [100] {[1, ∞)}  examples per step
--pretrain-rate R [0.02] {(0, 1e6]}  learning rate of pretraining (rbm layers: 0.1, 0.01 with
    persistent chains)
--rate R {(0, 1e6]}  learning rate of fine-tuning (default: 0.001; with fewer than 10000 rows, and
    with few labels, 0.005)
--optimizer NAME [adam] {sgd momentum nesterov adagrad rmsprop adam adamw}  sgd momentum nesterov
    adagrad rmsprop adam adamw (adamw also decays weights, by 0.01 of the rate a step)
--schedule NAME [one_cycle]  of the learning rate: constant step cosine one_cycle
--labels A,B,…  how many labels to try in the comparison with few labels; 0: none (default: what
    suits the data)
--draws N [3] {[1, ∞)}  how often the few labels are drawn
--model FILE  without training, measures this saved classifier on the rows of --data
--predictions FILE {> .csv .npy}  the number (counted from 0) and the class of each test row, or of
    each row that --model is given: .csv or .npy
-o, --out FOLDER [build/classify]  where results.json, report.html and model.safetensors go
--save FILE {> .safetensors}  the fine-tuned classifier once more, under another name
)";

// Penalties of a sparse layer with 784 inputs. β is UFLDL's. Its decay of 0.003 leaves the second
// layer little to tell, trained by Adam: 74 % with the softmax on fixed features of 20000 MNIST
// pictures, where 6000 pictures and this decay give 87 %.
constexpr double inputs_of_mnist = 784, beta_of_mnist = 3, decay_of_mnist = 1e-5;
// A data set with fewer needs more epochs for as many steps
constexpr std::size_t few_rows = 10000;

std::vector<std::size_t> numbers_of_labels(const Options& o, const Dataset& train) {
  if (!o.given("labels")) return usual_numbers_of_labels(train);
  std::vector<std::size_t> numbers;
  std::istringstream list(o.text("labels"));
  std::string word;
  while (std::getline(list, word, ',')) {
    const Options one({{"labels", "N"}}, {"--labels", word});
    numbers.push_back(one.size("labels", {.low = 0, .high = double(train.size())}));
  }
  if (numbers == std::vector<std::size_t>{0}) return {};
  const std::size_t classes = std::set<int>(train.labels.begin(), train.labels.end()).size();
  for (const std::size_t labels : numbers) {
    if (labels < classes)
      throw UsageError(text("--labels ", o.text("labels"), ": ", labels, " labels are too few for ",
                            classes, " classes, each needs one (--labels 0 alone compares none)"));
  }
  return numbers;
}

// The way of all layers, for units that are sigmoid throughout.
std::vector<LayerPlan> layer_plans(const Options& o, const std::vector<std::size_t>& sizes,
                                   const FitOptions& fit, std::size_t train_rows) {
  const Way& way = way_named(o.choice("layer-kind", way_names()));
  WayOptions options_of_way = way_options_of(o, {way.name});
  const bool is_sparse = o.text("layer-kind") == "sparse", is_rbm = o.text("layer-kind") == "rbm";
  const LayerStack stack{.layers = sizes.size() - 1, .code = Activation::sigmoid};
  std::vector<LayerPlan> plans;
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    LayerPlan plan;
    plan.options.sizes = {sizes[k]};
    // The loss is a sum over the layer's inputs, so its penalties grow with them.
    const double size = double(sizes[k - 1]) / inputs_of_mnist;
    options_of_way.beta = Real(beta_of_mnist * size);
    o.read("beta", options_of_way.beta);
    plan.options.penalties.decay = Real(is_sparse ? decay_of_mnist * size : 0);
    o.read("layer-decay", plan.options.penalties.decay);
    plan.fit = fit;
    if (is_rbm && train_rows >= few_rows) plan.fit.epochs = 10;
    o.read("pretrain-epochs", plan.fit.epochs);
    plan.fit.learning_rate = o.number("pretrain-rate");
    plan.fit.label = text("layer ", k, " of ", stack.layers);
    way.set(plan, k, stack, options_of_way);
    plans.push_back(plan);
  }
  return plans;
}

ClassifyOptions classify_options(const Options& o, const Dataset& train) {
  const std::vector<std::size_t> sizes =
      layers_of(o, train.features(), {train.features(), 200, 200});
  check_memory(sizes, o.text("optimizer"), "--layers");
  const bool has_few_rows = train.size() < few_rows;
  ClassifyOptions c;
  c.way = o.choice("layer-kind", way_names());
  FitOptions fit;
  fit.optimizer.kind = optimizer_kinds.named(o.choice("optimizer"));
  fit.schedule.kind = schedule_kinds.named(o.choice("schedule", schedule_kinds.names));
  fit.batch_size = o.size("batch");
  fit.epochs = has_few_rows ? 100 : 30;
  c.layers = layer_plans(o, sizes, fit, train.size());
  o.read("epochs", fit.epochs);
  double rate_of_few = 0.005;  // fewer steps, each larger
  fit.learning_rate = has_few_rows ? rate_of_few : 0.001;
  o.read("rate", fit.learning_rate);
  o.read("rate", rate_of_few);
  c.fine_tuning = fit;
  c.decay = Real(o.number("decay"));
  c.dropout = Real(o.number("dropout"));
  c.seed = o.size("seed");
  c.few_labels.labels = numbers_of_labels(o, train);
  c.few_labels.draws = o.size("draws");
  c.few_labels.fine_tuning = fit;
  c.few_labels.fine_tuning.learning_rate = rate_of_few;
  c.few_labels.fine_tuning.epochs = std::min<std::size_t>(15, fit.epochs);
  return c;
}

// Nothing is trained with --model: what trains would have no effect.
void check_saved_classifier_alone(const Options& o) {
  if (!o.given("model")) return;
  const std::vector<std::string> read = {"data", "rows",    "model", "predictions",
                                         "seed", "threads", "quiet"};
  for (const OptionSpec& spec : o.specs()) {
    if (o.given(spec.name) && std::find(read.begin(), read.end(), spec.name) == read.end())
      throw UsageError(text("--", spec.name, ": has no effect with --model, which trains nothing"));
  }
}

// What would be found out too late.
void check_before_classifying(const Options& o) {
  check_saved_classifier_alone(o);
  if (o.given("layer-decay") && o.text("layer-kind") == "rbm")
    throw UsageError("--layer-decay: rbm layers have a weight cost of their own");
  if (o.given("draws") && o.text("labels") == "0")
    throw UsageError("--draws: has no effect with --labels 0");
}

void print_header(const ScaledData& input, const ClassifyOptions& c) {
  const TrainTest& data = input.data;
  std::printf("%s: %zu training and %zu test examples of %zu features\n", data.train.name.c_str(),
              data.train.size(), data.test.size(), data.train.features());
  print_about(input);
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

void print_classifier(const TrainedClassifier& c, const MostFrequentClass& most_frequent) {
  if (c.name == "before") {
    std::printf("\n%-36s %8s %8s %7s %8s\n", "accuracy, %", "train", "test", "epochs", "seconds");
    std::printf("%-36s %8.2f %8.2f\n",
                text("(always class ", most_frequent.label, ", the most frequent)").c_str(),
                100 * most_frequent.train_accuracy, 100 * most_frequent.test_accuracy);
  }
  const char* const words = c.name == "before"  ? "before: softmax on fixed features"
                            : c.name == "after" ? "after: fine-tuned, every layer"
                                                : "the same from random weights";
  std::printf("%-36s %8.2f %8.2f %7zu %8.2f\n", words, 100 * c.train_accuracy,
              100 * c.test_accuracy, c.training.history.epochs.size(), c.seconds);
  std::fflush(stdout);
}

void print_few_labels(const ClassifyResults& c) {
  if (c.few_labels.rows.empty()) return;
  std::printf("\ntest accuracy with few labels, mean ± deviation of %zu draws, %.1f s\n%7s",
              c.options.few_labels.draws, c.few_labels.seconds, "labels");
  for (const std::string& method : few_label_methods()) std::printf(" %14s", method.c_str());
  for (const FewLabelsRow& row : c.few_labels.rows) {
    std::printf("\n%7zu", row.labels);
    for (const FewLabelsScore& s : row.scores)
      std::printf("   %5.2f ± %4.2f", 100 * s.mean(), 100 * s.deviation());
  }
  std::printf("\n");
}

void print_gain(const ClassifyResults& c) {
  const AccuracyGain g = c.gain();
  std::printf(
      "pretraining changed the test accuracy by %+.2f ± %.2f points%s\n", 100 * g.gain,
      100 * g.standard_error,
      g.is_doubtful()
          ? text(": too little for ", c.data.test.size(), " examples to tell from chance").c_str()
          : "");
  print_notes(c.remarks());
}

// As soon as it is trained: few labels are tried after it.
void save_fine_tuned(const Options& o, Classifier model, const ScaledData& input) {
  const ModelFacts facts{"classifier", input.scaling, input.data.train.image};
  save_classifier(o.text("out") + "/model.safetensors", model, facts);
  if (o.given("save")) save_classifier(o.text("save"), model, facts);
}

// `rows` are those that were predicted, counted in the file; all of them in order where it is
// empty.
void write_predictions(const Options& o, const std::vector<std::size_t>& rows,
                       const std::vector<int>& predicted) {
  if (!o.given("predictions")) return;
  Tensor table({predicted.size(), 2});
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    table(i, 0) = Real(rows.empty() ? i : rows[i]);
    table(i, 1) = Real(predicted[i]);
  }
  write_rows(o.text("predictions"), table, {"row", "class"});
  report_rows(o.text("predictions"), table);
}

// --model: what a saved classifier makes of data.
int predict_with_saved(const Options& o) {
  const std::string& path = o.text("model");
  SavedClassifier saved = load_classifier(path);
  const Dataset data = rows_of_data(o);
  check_features(o, path + ": the classifier", saved.model.features(), data);
  Workers workers(threads_of(o));
  const std::vector<int> predicted = saved.model.predict(saved.scaling.apply(data.X), &workers);
  std::printf("%zu examples of %s, %zu classes", data.size(), data.name.c_str(),
              saved.model.classes());
  if (data.has_labels()) std::printf(": %.2f %% are right", 100 * share_right(predicted, data));
  std::printf("\n");
  std::vector<std::size_t> rows(predicted.size());
  const std::size_t first = o.given("rows") ? parse_rows(o.text("rows")).begin : 0;
  std::iota(rows.begin(), rows.end(), first);
  write_predictions(o, rows, predicted);
  return 0;
}

int run(const Options& o) {
  check_before_classifying(o);
  if (o.given("model")) return predict_with_saved(o);
  const ScaledData input = training_data(o);
  check_classes(input.data);
  const ClassifyOptions c = classify_options(o, input.data.train);
  check_data_range(Activation::sigmoid, input.data.train.X, "");
  const std::string& out = o.text("out");
  Progress progress(!o.flag("quiet"));
  Checkpoint checkpoint = checkpoint_of("classify", o, input.data, out, progress);

  Workers workers(threads_of(o));
  const Engine engine{
      backprop_kinds.named(o.choice("backprop")), &workers, {&progress, &checkpoint}};
  print_header(input, c);
  const MostFrequentClass most_frequent = most_frequent_class(input.data);
  const auto print_and_save = [&](const TrainedClassifier& one) {
    print_classifier(one, most_frequent);
    if (one.name == "after") save_fine_tuned(o, one.model, input);
  };
  ClassifyResults result =
      run_classify(input.data, c, engine, {print_pretrained_layer, print_and_save});
  print_gain(result);
  print_few_labels(result);

  const RunFacts facts_of_run = run_facts("classify", o, workers, input.data);
  write_predictions(o, input.data.test_rows, result.after.predicted);
  std::printf("\n");
  write_run(o, out, classify_results_json(result, facts_of_run),
            pages::classify_page(result, facts_of_run), ", results.json and model.safetensors");
  return 0;
}

}  // namespace

Command classify_command() {
  return {
      "a pretrained stack with a softmax: accuracy before and after fine-tuning, and with few "
      "labels",
      read_page(text(page, data_options(), stack_options, way_options, training_options,
                     checkpoint_options, machine_options(), json_option)),
      run};
}

}  // namespace strata::cli
