// The convolutional autoencoder trained on digits: a shift hurts it less than a dense one, and it
// takes noise away.

#include "autoencoders/convolutional.hpp"

#include <doctest/doctest.h>

#include "autoencoders/denoising.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/pictures.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

FitOptions adam(std::size_t epochs) {
  return {.epochs = epochs, .learning_rate = 0.01, .schedule = {.kind = ScheduleKind::one_cycle}};
}

}  // namespace

TEST_CASE(
    "digits: it reconstructs, and a shift hurts it less than a dense one of the same code size and "
    "weights") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  ConvolutionalAutoencoder model({.picture = {1, 8, 8}}, rng);
  train(model, data.train, rng, adam(20));
  DenseAutoencoder rival(pages::dense_rival(64, model.code_size(), count_of(model.parameters())),
                         rng);
  train(rival, data.train, rng, adam(20));
  const auto ours = pages::errors_under_shift(model, data.test.X, {8, 8}, 2);
  const auto theirs = pages::errors_under_shift(rival, data.test.X, {8, 8}, 2);
  CHECK(ours[0] < 0.5);
  CHECK(psnr(data.test.X, model.reconstruct(data.test.X)) > 21);
  for (const std::size_t by : {1u, 2u}) {
    CHECK(ours[by] < 0.9 * theirs[by]);
    CHECK(ours[by] / ours[0] < 0.75 * theirs[by] / theirs[0]);
  }
}

TEST_CASE(
    "denoising by convolution: restored pictures are nearer to the clean ones than the noisy ones "
    "are") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  auto net =
      std::make_unique<ConvolutionalAutoencoder>(ConvolutionalOptions{.picture = {1, 8, 8}}, rng);
  const Corruption noise{.kind = CorruptionKind::gaussian, .amount = Real(0.5)};
  DenoisingAutoencoder model(std::move(net), noise, rng);
  train(model, data.train, rng, adam(15));
  Rng fresh(9);
  const Restoration restored = restore(model, data.test.X, noise, fresh);
  CHECK(restored.restored_error < 0.25 * restored.corrupted_error);
}
