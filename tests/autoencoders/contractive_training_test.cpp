// What the contraction does to an encoder of digits.

#include "autoencoders/contractive.hpp"

#include <doctest/doctest.h>

#include "autoencoders/jacobian.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "tests/autoencoders/contractive_nets.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("on digits the penalty contracts at least three times at under a tenth more error") {
  const TrainTest data = split_every(digits8x8());
  const auto trained = [&](Real contraction) {
    Rng rng(1);
    ContractiveOptions options = small({64, 30}, Activation::sigmoid);
    options.net.loss = Loss::bce;
    options.contraction = contraction;
    ContractiveAutoencoder model(options, rng);
    train(model, data.train, rng,
          {.epochs = 60, .learning_rate = 0.01, .schedule = {.kind = ScheduleKind::one_cycle}});
    return model;
  };
  ContractiveAutoencoder without = trained(0), with = trained(Real(0.04));
  const double norm = mean_squared_frobenius_norm(without, data.test.X),
               contracted = mean_squared_frobenius_norm(with, data.test.X);
  const double error = reconstruction_error(without, data.test.X),
               error_with = reconstruction_error(with, data.test.X);
  CAPTURE(norm);
  CAPTURE(contracted);
  CAPTURE(error);
  CAPTURE(error_with);
  CHECK(contracted < norm / 3);
  CHECK(error_with < 1.1 * error);
  Rng rng(2), same(2);
  CHECK(contraction_ratio(with, data.test.X, 0.5, rng) <
        contraction_ratio(without, data.test.X, 0.5, same));
}
