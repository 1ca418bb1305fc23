// The LSTM autoencoder trained: on waves of varying length, with and without teacher forcing, and
// on digits row by row.

#include "autoencoders/lstm_autoencoder.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/sequences.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

FitOptions adam(std::size_t epochs) {
  return {.epochs = epochs,
          .learning_rate = 0.01,
          .schedule = {.kind = ScheduleKind::one_cycle},
          .clip_norm = 1};
}

}  // namespace

TEST_CASE(
    "waves of varying length come back from a code of 6 numbers, the first or the last step "
    "first") {
  Rng data_rng(1);
  const Sequences sequences = waves(400, 8, 16, 0.02, data_rng);
  const TrainTest data = split_every(sequences.data);
  double energy = 0;
  for (Real x : data.test.X.values) energy += double(x) * double(x) / double(data.test.size());
  for (const bool reversed : {false, true}) {
    Rng rng(1);
    LstmAutoencoderOptions options{.steps = 16, .units = 24, .code_size = 6};
    options.variable_lengths = true;
    options.reversed_target = reversed;
    LstmAutoencoder model(options, rng);
    train(model, data.train, rng, adam(60));
    const double share = reconstruction_error(model, data.test.X) / energy;
    CAPTURE(reversed);
    CAPTURE(share);
    CHECK(share < 0.35);
  }
}

TEST_CASE(
    "teacher forcing hides a bad code: the training loss is far below the error of running free") {
  Rng data_rng(2);
  const Sequences sequences = waves(300, 8, 16, 0.02, data_rng);
  const auto loss_and_error = [&](bool forced) {
    Rng rng(1);
    LstmAutoencoderOptions options{.steps = 16, .units = 16, .code_size = 2};
    options.variable_lengths = true;
    options.teacher_forcing = forced;
    LstmAutoencoder model(options, rng);
    const History history = train(model, sequences.data, rng, adam(40));
    return std::pair{2 * history.epochs.back().loss, reconstruction_error(model, sequences.data.X)};
  };
  const auto with = loss_and_error(true), without = loss_and_error(false);
  CAPTURE(with.first);
  CAPTURE(with.second);
  CAPTURE(without.first);
  CAPTURE(without.second);
  CHECK(with.first < 0.75 * without.first);
  CHECK(with.second > 3 * with.first);
  CHECK(without.second < 1.2 * without.first);
}

TEST_CASE("digits read row by row are restored from 10 numbers") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  LstmAutoencoderOptions options{.steps = 8, .step_features = 8, .units = 32, .code_size = 10};
  options.output = Activation::sigmoid;
  LstmAutoencoder model(options, rng);
  train(model, data.train, rng, adam(15));
  const double error = reconstruction_error(model, data.test.X);
  CHECK(error < 2.6);
}
