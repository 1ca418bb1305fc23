#include "pretraining/baselines/linear_probe.hpp"

#include <algorithm>
#include <map>

#include "core/math/matmul.hpp"

namespace strata {

SoftmaxRegression::SoftmaxRegression(std::size_t features, std::size_t classes, Real decay_)
    : decay(decay_) {
  check(classes >= 2, "softmax regression: ", classes, " classes; it needs at least 2");
  layer.W = Parameter("softmax.W", Tensor({features, classes}), true);
  layer.b = Parameter("softmax.b", Tensor({classes}), false);
  layer.activation = Activation::linear;
}

Objective SoftmaxRegression::objective(Tape& tape, Var H, Var labels, Mode mode) {
  check(labels.tape != nullptr, "softmax regression: the data has no labels");
  const Var logits = layer.forward(tape, H, mode);
  const Var penalty = scale(half_squared_norm(tape.parameter(layer.W)), decay);
  return sum_of_terms(
      {{"cross_entropy", softmax_cross_entropy(logits, labels)}, {"weight_decay", penalty}});
}

double SoftmaxRegression::accuracy(const Dataset& data) const {
  check(data.has_labels(), "softmax regression: the data set '", data.name, "' has no labels");
  const Tensor products = matmul(data.X, layer.W.value);
  std::size_t right = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    std::size_t best = 0;
    const auto logit = [&](std::size_t c) { return products(i, c) + layer.b.value[c]; };
    for (std::size_t c = 1; c < layer.outputs(); ++c) {
      if (logit(c) > logit(best)) best = c;
    }
    right += int(best) == data.labels[i];
  }
  return double(right) / double(data.size());
}

History train_softmax(SoftmaxRegression& model, const Dataset& data, FitOptions options,
                      const Engine& engine) {
  options.batch_size = data.size();
  options.optimizer.kind = OptimizerKind::lbfgs;
  options.shuffle = false;
  TapeBackprop backprop(model, engine.workers);
  Rng unused(0);
  return fit(backprop, data, unused, options, engine.listeners);
}

static SoftmaxRegression trained(const Dataset& data, std::size_t classes, double decay,
                                 const ProbeOptions& o) {
  SoftmaxRegression model(data.features(), classes, Real(decay));
  FitOptions fit_options;
  fit_options.epochs = o.iterations;
  fit_options.label = "softmax regression";
  train_softmax(model, data, fit_options, {.workers = o.workers, .listeners = o.listeners});
  return model;
}

// The λ whose models are right most often about the labelled examples that they have not seen.
static double decay_by_cross_validation(const Dataset& labelled, std::size_t classes,
                                        const ProbeOptions& o) {
  check(o.folds >= 2 && labelled.size() >= o.folds, "linear probe: ", labelled.size(),
        " labelled examples for ", o.folds,
        " folds (it takes 2 folds or more, and a labelled example for each at least)");
  double best_right = -1, best_decay = 0;
  for (const double decay : o.decays) {
    double right = 0;
    for (std::size_t fold = 0; fold < o.folds; ++fold) {
      const TrainTest split = split_every(labelled, o.folds, fold);
      right +=
          trained(split.train, classes, decay, o).accuracy(split.test) * double(split.test.size());
    }
    if (right <= best_right) continue;
    best_right = right;
    best_decay = decay;
  }
  return best_decay;
}

ProbeResult linear_probe(const Dataset& labelled, const Dataset& test, std::size_t classes,
                         const ProbeOptions& o) {
  check(!o.decays.empty(), "linear probe: no decay to choose from");
  ProbeResult result;
  result.decay =
      o.decays.size() == 1 ? o.decays.front() : decay_by_cross_validation(labelled, classes, o);
  result.accuracy = trained(labelled, classes, result.decay, o).accuracy(test);
  return result;
}

std::vector<std::size_t> draw_of_each_class(const std::vector<int>& labels, std::size_t each,
                                            Rng& rng) {
  std::map<int, std::vector<std::size_t>> by_class;
  for (std::size_t i = 0; i < labels.size(); ++i) by_class[labels[i]].push_back(i);
  std::vector<std::size_t> drawn;
  for (auto& members : by_class) {
    check(members.second.size() >= each, "class ", members.first, " has ", members.second.size(),
          " examples, not ", each);
    rng.shuffle(members.second);
    drawn.insert(drawn.end(), members.second.begin(),
                 members.second.begin() + std::ptrdiff_t(each));
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace strata
