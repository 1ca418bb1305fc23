// The variational autoencoder trained on digits.

#include "autoencoders/variational.hpp"

#include <doctest/doctest.h>

#include "autoencoders/generate.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "trained on digits: the ELBO rises, the log-likelihood lies above it, and samples look like "
    "the data's "
    "mean") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  VariationalAutoencoder model({.sizes = {64, 100, 2}, .warm_up_epochs = 5}, rng);
  FitOptions fit{
      .epochs = 40, .learning_rate = 0.005, .schedule = {.kind = ScheduleKind::one_cycle}};
  fit.validation = &data.test;
  const History history = train(model, data.train, rng, fit);
  const double elbo = -history.epochs.back().validation_loss;
  const double likelihood = mean_log_likelihood(model, data.test.X, 50, rng);
  CAPTURE(elbo);
  CAPTURE(likelihood);
  CHECK(-elbo < 26);
  CHECK(-elbo < history.epochs.front().validation_loss - 1.5);
  CHECK(-likelihood < negative_elbo(model, data.test.X, 20, rng).total());
  const Tensor drawn = column_means(sample(model, 2000, rng).means),
               mean = column_means(data.train.X);
  CHECK(squared_distance(drawn, mean) < 0.3);
}
