#pragma once
// The experiment of `strata classify`: a stack of layers pretrained without labels, a softmax on
// its fixed codes, all of it fine-tuned through every layer; beside it the same net fine-tuned from
// random weights, and all of them with few labels. Sources: UFLDL, exercise "Stacked autoencoders"
// (784-200-200-10, sparse layers); Hinton, Osindero and Teh (2006) and Hinton and Salakhutdinov
// (2006) (784-500-500-2000-10, restricted Boltzmann machines).

#include <functional>
#include <string>
#include <vector>

#include "pretraining/classifier/few_labels.hpp"
#include "pretraining/greedy.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata {

struct ClassifyOptions {
  std::string way = "sparse";  // what the plans are called
  std::vector<LayerPlan> layers;
  FitOptions softmax{.epochs = 200};  // its epochs are iterations of L-BFGS
  FitOptions fine_tuning{};
  Real decay = Real(1e-4);  // λ of the softmax, before and in fine-tuning
  Real dropout = 0;         // in fine-tuning
  FewLabelsOptions few_labels{};
  std::uint64_t seed = 1;
};

/// Each part draws from a stream of the seed of its own.
enum ClassifyStream : std::uint64_t {
  pretraining_stream = 11,
  fine_tuning_stream,
  random_start_stream,
  few_labels_stream
};

/// A classifier, how it was trained, and what it makes of the data.
struct TrainedClassifier {
  std::string name;  // before, after, random_start
  Classifier model{};
  ClassifierHistory training{};
  std::vector<int> predicted{};  // of the test examples
  double train_accuracy = 0, test_accuracy = 0;
  double seconds = 0;  // of this stage alone
};

/// Always answering with the class that most training examples have: what a classifier must beat.
struct MostFrequentClass {
  int label = 0;
  double train_accuracy = 0, test_accuracy = 0;
};
MostFrequentClass most_frequent_class(const TrainTest& data);

/// How far apart two classifiers are on the same examples: the difference of their accuracies, and
/// its standard error, √(b + c) / m of m examples, b and c of which only one of the two has right
/// (McNemar 1947). Throws Error for lists of different lengths, or none.
struct AccuracyGain {
  double gain = 0, standard_error = 0;
  /// Whether other examples of the same kind could as well have shown the opposite.
  bool is_doubtful() const;
};
AccuracyGain accuracy_gain(const std::vector<int>& labels, const std::vector<int>& predicted,
                           const std::vector<int>& predicted_without);

struct ClassifyResults {
  TrainTest data;
  std::size_t classes = 0;
  MostFrequentClass most_frequent{};
  ClassifyOptions options;
  std::vector<GreedyStage> stages;
  double pretraining_seconds = 0;
  TrainedClassifier before;  // the softmax on fixed codes
  TrainedClassifier after;   // fine-tuned
  TrainedClassifier random_start;
  FewLabels few_labels;

  /// What pretraining brought, on the test examples.
  AccuracyGain gain() const {
    return accuracy_gain(data.test.labels, after.predicted, random_start.predicted);
  }
  /// What is to be said of the fine-tuned net besides its numbers; empty where nothing is.
  std::vector<std::string> remarks() const;
};

/// Called while it runs; each may be empty.
struct ClassifyCallbacks {
  std::function<void(std::size_t layer, const GreedyStage&)> stage_done{};  // layer counts from 1
  std::function<void(const TrainedClassifier&)> classifier_done{};
};

/// Throws Error as check_classes and check_few_labels, before any work, and as the parts do.
ClassifyResults run_classify(const TrainTest& data, const ClassifyOptions& options,
                             const Engine& engine = {}, const ClassifyCallbacks& callbacks = {});

/// A softmax on the codes of a pretrained encoder, then all of it fine-tuned: `before` and `after`.
/// Shared with `strata pretrain --classify`.
struct BeforeAndAfter {
  TrainedClassifier before, after;
};
BeforeAndAfter classify_on_stack(const TrainTest& data, const DenseAutoencoder& pretrained,
                                 const ClassifyOptions& options, const Engine& engine = {},
                                 const ClassifyCallbacks& callbacks = {});

/// The number of classes, which training and test labels share: the largest label plus one, though
/// some below it may be missing. Throws Error without labels, without test rows, and for training
/// labels that are all the same.
std::size_t check_classes(const TrainTest& data);
/// What is to be said of classes that only one of the parts has: what the accuracy leaves out, and
/// what it cannot reach.
std::vector<std::string> remarks_on_classes(const TrainTest& data);

/// entry (c, p): how many examples of class c were taken for class p.
std::vector<std::vector<std::size_t>> confusion_matrix(const std::vector<int>& labels,
                                                       const std::vector<int>& predicted,
                                                       std::size_t classes);

/// results.json, as docs/guide/classify.md describes it.
Json classify_results_json(const ClassifyResults& result, const RunFacts& facts);

}  // namespace strata
