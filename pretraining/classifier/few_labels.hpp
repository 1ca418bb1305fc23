#pragma once
// What unlabelled examples are worth when labels are few: test accuracy against the number of
// labels, for
//
//   raw           softmax regression on the features of the data
//   pca           the same on PCA's codes, as many numbers as the pretrained code has
//   features      the same on the pretrained codes
//   fine_tuned    the pretrained layers with that softmax, fine-tuned on those labels
//   random_start  the same net from random weights, trained in the same way: it alone has seen
//                 nothing but the labelled examples
//
// PCA and pretraining have seen all training examples, without labels. The labelled ones are drawn
// anew several times, as many of each class; every method is given the same draws. The softmax's
// decay λ is chosen in the first draw, by cross-validation among its labelled examples alone
// (linear_probe.hpp), and kept for the others.

#include <string>
#include <vector>

#include "pretraining/classifier/classifier.hpp"

namespace strata {

struct FewLabelsOptions {
  // In all classes together; rounded down to the same number of each
  std::vector<std::size_t> labels;
  std::size_t draws = 3;
  /// Its epochs; more of them where so few labels would make fewer than `steps` steps.
  FitOptions fine_tuning{};
  std::size_t steps = 300;
};

struct FewLabelsScore {
  std::vector<double> accuracies;  // on the test examples, one a draw
  double mean() const;
  double deviation() const;  // √(Σ (a − mean)² / (draws − 1)), 0 for one draw
};

struct FewLabelsRow {
  std::size_t labels = 0;              // that were drawn
  std::vector<FewLabelsScore> scores;  // in the order of few_label_methods
};

const std::vector<std::string>& few_label_methods();

struct FewLabels {
  std::vector<FewLabelsRow> rows;  // one for each number of labels
  double seconds = 0;  // with those of runs of the program that were stopped and resumed
};

/// `pretrained` is not yet fine-tuned; its top is not looked at. A checkpoint is kept after each
/// draw, as one stage. Its decay is that of fine-tuning.
/// Throws Error as check_few_labels.
FewLabels few_labels(const TrainTest& data, const Classifier& pretrained,
                     const FewLabelsOptions& options, Rng& rng, const Engine& engine = {});

/// Throws Error where a class of `train` has fewer examples than are to be drawn of it, where there
/// are fewer labels than classes or than cross-validation needs, and for 0 draws: before any work.
void check_few_labels(const Dataset& train, const FewLabelsOptions& options);

/// Numbers of labels that suit the data: up to five of 2, 5, 10, 30, 100, 300, 1000 examples of
/// each class, the larger ones, as far as the smallest class has as many.
std::vector<std::size_t> usual_numbers_of_labels(const Dataset& train);

}  // namespace strata
