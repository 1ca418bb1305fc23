#pragma once
// A softmax classifier on top of a pretrained encoder. First only the top is trained, on fixed codes; then the whole is
// fine-tuned, and the gradient reaches every layer (Bengio et al. 2007; UFLDL "Stacked autoencoders").

#include "autoencoders/dense_autoencoder.hpp"
#include "layers/fit.hpp"

namespace strata {

struct Classifier : Model {
  std::vector<Dense> encoder;  // copied from an autoencoder; named encoder.0, …
  Dense top;                   // to one logit a class; named softmax
  bool train_encoder = true;   // false: only the top moves

  /// Copies the encoder and draws a fresh top. Throws Error for fewer than 2 classes.
  Classifier(const DenseAutoencoder& pretrained, std::size_t classes, Rng& rng);

  std::size_t classes() const { return top.outputs(); }
  /// Those that are trained now.
  std::vector<Parameter*> parameters() override;
  /// One term, cross_entropy. Throws Error where the data has no labels.
  Objective objective(Tape& tape, Var X, Var labels, Mode mode) override;
  Var record_logits(Tape& tape, Var X, Mode mode);

  /// The class with the largest logit, for each row of X (m × features).
  std::vector<int> predict(const Tensor& X, Workers* workers = nullptr);
};

/// The share of examples whose predicted class is their label.
double accuracy(Classifier& classifier, const Dataset& data);

/// The largest label plus one. Throws Error where there are no labels or one is negative.
std::size_t class_count(const Dataset& data);

}  // namespace strata
