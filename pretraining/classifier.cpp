#include "pretraining/classifier.hpp"

#include <algorithm>

#include "layers/row_pieces.hpp"

namespace strata {

Classifier::Classifier(const DenseAutoencoder& pretrained, std::size_t classes, Rng& rng)
    : encoder(pretrained.encoder), top("softmax", pretrained.code_size(), classes, Activation::linear, rng) {
  check(classes >= 2, "classifier: ", classes, " classes; it needs at least 2");
}

std::vector<Parameter*> Classifier::parameters() {
  std::vector<Parameter*> all;
  if (train_encoder) {
    for (Dense& layer : encoder) all.insert(all.end(), {&layer.W, &layer.b});
  }
  all.insert(all.end(), {&top.W, &top.b});
  return all;
}

Var Classifier::record_logits(Tape& tape, Var X, Mode mode) {
  Var a = X;
  for (Dense& layer : encoder) a = layer.forward(tape, a, mode);
  return top.forward(tape, a, mode);
}

Objective Classifier::objective(Tape& tape, Var X, Var labels, Mode mode) {
  check(labels.tape != nullptr, "classifier: the data has no labels");
  return sum_of_terms({{"cross_entropy", softmax_cross_entropy(record_logits(tape, X, mode), labels)}});
}

std::vector<int> Classifier::predict(const Tensor& X, Workers* workers) {
  const Tensor logits = in_row_pieces(X, this->classes(), workers, [this](Tape& tape, Var rows) {
    return record_logits(tape, rows, Mode::evaluation);
  });
  std::vector<int> classes;
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    const Real* row = logits.row(i);
    classes.push_back(int(std::max_element(row, row + logits.cols()) - row));
  }
  return classes;
}

double accuracy(Classifier& classifier, const Dataset& data) {
  check(data.has_labels(), "accuracy: the data set '", data.name, "' has no labels");
  const std::vector<int> predicted = classifier.predict(data.X);
  std::size_t right = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == data.labels[i];
  return double(right) / double(predicted.size());
}

std::size_t class_count(const Dataset& data) {
  check(data.has_labels(), "the data set '", data.name, "' has no labels");
  const auto [least, most] = std::minmax_element(data.labels.begin(), data.labels.end());
  check(*least >= 0, "the data set '", data.name, "' has the label ", *least, "; classes count from 0");
  return std::size_t(*most) + 1;
}

}  // namespace strata
