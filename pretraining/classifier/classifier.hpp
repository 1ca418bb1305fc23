#pragma once
// A softmax classifier on top of a pretrained encoder (Bengio et al. 2007; UFLDL "Stacked
// autoencoders"):
//
//   h = encoder(x),   p(c|x) = softmax(h W + b)_c,   minimise  −(1/m) Σ log p(label|x) + (λ/2) ‖W‖²
//
// First the softmax alone is trained on fixed codes, which is a convex problem; then the whole is
// fine-tuned, and the gradient reaches every layer. The decay is on the softmax only: the layers
// keep what pretraining gave them, unless labels ask for more.

#include "autoencoders/train.hpp"

namespace strata {

struct Classifier : Model {
  std::vector<Dense> encoder;  // copied from an autoencoder; named encoder.0, …
  Dense top;                   // to one logit a class; named softmax
  Real decay = 0;              // λ
  // In fine-tuning: how probably an encoder's activation is left out (layers/dropout.hpp)
  Real dropout = 0;
  // Draws what is left out. Like the parameters it must stay where it is while a tape is in use.
  Rng noise{0};

  Classifier() = default;
  /// Copies the encoder and draws a fresh top. Throws Error for fewer than 2 classes.
  Classifier(const DenseAutoencoder& pretrained, std::size_t classes, Rng& rng);

  std::size_t features() const { return encoder.front().inputs(); }
  std::size_t classes() const { return top.outputs(); }
  /// The widths from the features to the classes: 784, 200, 200, 10.
  std::vector<std::size_t> sizes() const;
  std::vector<Parameter*> parameters() override;
  std::vector<Rng*> generators() override { return {&noise}; }
  /// Terms: cross_entropy; then weight_decay where λ is above 0. Throws Error where the data has no
  /// labels.
  Objective objective(Tape& tape, Var X, Var labels, Mode mode) override;
  // The steps of objective and predict: codes (m × code), then logits (m × classes).
  Var record_codes(Tape& tape, Var X, Mode mode);
  Var record_logits(Tape& tape, Var X, Mode mode);

  /// What the softmax is given (m × code), for X (m × features).
  Tensor encode(const Tensor& X, Workers* workers = nullptr);
  /// The class with the largest logit, for each row of X (m × features).
  std::vector<int> predict(const Tensor& X, Workers* workers = nullptr);
};

/// A stage of a classifier's training, with its accuracy on the test examples after each epoch. The
/// test examples decide nothing.
struct ClassifierHistory {
  History history;
  std::vector<double> test_accuracy;
};

/// Trains the top alone, on codes that are computed once: softmax regression from zeros by L-BFGS
/// (pretraining/baselines/linear_probe.hpp). Of the options the epochs, which are its
/// iterations, the label and the stage count. `test` may be null.
ClassifierHistory train_top(Classifier& classifier, const Dataset& train, const Dataset* test,
                            const FitOptions& options, const Engine& engine = {});

/// Trains every layer. `test` may be null. Throws Error as fit, and for lbfgs with dropout.
ClassifierHistory fine_tune(Classifier& classifier, const Dataset& train, const Dataset* test,
                            Rng& rng, FitOptions options, const Engine& engine = {});

/// The share of examples whose predicted class is their label. Throws Error where there are no
/// labels.
double accuracy(Classifier& classifier, const Dataset& data, Workers* workers = nullptr);
/// The share of predictions that are the label. Throws Error where there are no labels, or not as
/// many.
double share_right(const std::vector<int>& predicted, const Dataset& data);

/// The largest label plus one. Throws Error where there are no labels or one is negative.
std::size_t class_count(const Dataset& data);

}  // namespace strata
