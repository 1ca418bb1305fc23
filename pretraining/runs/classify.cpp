#include "pretraining/runs/classify.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "core/clock.hpp"

namespace strata {
namespace {

struct Run {
  const TrainTest& data;
  const ClassifyOptions& options;
  const Engine& engine;
  const ClassifyCallbacks& callbacks;

  // Without a generator the softmax alone is trained, with one everything is fine-tuned.
  TrainedClassifier trained(const std::string& name, const std::string& label, Classifier model,
                            Rng* rng) const {
    const auto start = Clock::now();
    TrainedClassifier trained{.name = name, .model = std::move(model)};
    if (rng != nullptr) trained.model.dropout = options.dropout;
    FitOptions fit = rng == nullptr ? options.softmax : options.fine_tuning;
    fit.stage = "classifier, " + label;
    fit.label = label;
    trained.training = rng == nullptr
                           ? train_top(trained.model, data.train, &data.test, fit, engine)
                           : fine_tune(trained.model, data.train, &data.test, *rng, fit, engine);
    trained.seconds = seconds_since(start) + trained.training.history.earlier_seconds;
    trained.predicted = trained.model.predict(data.test.X, engine.workers);
    trained.test_accuracy = share_right(trained.predicted, data.test);
    trained.train_accuracy = accuracy(trained.model, data.train, engine.workers);
    engine.listeners.clear_line();
    if (callbacks.classifier_done) callbacks.classifier_done(trained);
    return trained;
  }
};

// The layers of the plan with random weights.
DenseAutoencoder untrained(const DenseAutoencoder& stack, Rng& rng) {
  DenseAutoencoderOptions options;
  options.sizes = stack.sizes();
  DenseAutoencoder fresh(options, rng);
  for (std::size_t k = 0; k < fresh.encoder.size(); ++k) {
    fresh.encoder[k].activation = stack.encoder[k].activation;
  }
  return fresh;
}

// "class 3", "classes 1, 2 and 4", of many the first ten.
std::string named_classes(const std::vector<int>& classes) {
  constexpr std::size_t most = 10;
  if (classes.size() == 1) return text("class ", classes.front());
  std::string names = "classes ";
  const std::size_t shown = std::min(classes.size(), most);
  for (std::size_t k = 0; k < shown; ++k)
    names += text(k == 0 ? "" : k + 1 == classes.size() ? " and " : ", ", classes[k]);
  return names + (classes.size() > most ? text(" … (", classes.size(), " in all)") : "");
}

}  // namespace

std::size_t check_classes(const TrainTest& data) {
  const std::vector<int>& labels = data.train.labels;
  const std::size_t of_training = class_count(data.train);
  check(
      std::any_of(labels.begin(), labels.end(), [&](int label) { return label != labels.front(); }),
      "classify: the ", labels.size(), " training examples of '", data.train.name,
      "' are all of class ", labels.front(), " (two classes are needed)");
  check(data.test.size() > 0, "classify: the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows, or a test set of its own: --test)");
  return std::max(of_training, class_count(data.test));
}

MostFrequentClass most_frequent_class(const TrainTest& data) {
  std::map<int, std::size_t> counts;
  for (int label : data.train.labels) ++counts[label];
  MostFrequentClass most;
  std::size_t largest = 0;
  for (const auto& [label, count] : counts) {
    if (count > largest) {
      largest = count;
      most.label = label;
    }
  }
  const auto share = [&](const Dataset& rows) {
    return share_right(std::vector<int>(rows.size(), most.label), rows);
  };
  most.train_accuracy = share(data.train);
  most.test_accuracy = share(data.test);
  return most;
}

AccuracyGain accuracy_gain(const std::vector<int>& labels, const std::vector<int>& predicted,
                           const std::vector<int>& predicted_without) {
  check(!labels.empty() && predicted.size() == labels.size() &&
            predicted_without.size() == labels.size(),
        "accuracy gain: ", predicted.size(), " and ", predicted_without.size(), " predictions for ",
        labels.size(), " labels");
  double only_with = 0, only_without = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool with = predicted[i] == labels[i], without = predicted_without[i] == labels[i];
    only_with += with && !without;
    only_without += without && !with;
  }
  const double m = double(labels.size());
  return {(only_with - only_without) / m, std::sqrt(only_with + only_without) / m};
}

bool AccuracyGain::is_doubtful() const {
  return std::abs(gain) <= 2 * standard_error;
}

std::vector<std::string> remarks_on_classes(const TrainTest& data) {
  const std::set<int> trained(data.train.labels.begin(), data.train.labels.end());
  const std::set<int> tested(data.test.labels.begin(), data.test.labels.end());
  std::vector<int> untested, unseen;
  std::set_difference(trained.begin(), trained.end(), tested.begin(), tested.end(),
                      std::back_inserter(untested));
  std::set_difference(tested.begin(), tested.end(), trained.begin(), trained.end(),
                      std::back_inserter(unseen));
  std::vector<std::string> remarks;
  if (!untested.empty()) remarks.push_back("the test rows lack " + named_classes(untested));
  if (!unseen.empty()) {
    remarks.push_back("the training rows lack " + named_classes(unseen) + ", so " +
                      (unseen.size() == 1 ? "its" : "their") +
                      " test rows cannot be predicted right");
  }
  return remarks;
}

std::vector<std::string> ClassifyResults::remarks() const {
  std::vector<std::string> remarks = remarks_on_classes(data);
  if (after.test_accuracy <= most_frequent.test_accuracy) {
    remarks.push_back(text("always answering ", most_frequent.label,
                           ", the most frequent class, is right as often on the test examples: the "
                           "net has found nothing that tells the classes apart"));
  }
  return remarks;
}

BeforeAndAfter classify_on_stack(const TrainTest& data, const DenseAutoencoder& pretrained,
                                 const ClassifyOptions& options, const Engine& engine,
                                 const ClassifyCallbacks& callbacks) {
  const Run run{data, options, engine, callbacks};
  Rng rng(options.seed, fine_tuning_stream);
  Classifier classifier(pretrained, check_classes(data), rng);
  classifier.decay = options.decay;
  BeforeAndAfter result;
  result.before = run.trained("before", "softmax", std::move(classifier), nullptr);
  result.after = run.trained("after", "fine-tuning", result.before.model, &rng);
  return result;
}

ClassifyResults run_classify(const TrainTest& data, const ClassifyOptions& options,
                             const Engine& engine, const ClassifyCallbacks& callbacks) {
  ClassifyResults result;
  result.data = data;
  result.classes = check_classes(data);
  result.most_frequent = most_frequent_class(data);
  check_few_labels(data.train, options.few_labels);  // its part comes last, after hours perhaps
  result.options = options;
  const auto start = Clock::now();
  Rng pretraining_draws(options.seed, pretraining_stream);
  result.stages = pretrain_greedily(data.train, options.layers, pretraining_draws, engine);
  result.pretraining_seconds = seconds_since(start);
  for (const GreedyStage& stage : result.stages)
    result.pretraining_seconds += stage.history.earlier_seconds;
  engine.listeners.clear_line();
  for (std::size_t k = 0; k < result.stages.size() && callbacks.stage_done; ++k)
    callbacks.stage_done(k + 1, result.stages[k]);

  const DenseAutoencoder stack = unroll(result.stages);
  BeforeAndAfter on_stack = classify_on_stack(data, stack, options, engine, callbacks);
  result.before = std::move(on_stack.before);
  result.after = std::move(on_stack.after);

  Rng random_draws(options.seed, random_start_stream);
  Classifier fresh(untrained(stack, random_draws), result.classes, random_draws);
  fresh.decay = options.decay;
  const Run run{data, options, engine, callbacks};
  result.random_start =
      run.trained("random_start", "random start", std::move(fresh), &random_draws);

  Rng few_draws(options.seed, few_labels_stream);
  Classifier pretrained = result.before.model;
  pretrained.dropout = options.dropout;
  result.few_labels = few_labels(data, pretrained, options.few_labels, few_draws, engine);
  engine.listeners.clear_line();
  return result;
}

std::vector<std::vector<std::size_t>> confusion_matrix(const std::vector<int>& labels,
                                                       const std::vector<int>& predicted,
                                                       std::size_t classes) {
  check(labels.size() == predicted.size(), "confusion matrix: ", labels.size(), " labels but ",
        predicted.size(), " predictions");
  std::vector<std::vector<std::size_t>> counts(classes, std::vector<std::size_t>(classes, 0));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t c = std::size_t(labels[i]), p = std::size_t(predicted[i]);
    check(c < classes && p < classes, "confusion matrix: class ", std::max(c, p), " of ", classes);
    ++counts[c][p];
  }
  return counts;
}

// ---- results.json
namespace {

Json stages_json(const ClassifyResults& c) {
  Json stages = Json::array();
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    stages.push(Json::object({{"layer", k + 1},
                              {"inputs", stage.autoencoder->features()},
                              {"units", stage.autoencoder->code_size()},
                              {"trained_weights", stage.trained_weights},
                              {"epochs", stage.history.epochs.size()},
                              {"error", stage.error},
                              {"seconds", stage.history.seconds}}));
  }
  return stages;
}

// Of each epoch, or iteration.
Json training_json(const TrainedClassifier& trained) {
  Json losses = Json::array();
  for (const EpochRecord& record : trained.training.history.epochs) losses.push(record.loss);
  return Json::object({{"epochs", trained.training.history.epochs.size()},
                       {"train_accuracy", trained.train_accuracy},
                       {"test_accuracy", trained.test_accuracy},
                       {"seconds", trained.seconds},
                       {"loss_by_epoch", losses},
                       {"test_accuracy_by_epoch", json_list(trained.training.test_accuracy)}});
}

Json few_labels_json(const ClassifyResults& c) {
  Json rows = Json::array();
  for (const FewLabelsRow& row : c.few_labels.rows) {
    Json one = Json::object({{"labels", row.labels}});
    for (std::size_t m = 0; m < row.scores.size(); ++m) {
      const FewLabelsScore& score = row.scores[m];
      one[few_label_methods()[m]] = Json::object({{"mean", score.mean()},
                                                  {"deviation", score.deviation()},
                                                  {"draws", json_list(score.accuracies)}});
    }
    rows.push(one);
  }
  return rows;
}

Json confusion_json(const ClassifyResults& c, const TrainedClassifier& trained) {
  Json rows = Json::array();
  for (const auto& counts : confusion_matrix(c.data.test.labels, trained.predicted, c.classes))
    rows.push(json_list(counts));
  return rows;
}

}  // namespace

Json classify_results_json(const ClassifyResults& c, const RunFacts& facts) {
  const ClassifyOptions& o = c.options;
  Json json = results_head_json("classify", facts, o.seed, c.data.train, c.data.test);
  json["data"]["classes"] = c.classes;
  json["layers"] = json_list(c.after.model.sizes());
  json["layer_kind"] = o.way;
  json["test_accuracy_before"] = c.before.test_accuracy;
  json["test_accuracy_after"] = c.after.test_accuracy;
  json["test_accuracy_random_start"] = c.random_start.test_accuracy;
  json["test_accuracy_most_frequent_class"] = c.most_frequent.test_accuracy;
  json["gain"] = c.gain().gain;
  json["gain_standard_error"] = c.gain().standard_error;
  json["remarks"] = json_list(c.remarks());
  json["seconds"] = c.pretraining_seconds + c.before.seconds + c.after.seconds;
  json["pretraining_seconds"] = c.pretraining_seconds;
  json["stages"] = stages_json(c);
  json["before"] = training_json(c.before);
  json["after"] = training_json(c.after);
  json["random_start"] = training_json(c.random_start);
  json["confusion_before"] = confusion_json(c, c.before);
  json["confusion_after"] = confusion_json(c, c.after);
  json["few_labels"] = few_labels_json(c);
  json["few_labels_seconds"] = c.few_labels.seconds;
  return json;
}

}  // namespace strata
