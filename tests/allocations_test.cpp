// A steady training step allocates nothing: everything it needs was made in the first epoch.

#include <doctest/doctest.h>

#include "autoencoders/train.hpp"
#include "tests/allocation_count.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct Training {
  const char* name;
  DenseAutoencoderOptions model;
  const char* optimizer = "adam";
  double clip_norm = 0;
};

// The allocations of the fourth epoch of a training: the loop's bookkeeping for an epoch, and those of its steps.
std::size_t allocations_of_an_epoch(const Training& training, BackpropKind kind, std::size_t steps,
                                    Workers& workers) {
  Rng rng(1);
  DenseAutoencoder model(training.model, rng);
  Dataset data;
  data.X = uniform_tensor({16 * steps - 5, 12}, rng, 0, 1);  // the last batch is short
  FitOptions options{.epochs = 4,
                     .batch_size = 16,
                     .optimizer = {.kind = training.optimizer},
                     .clip_norm = training.clip_norm};
  std::size_t before = 0, of_epoch = 0;
  options.after_epoch = [&](const EpochRecord&) {
    of_epoch = allocation_count() - before;
    before = allocation_count();
    return true;
  };
  train(model, data, rng, options, {kind, &workers});
  return of_epoch;
}

}  // namespace

TEST_CASE("a steady training step allocates nothing: by hand and by tape, for every penalty and optimiser") {
  using enum Activation;
  const std::vector<Training> trainings = {
      {"sparse KL, bce",
       {.sizes = {12, 20}, .code = sigmoid, .loss = Loss::bce, .penalties = {.rho = Real(0.1), .beta = 3}}},
      {"deep, L1, decay",
       {.sizes = {12, 9, 4}, .hidden = tanh, .penalties = {.l1 = Real(1e-3), .decay = Real(1e-3)}}},
      {"k-sparse, tied", {.sizes = {12, 20}, .code = relu, .tied = true, .keep_largest = 5}},
      {"wide", {.sizes = {12, 600, 300}, .hidden = softplus}},  // large enough for the threads
      {"momentum, clipped", {.sizes = {12, 5}}, "momentum", 1.0},
      {"adagrad", {.sizes = {12, 5}}, "adagrad"},
      {"rmsprop", {.sizes = {12, 5}}, "rmsprop"},
      {"adamw", {.sizes = {12, 5}}, "adamw"},
  };
  for (const std::size_t threads : {1, 2}) {
    Workers workers(threads);
    for (const Training& training : trainings) {
      for (const BackpropKind kind : {BackpropKind::explicit_rule, BackpropKind::tape}) {
        CAPTURE(training.name);
        CAPTURE(backprop_name(kind));
        CAPTURE(threads);
        const std::size_t of_three_steps = allocations_of_an_epoch(training, kind, 3, workers);
        const std::size_t of_thirteen_steps = allocations_of_an_epoch(training, kind, 13, workers);
        CHECK(of_three_steps > 0);  // the record of the epoch: the counting works
        CHECK(of_thirteen_steps == of_three_steps);
      }
    }
  }
}
