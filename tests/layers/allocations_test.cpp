// A steady training step allocates nothing: everything it needs was made in the first epoch.

#include <doctest/doctest.h>

#include <optional>

#include "autoencoders/denoising.hpp"
#include "autoencoders/train.hpp"
#include "core/math/matmul.hpp"
#include "tests/allocation_count.hpp"
#include "tests/each_thread.hpp"

using namespace strata;

namespace {

struct Training {
  const char* name;
  DenseAutoencoderOptions model;
  OptimizerKind optimizer = OptimizerKind::adam;
  double clip_norm = 0;
  std::optional<Corruption> corruption{};
};

// The allocations of the fourth epoch of a training: the loop's bookkeeping for an epoch, and those
// of its steps.
std::size_t allocations_of_an_epoch(const Training& training, BackpropKind kind,
                                    std::size_t examples, Workers& workers) {
  Rng rng(1);
  std::unique_ptr<Autoencoder> model = std::make_unique<DenseAutoencoder>(training.model, rng);
  if (training.corruption)
    model = std::make_unique<DenoisingAutoencoder>(std::move(model), *training.corruption, rng);
  Dataset data;
  data.X = uniform_tensor({examples, training.model.sizes[0]}, rng, 0, 1);
  FitOptions options{.epochs = 4,
                     .batch_size = 16,
                     .optimizer = {.kind = training.optimizer},
                     .clip_norm = training.clip_norm};
  std::size_t before = 0, of_epoch = 0;
  options.after_epoch = [&](const EpochRecord&) {
    of_epoch = testing::allocation_count() - before;
    before = testing::allocation_count();
    return true;
  };
  train(*model, data, rng, options, {kind, &workers});
  return of_epoch;
}

}  // namespace

TEST_CASE(
    "a steady training step allocates nothing: by hand and by tape, for every penalty and "
    "optimiser") {
  const std::vector<Training> trainings = {
      {"sparse KL, bce",
       {.sizes = {12, 20},
        .code = Activation::sigmoid,
        .loss = Loss::bce,
        .penalties = {.rho = Real(0.1), .beta = 3}}},
      {"deep, L1, decay",
       {.sizes = {12, 9, 4},
        .hidden = Activation::tanh,
        .penalties = {.l1 = Real(1e-3), .decay = Real(1e-3)}}},
      {"k-sparse, tied",
       {.sizes = {12, 20}, .code = Activation::relu, .tied = true, .keep_largest = 5}},
      {"deep, dropout", {.sizes = {12, 9, 4}, .dropout = Real(0.3)}},
      {"wide",
       {.sizes = {12, 600, 300}, .hidden = Activation::softplus}},  // large enough for the threads
      {"as in the benchmark, but narrower", {.sizes = {784, 500, 30}}},
      {"momentum, clipped", {.sizes = {12, 5}}, OptimizerKind::momentum, 1.0},
      {"adagrad", {.sizes = {12, 5}}, OptimizerKind::adagrad},
      {"rmsprop", {.sizes = {12, 5}}, OptimizerKind::rmsprop},
      {"adamw", {.sizes = {12, 5}}, OptimizerKind::adamw},
      {"denoising, masking", {.sizes = {12, 20}}, OptimizerKind::adam, 0, Corruption{}},
      {"denoising, Gaussian",
       {.sizes = {12, 20}},
       OptimizerKind::adam,
       0,
       Corruption{.kind = CorruptionKind::gaussian}},
  };
  for (const std::size_t threads : {1, 2}) {
    Workers workers(threads);
    // Memory for the largest products
    testing::on_each_thread(workers, [] { matmul(Tensor({32, 256}), Tensor({256, 2048})); });
    for (const Training& training : trainings) {
      for (const BackpropKind kind : {BackpropKind::explicit_rule, BackpropKind::tape}) {
        CAPTURE(training.name);
        CAPTURE(backprop_kinds.name(kind));
        CAPTURE(threads);
        const std::size_t three_steps = allocations_of_an_epoch(training, kind, 3 * 16, workers);
        const std::size_t thirteen_steps =
            allocations_of_an_epoch(training, kind, 13 * 16, workers);
        const std::size_t last_one_short =
            allocations_of_an_epoch(training, kind, 13 * 16 - 5, workers);
        CHECK(three_steps > 0);  // the record of the epoch: the counting works
        CHECK(thirteen_steps == three_steps);
        CHECK(last_one_short == three_steps);
      }
    }
  }
}
