#include "pretraining/cli/commands/classify_options.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/way_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/ways.hpp"

namespace strata::cli {

namespace {

// Penalties of a sparse layer with 784 inputs. β is UFLDL's. Its decay of 0.003 leaves the second
// layer little to tell, trained by Adam: 74 % with the softmax on fixed features of 20000 MNIST
// pictures, where 6000 pictures and this decay give 87 %.
constexpr double inputs_of_mnist = 784, beta_of_mnist = 3, decay_of_mnist = 1e-5;
// A data set with fewer needs more epochs for as many steps
constexpr std::size_t few_rows = 10000;

}  // namespace

CommandLine classify_command_line() {
  const ClassifyOptions d;  // the defaults
  const std::vector<OptionSpec> stack = {{"layers", "D-…-K", "",
                                          "layer sizes from the features to the softmax's inputs "
                                          "(default: the features, then 200-200)"},
                                         {"layer-kind", "KIND", d.way,
                                          "how each layer is pretrained: plain, sparse (--rho, "
                                          "--beta), denoising (--corruption, --noise) or "
                                          "rbm (--cd, --persistent): a deep belief net"}};
  const std::vector<OptionSpec> training = {
      {"layer-decay", "W", "",
       "weight of the L2 term of each layer while it is pretrained (default: of a sparse layer "
       "1e-5 times "
       "its inputs / 784, else 0)"},
      {"decay", "W", number_text(double(d.decay)),
       "weight of the softmax's L2 term, on fixed features and in fine-tuning"},
      {"dropout", "P", "0.2", "in fine-tuning: the probability that an activation is left out"},
      {"pretrain-epochs", "N", "",
       "passes over the training rows for each layer (default: 30, of rbm layers 10; of fewer than "
       "10000 "
       "rows 100)"},
      {"epochs", "N", "", "passes of fine-tuning (default: 30, or 100 of fewer than 10000 rows)"},
      {"batch", "N", "100", "examples a step"},
      {"pretrain-rate", "R", "0.02", "learning rate of pretraining (" + usual_rbm_rates() + ")"},
      {"rate", "R", "",
       "learning rate of fine-tuning (default: 0.001; of fewer than 10000 rows, and with few "
       "labels, 0.005)"},
      {"optimizer", "NAME", "adam", "sgd momentum nesterov adagrad rmsprop adam adamw"},
      {"schedule", "NAME", "one_cycle", "of the learning rate: constant step cosine one_cycle"},
      {"labels", "A,B,…", "",
       "numbers of labels to compare with few of them; 0: none (default: what suits the data)"},
      {"draws", "N", std::to_string(d.few_labels.draws), "how often the few labels are drawn"},
      {"model", "FILE", "",
       "trains nothing: this saved classifier's accuracy on the rows of --data"},
      {"predictions", "FILE", "",
       "the class of each test row, or of each row that --model is given: .csv or .npy"},
      {"out", "FOLDER", "build/classify",
       "where results.json, report.html and model.safetensors go"},
      {"save", "FILE", "", "the fine-tuned classifier once more, under another name"}};
  return {"strata classify [options]",
          "Pretrains a stack of layers without labels, trains a softmax on its fixed codes, then "
          "fine-tunes "
          "every layer, and tells the test accuracy before and after; beside them that of a random "
          "start, and "
          "what labels are worth when there are few. Writes a page.",
          {},
          join({data_specs(), stack,
                way_specs({.rho = Real(0.1)}, "of each layer 3 times its inputs / 784"), training,
                checkpoint_specs(), machine_specs(), json_specs()}),
          0,
          0};
}

namespace {

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
  WayOptions options_of_way = way_options(o, {way.name});
  const double rate = o.number("pretrain-rate", 0, 1e6, Ends::open_low);
  const bool is_sparse = o.text("layer-kind") == "sparse", is_rbm = o.text("layer-kind") == "rbm";
  const LayerStack stack{.layers = sizes.size() - 1, .code = Activation::sigmoid};
  std::vector<LayerPlan> plans;
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    LayerPlan plan;
    plan.options.sizes = {sizes[k]};
    // The loss is a sum over the layer's inputs, so its penalties grow with them.
    const double size = double(sizes[k - 1]) / inputs_of_mnist;
    options_of_way.beta = Real(o.given("beta") ? o.number("beta", 0) : beta_of_mnist * size);
    plan.options.penalties.decay = Real(is_sparse ? decay_of_mnist * size : 0);
    if (o.given("layer-decay")) plan.options.penalties.decay = Real(o.number("layer-decay", 0));
    plan.fit = fit;
    if (is_rbm && train_rows >= few_rows) plan.fit.epochs = 10;
    if (o.given("pretrain-epochs")) plan.fit.epochs = o.size("pretrain-epochs");
    plan.fit.learning_rate = rate;
    plan.fit.label = text("layer ", k, " of ", stack.layers);
    way.set(plan, k, stack, options_of_way);
    plans.push_back(plan);
  }
  return plans;
}

}  // namespace

ClassifyOptions classify_options(const Options& o, const Dataset& train) {
  std::vector<std::size_t> sizes = {train.features(), 200, 200};
  if (o.given("layers")) sizes = parse_layers(o.text("layers"));
  if (sizes.front() != train.features()) {
    throw UsageError(text("--layers ", o.text("layers"), ": the data has ", train.features(),
                          " features, so the layers begin with ", train.features()));
  }
  check_memory(sizes, o.text("optimizer"), "--layers");
  ClassifyOptions c;
  c.way = o.choice("layer-kind", way_names());
  FitOptions fit;
  fit.optimizer.kind = optimizer_named(o.choice(
      "optimizer", {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"}));
  fit.schedule.kind = schedule_named(o.choice("schedule", schedule_names()));
  fit.batch_size = o.size("batch", 1);
  fit.epochs = train.size() < few_rows ? 100 : 30;
  c.layers = layer_plans(o, sizes, fit, train.size());
  c.fine_tuning = fit;
  if (o.given("epochs")) c.fine_tuning.epochs = o.size("epochs");
  const double given_rate = o.given("rate") ? o.number("rate", 0, 1e6, Ends::open_low) : 0;
  const double rate_of_few = o.given("rate") ? given_rate : 0.005;  // fewer steps, each larger
  c.fine_tuning.learning_rate = o.given("rate")           ? given_rate
                                : train.size() < few_rows ? rate_of_few
                                                          : 0.001;
  c.decay = Real(o.number("decay", 0));
  c.dropout = Real(o.number("dropout", 0, 1, Ends::open_high));
  c.seed = seed_of(o);
  c.few_labels.labels = numbers_of_labels(o, train);
  c.few_labels.draws = o.size("draws", 1);
  c.few_labels.fine_tuning = c.fine_tuning;
  c.few_labels.fine_tuning.learning_rate = rate_of_few;
  c.few_labels.fine_tuning.epochs = std::min<std::size_t>(15, c.fine_tuning.epochs);
  return c;
}

namespace {

// Nothing is trained with --model: what trains would have no effect.
void check_saved_classifier_alone(const Options& o) {
  if (!o.given("model")) return;
  const std::vector<std::string> read = {"data", "rows",    "model", "predictions",
                                         "seed", "threads", "quiet"};
  for (const OptionSpec& spec : classify_command_line().specs) {
    if (o.given(spec.name) && std::find(read.begin(), read.end(), spec.name) == read.end())
      throw UsageError(text("--", spec.name, ": has no effect with --model, which trains nothing"));
  }
}

}  // namespace

// What would be found out too late.
void check_before_classifying(const Options& o) {
  check_can_save_model(o, "save");
  check_ending(o, "predictions", {".csv", ".npy"});
  check_can_write(o, {"json"});
  check_saved_classifier_alone(o);
  if (o.given("layer-decay") && o.text("layer-kind") == "rbm")
    throw UsageError("--layer-decay: rbm layers have a weight cost of their own");
  if (o.given("draws") && o.text("labels") == "0")
    throw UsageError("--draws: has no effect with --labels 0");
}

}  // namespace strata::cli
