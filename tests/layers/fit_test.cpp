#include "layers/fit.hpp"

#include <doctest/doctest.h>

#include "core/data/toy_sets.hpp"
#include "layers/dense.hpp"
#include "layers/dropout.hpp"
#include "layers/sequential.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// One dense layer that learns to reproduce its input, and a softmax classifier: the smallest models
// there are.
struct Copier : Model {
  Dense layer;
  explicit Copier(Rng& rng, std::size_t d = 2) : layer("copy", d, d, Activation::linear, rng) {}
  std::vector<Parameter*> parameters() override { return layer.parameters(); }
  Objective objective(Tape& tape, Var X, Var, Mode mode) override {
    return sum_of_terms({{"reconstruction", half_mse(layer.forward(tape, X, mode), X)}});
  }
};

struct Softmax : Model {
  Sequential net;
  std::vector<Parameter*> parameters() override { return net.parameters(); }
  Objective objective(Tape& tape, Var X, Var labels, Mode mode) override {
    return sum_of_terms(
        {{"cross_entropy", softmax_cross_entropy(net.forward(tape, X, mode), labels)}});
  }
};

Dataset some_data(std::size_t n = 50) {
  Rng rng(8);
  Dataset data;
  data.name = "some";
  data.X = normal_tensor({n, 2}, rng);
  return data;
}

}  // namespace

TEST_CASE("a linear layer learns to copy, and its loss is reported as it falls") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.epochs = 200;
  options.batch_size = 16;  // 50 examples: the last batch has 2
  options.learning_rate = 0.02;
  const History history = fit(backprop, some_data(), rng, options);
  CHECK(history.epochs.size() == 200);
  CHECK(history.epochs.back().loss < 1e-3);
  CHECK(history.epochs.back().loss < history.epochs.front().loss);
  CHECK(history.epochs.back().terms[0].name == "reconstruction");
  check_close(model.layer.W.value(0, 0), 1, 0.05);
}

TEST_CASE("the last short batch is trained on, and every example counts once in the epoch's loss") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.epochs = 1;
  options.learning_rate = 1e-12;  // stays where it is
  const Dataset data = some_data(7);
  options.batch_size = 7;
  const double whole = fit(backprop, data, rng, options).epochs[0].loss;
  options.batch_size = 3;  // 3 + 3 + 1
  CHECK(is_close(fit(backprop, data, rng, options).epochs[0].loss, whole, by_real(1e-9, 1e-5)));
}

TEST_CASE("the same seed gives the same bits; another seed does not") {
  const auto trained = [](std::uint64_t seed) {
    Rng rng(seed);
    Copier model(rng);
    TapeBackprop backprop(model);
    FitOptions options;
    options.epochs = 3;
    fit(backprop, some_data(), rng, options);
    return model.layer.W.value.values;
  };
  CHECK(trained(1) == trained(1));
  CHECK(trained(1) != trained(2));
}

TEST_CASE("a classifier with dropout separates blobs") {
  Rng rng(3);
  const Dataset data = blobs(300, 2, 3, 0.3, rng);
  Softmax model;
  model.net.add(Dense("hidden", 2, 16, Activation::relu, rng, Initializer::he));
  model.net.add(Dropout(Real(0.2), rng));
  model.net.add(Dense("output", 16, 3, Activation::linear, rng));
  TapeBackprop backprop(model);
  FitOptions options;
  options.epochs = 60;
  options.learning_rate = 0.02;
  const History history = fit(backprop, data, rng, options);
  const double evaluated = total_of(backprop.evaluate({data.X, data.labels}));
  CHECK(evaluated < 0.2);
  CHECK(evaluated < history.epochs.back().loss);  // no units are dropped in evaluation
  CHECK(total_of(backprop.evaluate({data.X, data.labels})) == evaluated);
}

TEST_CASE("early stopping restores the parameters of the best epoch") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  const Dataset data = some_data();
  Dataset opposite =
      data;  // a validation set that gets worse from some epoch on: the model should not copy it
  for (std::size_t i = 0; i < opposite.X.size(); ++i)
    opposite.X[i] = Real(0.01) * data.X[i] + Real(5);
  FitOptions options;
  options.epochs = 100;
  options.learning_rate = 0.05;
  options.validation = &opposite;
  options.patience = 3;
  std::vector<std::vector<Real>> after;
  options.after_epoch = [&](const EpochRecord&) {
    after.push_back(model.layer.W.value.values);
    return true;
  };
  const History history = fit(backprop, data, rng, options);
  CHECK(history.best_epoch >= 1);
  CHECK(model.layer.W.value.values == after[history.best_epoch - 1]);
  for (const EpochRecord& e : history.epochs)
    CHECK(e.validation_loss >= history.epochs[history.best_epoch - 1].validation_loss);
  if (history.stopped_early) CHECK(history.epochs.size() == history.best_epoch + 3);
}

TEST_CASE("a callback can stop the training") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.after_epoch = [](const EpochRecord& e) { return e.epoch < 4; };
  const History history = fit(backprop, some_data(), rng, options);
  CHECK(history.epochs.size() == 4);
  CHECK(history.stopped_early);
}

TEST_CASE(
    "training stops at the first number that is not finite, naming epoch, batch, node and source "
    "line") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.optimizer.kind = OptimizerKind::sgd;
  options.learning_rate = 1e30;
  options.label = "copier";
  const std::string error = error_of([&] { fit(backprop, some_data(), rng, options); });
  CAPTURE(error);
  CHECK(error.find("copier: epoch ") == 0);
  CHECK(error.find(", batch ") != std::string::npos);
  CHECK(error.find("is not finite; the first value that is not finite is node ") !=
        std::string::npos);
  CHECK(error.find("made at ") != std::string::npos);
  CHECK(error.find("try a smaller learning rate") != std::string::npos);
}

TEST_CASE("L-BFGS in the loop: whole batches, far lower in few epochs") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.optimizer.kind = OptimizerKind::lbfgs;
  options.batch_size = 50;
  options.epochs = 20;
  CHECK(fit(backprop, some_data(), rng, options).epochs.back().loss < by_real(1e-12, 1e-6));
}

TEST_CASE("options out of range are refused") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  FitOptions options;
  options.batch_size = 0;
  CHECK(error_of([&] { fit(backprop, some_data(), rng, options); }).find("batch size is 0") !=
        std::string::npos);
  options = {};
  options.patience = 2;
  CHECK(error_of([&] {
          fit(backprop, some_data(), rng, options);
        }).find("needs a validation set") != std::string::npos);
  CHECK(error_of([&] { Dropout(1, rng); }).find("must lie in [0, 1)") != std::string::npos);
  CHECK(error_of([&] { Dense("d", 0, 3, Activation::relu, rng); }).find("from 0 to 3 units") !=
        std::string::npos);
  CHECK(error_of([&] { activation_named("relo"); }).find("choose one of linear") !=
        std::string::npos);
}

TEST_CASE("initialisers have the spread their papers name") {
  Rng rng(2);
  const Tensor he = initial_weights(Initializer::he, 200, 300, rng);
  double squares = 0;
  for (Real w : he.values) squares += double(w) * double(w);
  check_close(squares / double(he.size()), 2.0 / 200, 0.03);
  const Tensor xavier = initial_weights(Initializer::xavier, 200, 300, rng);
  const double limit = std::sqrt(6.0 / 500);
  CHECK(largest_magnitude(xavier) <= limit);
  CHECK(largest_magnitude(xavier) > 0.99 * limit);
  CHECK(largest_magnitude(initial_weights(Initializer::lecture, 2, 3, rng)) <= 1);
}

TEST_CASE("fit clips the gradient, and follows the schedule") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  const Dataset data = some_data(20);
  const auto values = [&] {
    std::vector<Real> all;
    for (Parameter* p : model.parameters())
      all.insert(all.end(), p->value.values.begin(), p->value.values.end());
    return all;
  };
  FitOptions options;
  options.optimizer.kind = OptimizerKind::sgd;
  options.learning_rate = 0.5;
  options.clip_norm = 0.01;
  options.batch_size = 20;
  options.epochs = 1;
  const std::vector<Real> before = values();
  fit(backprop, data, rng, options);
  double moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    moved += std::pow(double(values()[i]) - double(before[i]), 2);
  check_close(std::sqrt(moved), 0.5 * 0.01, by_real(1e-9, 1e-3));

  options.clip_norm = 0;
  options.epochs = 6;
  options.schedule.kind = ScheduleKind::cosine;
  const History history = fit(backprop, data, rng, options);
  for (std::size_t e = 0; e < 6; ++e) {
    CHECK(history.epochs[e].learning_rate == learning_rate_at(options.schedule, 0.5, e, 6));
  }
  options.optimizer.kind = OptimizerKind::lbfgs;
  options.clip_norm = 1;
  CHECK(error_of([&] { fit(backprop, data, rng, options); }).find("would spoil the line search") !=
        std::string::npos);
}

TEST_CASE("a validation loss that is not finite stops the training") {
  Rng rng(1);
  Copier model(rng);
  TapeBackprop backprop(model);
  Dataset broken = some_data(5);
  broken.X[3] = std::numeric_limits<Real>::quiet_NaN();
  FitOptions options;
  options.validation = &broken;
  CHECK(error_of([&] {
          fit(backprop, some_data(), rng, options);
        }).find("the validation loss is not finite; ") != std::string::npos);
}

TEST_CASE("after an error a tape backprop still works: labels that are missing once") {
  Rng rng(3);
  const Dataset data = blobs(30, 2, 3, 0.3, rng);
  Softmax model;
  model.net.add(Dense("output", 2, 3, Activation::linear, rng));
  TapeBackprop backprop(model);
  CHECK(error_of([&] { backprop.gradients({data.X, {}}); }) != "");
  CHECK(std::isfinite(total_of(backprop.gradients({data.X, data.labels}))));
  std::vector<int> wrong = data.labels;
  wrong[4] = 3;
  CHECK(error_of([&] {
          backprop.gradients({data.X, wrong});
        }).find("has the label 3 but there are 3 classes") != std::string::npos);
  CHECK(std::isfinite(total_of(backprop.gradients({data.X, data.labels}))));
}

TEST_CASE("numbers that would slow every product down are 0 in training, and there alone") {
  constexpr Real smallest = std::numeric_limits<Real>::denorm_min();
  Rng rng(1);
  Copier model(rng);
  model.layer.W.value.fill(smallest);
  TapeBackprop backprop(model);
  FitOptions options;
  options.optimizer.kind = OptimizerKind::sgd;
  options.epochs = 1;
  Dataset zeros = some_data();
  zeros.X.fill(0);
  bool kept_between_epochs = false;
  options.after_epoch = [&](const EpochRecord&) {
    volatile Real tiny = smallest;
    kept_between_epochs = tiny * Real(1) != 0;
    return true;
  };
  fit(backprop, zeros, rng, options);
  for (const Real w : model.layer.W.value.values) CHECK(w == 0);
  CHECK(kept_between_epochs);
}
