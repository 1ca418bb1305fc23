#include "pretraining/classifier/classifier.hpp"

#include <algorithm>

#include "layers/dropout.hpp"
#include "layers/row_pieces.hpp"
#include "pretraining/baselines/linear_probe.hpp"

namespace strata {

Classifier::Classifier(const DenseAutoencoder& pretrained, std::size_t classes, Rng& rng)
    : encoder(pretrained.encoder),
      top("softmax", pretrained.code_size(), classes, Activation::linear, rng) {
  check(classes >= 2, "classifier: ", classes, " classes; it needs at least 2");
  noise = Rng(rng.next());
}

std::vector<std::size_t> Classifier::sizes() const {
  std::vector<std::size_t> widths = {features()};
  for (const Dense& layer : encoder) widths.push_back(layer.outputs());
  widths.push_back(classes());
  return widths;
}

std::vector<Parameter*> Classifier::parameters() {
  std::vector<Parameter*> all;
  for (Dense& layer : encoder) all.insert(all.end(), {&layer.W, &layer.b});
  all.insert(all.end(), {&top.W, &top.b});
  return all;
}

Var Classifier::record_codes(Tape& tape, Var X, Mode mode) {
  Dropout leave_out(dropout, noise);
  Var a = X;
  for (Dense& layer : encoder) a = leave_out.forward(tape, layer.forward(tape, a, mode), mode);
  return a;
}

Var Classifier::record_logits(Tape& tape, Var X, Mode mode) {
  return top.forward(tape, record_codes(tape, X, mode), mode);
}

Objective Classifier::objective(Tape& tape, Var X, Var labels, Mode mode) {
  check(labels.tape != nullptr, "classifier: the data has no labels");
  std::vector<Term> terms = {
      {"cross_entropy", softmax_cross_entropy(record_logits(tape, X, mode), labels)}};
  if (decay > 0)
    terms.push_back({"weight_decay", scale(half_squared_norm(tape.parameter(top.W)), decay)});
  return sum_of_terms(std::move(terms));
}

Tensor Classifier::encode(const Tensor& X, Workers* workers) {
  return in_row_pieces(X, top.inputs(), workers, [this](Tape& tape, Var rows) {
    return record_codes(tape, rows, Mode::evaluation);
  });
}

std::vector<int> Classifier::predict(const Tensor& X, Workers* workers) {
  const Tensor logits = in_row_pieces(X, classes(), workers, [this](Tape& tape, Var rows) {
    return record_logits(tape, rows, Mode::evaluation);
  });
  std::vector<int> predicted;
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    const Real* row = logits.row(i);
    predicted.push_back(int(std::max_element(row, row + logits.cols()) - row));
  }
  return predicted;
}

namespace {

// The codes with the labels of the data.
Dataset coded(Classifier& classifier, const Dataset& data, Workers* workers) {
  return {data.name, classifier.encode(data.X, workers), data.labels, {}};
}

}  // namespace

ClassifierHistory train_top(Classifier& classifier, const Dataset& train, const Dataset* test,
                            const FitOptions& options, const Engine& engine) {
  const Dataset codes = coded(classifier, train, engine.workers);
  const Dataset test_codes = test != nullptr ? coded(classifier, *test, engine.workers) : Dataset{};
  SoftmaxRegression softmax(classifier.top.inputs(), classifier.classes(), classifier.decay);
  ClassifierHistory result;
  FitOptions fit_options = options;
  fit_options.after_epoch = [&](const EpochRecord&) {
    if (test != nullptr) result.test_accuracy.push_back(softmax.accuracy(test_codes));
    return true;
  };
  fit_options.remember = [&result](State& state) {
    state.numbers("test_accuracy", result.test_accuracy);
  };
  result.history = train_softmax(softmax, codes, fit_options, engine);
  classifier.top.W.value = softmax.layer.W.value;
  classifier.top.b.value = softmax.layer.b.value;
  return result;
}

ClassifierHistory fine_tune(Classifier& classifier, const Dataset& train, const Dataset* test,
                            Rng& rng, FitOptions options, const Engine& engine) {
  check(options.optimizer.kind != OptimizerKind::lbfgs || classifier.dropout == 0,
        "lbfgs: its line search needs an objective that stands still, but dropout draws at random "
        "each time (choose another, like adam)");
  ClassifierHistory result;
  options.after_epoch = [&, go_on = options.after_epoch](const EpochRecord& record) {
    if (test != nullptr)
      result.test_accuracy.push_back(accuracy(classifier, *test, engine.workers));
    return !go_on || go_on(record);
  };
  options.remember = [&result, remember = options.remember](State& state) {
    state.numbers("test_accuracy", result.test_accuracy);
    if (remember) remember(state);
  };
  TapeBackprop backprop(classifier, engine.workers);
  result.history = fit(backprop, train, rng, options, engine.listeners);
  return result;
}

double accuracy(Classifier& classifier, const Dataset& data, Workers* workers) {
  return share_right(classifier.predict(data.X, workers), data);
}

double share_right(const std::vector<int>& predicted, const Dataset& data) {
  check(data.has_labels(), "accuracy: the data set '", data.name, "' has no labels");
  check(predicted.size() == data.labels.size(), "accuracy: ", predicted.size(), " predictions for ",
        data.labels.size(), " labels");
  std::size_t right = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == data.labels[i];
  return double(right) / double(predicted.size());
}

std::size_t class_count(const Dataset& data) {
  check(data.has_labels(), "the data set '", data.name, "' has no labels");
  const auto [least, most] = std::minmax_element(data.labels.begin(), data.labels.end());
  check(*least >= 0, "the data set '", data.name, "' has the label ", *least,
        "; classes count from 0");
  return std::size_t(*most) + 1;
}

}  // namespace strata
