// Several optimiser steps on a batch before the next one: FitOptions::steps_a_batch and
// Optimizer::new_batch.

#include <doctest/doctest.h>

#include "autoencoders/train.hpp"
#include "core/optim/lbfgs.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Dataset some_data(std::size_t examples) {
  Rng rng(8);
  Dataset data;
  data.name = "some";
  data.X = normal_tensor({examples, 6}, rng);
  return data;
}

DenseAutoencoder a_net() {
  Rng rng(3);
  DenseAutoencoderOptions options;
  options.sizes = {6, 4, 2};
  options.output = Activation::linear;
  return DenseAutoencoder(options, rng);
}

std::vector<std::vector<Real>> values_of(DenseAutoencoder& model) {
  std::vector<std::vector<Real>> values;
  for (const Parameter* p : model.parameters()) values.push_back(p->value.values);
  return values;
}

// Unshuffled, so that the batches are known.
FitOptions lbfgs_fit(std::size_t epochs, std::size_t batch_size, std::size_t steps) {
  FitOptions options;
  options.epochs = epochs;
  options.batch_size = batch_size;
  options.steps_a_batch = steps;
  options.optimizer.kind = OptimizerKind::lbfgs;
  options.shuffle = false;
  return options;
}

std::vector<std::vector<Real>> fitted(const FitOptions& options, std::size_t examples = 40) {
  DenseAutoencoder model = a_net();
  Rng rng(1);
  train(model, some_data(examples), rng, options);
  return values_of(model);
}

// `steps` line searches on each of these batches in turn, written out; the memory is dropped before
// a batch where `forget`.
std::vector<std::vector<Real>> by_hand(const std::vector<Dataset>& batches, std::size_t steps,
                                       bool forget) {
  DenseAutoencoder model = a_net();
  model.begin_at_means(some_data(40).X);  // as train does
  const auto backprop = make_backprop(BackpropKind::explicit_rule, model);
  Lbfgs lbfgs(20);
  for (const Dataset& data : batches) {
    if (forget) lbfgs.pairs.clear();
    const Batch batch{data.X, {}};
    for (std::size_t s = 0; s < steps; ++s) {
      const double loss = total_of(backprop->gradients(batch));
      lbfgs.step(model.parameters(), 1, loss, [&] { return total_of(backprop->gradients(batch)); });
    }
  }
  return values_of(model);
}

}  // namespace

TEST_CASE(
    "steps a batch: lbfgs on one batch of all examples remembers from epoch to epoch, as it always "
    "did") {
  const Dataset all = some_data(40);
  const auto expected = by_hand({all, all, all, all, all, all}, 1, false);
  CHECK(fitted(lbfgs_fit(6, 40, 1)) == expected);
  // As many steps on the same batch, in fewer epochs
  CHECK(fitted(lbfgs_fit(2, 40, 3)) == expected);
  CHECK(by_hand({all, all, all, all, all, all}, 1, true) != expected);
}

TEST_CASE(
    "steps a batch: with several batches lbfgs begins anew at each, and remembers within it") {
  const Dataset all = some_data(40);
  const Dataset first = rows(all, 0, 20), second = rows(all, 20, 40);
  CHECK(fitted(lbfgs_fit(2, 20, 3)) == by_hand({first, second, first, second}, 3, true));
  CHECK(by_hand({first, second, first, second}, 3, true) !=
        by_hand({first, second, first, second}, 3, false));
}

TEST_CASE("steps a batch: that lbfgs came to a stand on one batch does not hold on the next") {
  Lbfgs lbfgs(20);
  lbfgs.stalled = true;
  lbfgs.pairs.push_back({});
  lbfgs.new_batch();
  CHECK(!lbfgs.stalled);
  CHECK(lbfgs.pairs.empty());
}

TEST_CASE(
    "steps a batch: each step lowers the loss of its batch, and the loss that is reported is the "
    "one "
    "before") {
  const Dataset batch = some_data(20);
  double before = 0;
  for (std::size_t steps = 1; steps <= 4; ++steps) {
    DenseAutoencoder model = a_net();
    Rng rng(1);
    const History history = train(model, batch, rng, lbfgs_fit(1, 20, steps));
    const double after = reconstruction_error(model, batch.X);
    if (steps > 1) CHECK(after < before);
    before = after;
    DenseAutoencoder untouched = a_net();
    untouched.begin_at_means(batch.X);  // as train does
    check_close(history.epochs[0].loss, reconstruction_error(untouched, batch.X) / 2,
                by_real(1e-12, 1e-5));
  }
}

TEST_CASE("steps a batch: the schedule counts every step, and ends at its end") {
  for (const std::size_t steps : {1, 3}) {
    FitOptions options;
    options.epochs = 4;
    options.batch_size = 16;  // 40 examples: three batches
    options.steps_a_batch = steps;
    options.learning_rate = 0.01;
    options.schedule.kind = ScheduleKind::one_cycle;
    DenseAutoencoder model = a_net();
    Rng rng(1);
    const History history = train(model, some_data(40), rng, options);
    const std::size_t total = 4 * 3 * steps;
    CHECK(history.epochs[0].learning_rate ==
          learning_rate_at(options.schedule, 0.01, total / 4 - 1, total));
    CHECK(history.epochs[3].learning_rate ==
          learning_rate_at(options.schedule, 0.01, total - 1, total));
    check_close(history.epochs[3].learning_rate, 0.01 / 250000, 1e-9);
  }
}

TEST_CASE("steps a batch: none is refused") {
  CHECK(error_of([&] { fitted(lbfgs_fit(1, 20, 0)); }).find("steps_a_batch is 0") !=
        std::string::npos);
}
