#pragma once
// How much of the classes a straight line can read out of some features: softmax regression on few
// labelled examples,
//
//   p(c|h) = softmax(h W + b)_c,     minimise  −(1/m) Σ log p(label|h) + (λ/2) ‖W‖²
//
// The objective is convex and training starts from zeros with L-BFGS, so that nothing is left to
// chance or to taste but λ; and that is chosen by cross-validation among the labelled examples
// alone. So raw data and codes can be compared on equal terms.

#include "autoencoders/train.hpp"
#include "core/data/dataset.hpp"
#include "layers/dense.hpp"

namespace strata {

struct SoftmaxRegression : Model {
  Dense layer;  // d × classes, linear
  Real decay = 0;

  SoftmaxRegression(std::size_t features, std::size_t classes, Real decay_);
  std::vector<Parameter*> parameters() override { return {&layer.W, &layer.b}; }
  /// Terms: cross_entropy, weight_decay. Throws Error where the data has no labels.
  Objective objective(Tape& tape, Var H, Var labels, Mode mode) override;
  /// The share of examples whose largest logit is their label's. Throws Error where there are no
  /// labels.
  double accuracy(const Dataset& data) const;
};

/// Trains by L-BFGS on all examples at once. Of the options the epochs are its iterations; batch
/// size, optimiser and shuffling are its own. Throws Error as fit.
History train_softmax(SoftmaxRegression& model, const Dataset& data, FitOptions options,
                      const Engine& engine = {});

struct ProbeOptions {
  // λ is one of these; one alone is taken as it is
  std::vector<double> decays = {1e-4, 1e-3, 1e-2, 1e-1};
  std::size_t folds = 5;        // of the cross-validation
  std::size_t iterations = 60;  // of L-BFGS
  Workers* workers = nullptr;
  Listeners listeners{};  // of each training
};

struct ProbeResult {
  double accuracy = 0;  // on the test examples
  double decay = 0;     // the λ chosen
};

/// Trains on `labelled`, whose features are codes or raw data, and judges on `test`. A test label
/// of a class that is not below `classes` counts as an error. Throws Error for fewer labelled
/// examples than folds (where there is a λ to choose), no labels on either side, and labelled
/// classes that are not below `classes`.
ProbeResult linear_probe(const Dataset& labelled, const Dataset& test, std::size_t classes,
                         const ProbeOptions& options = {});

/// `each` examples of every class, drawn at random; in the order of the data. Throws Error where a
/// class has fewer.
std::vector<std::size_t> draw_of_each_class(const std::vector<int>& labels, std::size_t each,
                                            Rng& rng);

}  // namespace strata
