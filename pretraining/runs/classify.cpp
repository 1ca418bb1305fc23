#include "pretraining/runs/classify.hpp"

#include <algorithm>

#include "core/clock.hpp"

namespace strata {
namespace {

struct Run {
  const TrainTest& data;
  const ClassifyOptions& options;
  Workers* workers;
  const ClassifyCallbacks& news;

  FitOptions with_progress(FitOptions fit, const std::string& label) const {
    fit.progress = news.progress;
    fit.checkpoint = news.checkpoint;
    fit.stage = "classifier, " + label;
    fit.label = label;
    return fit;
  }

  void judge(TrainedClassifier& trained) const {
    trained.predicted = trained.model.predict(data.test.X, workers);
    trained.test_accuracy = share_right(trained.predicted, data.test);
    trained.train_accuracy = accuracy(trained.model, data.train, workers);
    if (news.progress != nullptr) news.progress->finish();
    if (news.classifier_done) news.classifier_done(trained);
  }

  TrainedClassifier softmax_on(Classifier model) const {
    const auto start = Clock::now();
    TrainedClassifier trained{.name = "before", .model = std::move(model)};
    trained.training = train_top(trained.model, data.train, &data.test,
                                 with_progress(options.softmax, "softmax"), workers);
    trained.seconds = seconds_since(start) + trained.training.history.earlier_seconds;
    judge(trained);
    return trained;
  }

  TrainedClassifier fine_tuned(const std::string& name, Classifier model, Rng& rng) const {
    const auto start = Clock::now();
    TrainedClassifier trained{.name = name, .model = std::move(model)};
    trained.model.dropout = options.dropout;
    const std::string label = name == "after" ? "fine-tuning" : "random start";
    trained.training = fine_tune(trained.model, data.train, &data.test, rng,
                                 with_progress(options.fine_tuning, label), workers);
    trained.seconds = seconds_since(start) + trained.training.history.earlier_seconds;
    judge(trained);
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

}  // namespace

std::size_t check_classes(const TrainTest& data) {
  const std::vector<int>& labels = data.train.labels;
  const std::size_t of_training = class_count(data.train);
  check(
      std::any_of(labels.begin(), labels.end(), [&](int label) { return label != labels.front(); }),
      "classify: the ", labels.size(), " training examples of '", data.train.name,
      "' are all of class ", labels.front(), " (two classes are needed)");
  check(data.test.size() > 0, "classify: the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows)");
  return std::max(of_training, class_count(data.test));
}

BeforeAndAfter classify_on_stack(const TrainTest& data, const DenseAutoencoder& pretrained,
                                 const ClassifyOptions& options, Workers* workers,
                                 const ClassifyCallbacks& news) {
  const Run run{data, options, workers, news};
  Rng rng(options.seed, fine_tuning_stream);
  Classifier classifier(pretrained, check_classes(data), rng);
  classifier.decay = options.decay;
  BeforeAndAfter result;
  result.before = run.softmax_on(std::move(classifier));
  result.after = run.fine_tuned("after", result.before.model, rng);
  return result;
}

ClassifyResults run_classify(const TrainTest& data, const ClassifyOptions& options,
                             const Engine& engine, const ClassifyCallbacks& news) {
  ClassifyResults result;
  result.data = data;
  result.classes = check_classes(data);
  check_few_labels(data.train, options.few_labels);  // its part comes last, after hours perhaps
  result.options = options;
  const auto start = Clock::now();
  Rng pretraining_draws(options.seed, pretraining_stream);
  std::vector<LayerPlan> plans = options.layers;
  attach(plans, news.progress, news.checkpoint);
  result.stages = pretrain_greedily(data.train, plans, pretraining_draws, engine);
  result.pretraining_seconds = seconds_since(start);
  for (const GreedyStage& stage : result.stages)
    result.pretraining_seconds += stage.history.earlier_seconds;
  if (news.progress != nullptr) news.progress->finish();
  for (std::size_t k = 0; k < result.stages.size() && news.stage_done; ++k)
    news.stage_done(k + 1, result.stages[k]);

  const DenseAutoencoder stack = unroll(result.stages);
  BeforeAndAfter on_stack = classify_on_stack(data, stack, options, engine.workers, news);
  result.before = std::move(on_stack.before);
  result.after = std::move(on_stack.after);

  Rng random_draws(options.seed, random_start_stream);
  Classifier fresh(untrained(stack, random_draws), result.classes, random_draws);
  fresh.decay = options.decay;
  const Run run{data, options, engine.workers, news};
  result.random_start = run.fine_tuned("random_start", std::move(fresh), random_draws);

  Rng few_draws(options.seed, few_labels_stream);
  FewLabelsOptions few = options.few_labels;
  few.fine_tuning.progress = news.progress;
  few.checkpoint = news.checkpoint;
  Classifier pretrained = result.before.model;
  pretrained.dropout = options.dropout;
  FewLabels compared = few_labels(data, pretrained, few, few_draws, engine.workers);
  result.few_labels = std::move(compared.rows);
  result.few_labels_seconds = compared.seconds;
  if (news.progress != nullptr) news.progress->finish();
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

}  // namespace strata
