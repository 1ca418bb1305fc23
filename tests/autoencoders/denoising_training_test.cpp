// The denoising autoencoder trained: what it restores, what its code is worth to a classifier, and
// where its field points.

#include "autoencoders/denoising.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/toy_sets.hpp"
#include "pretraining/baselines/linear_probe.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

using enum CorruptionKind;

TEST_CASE(
    "on the digits: less than half of the corrupted rows' error is left, on test rows, nothing "
    "clipped") {
  const TrainTest data = split_every(digits8x8());
  for (const CorruptionKind kind : {masking, gaussian}) {
    CAPTURE(corruption_kinds.name(kind));
    Rng rng(1);
    DenoisingAutoencoder model(
        std::make_unique<DenseAutoencoder>(
            DenseAutoencoderOptions{.sizes = {64, 120}, .loss = Loss::bce}, rng),
        {.kind = kind, .amount = Real(0.3)}, rng);
    const FitOptions fit{
        .epochs = 30, .learning_rate = 0.01, .schedule = {.kind = ScheduleKind::one_cycle}};
    train(model, data.train, rng, fit);
    Rng draws(2);
    const Restoration r = restore(model, data.test.X, model.corruption, draws);
    CAPTURE(r.corrupted_error);
    CAPTURE(r.restored_error);
    CHECK(r.restored_error < 0.5 * r.corrupted_error);
    CHECK(r.corrupted_error == squared_error_per_example(data.test.X, r.corrupted));
    CHECK(r.restored_error ==
          squared_error_per_example(data.test.X, model.reconstruct(r.corrupted)));
  }
}

TEST_CASE(
    "on the digits: from 100 labelled examples a linear classifier reads more out of the code than "
    "out of the pixels") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoderOptions options{.sizes = {64, 200}, .code = Activation::relu, .loss = Loss::bce};
  DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(options, rng),
                             {.kind = gaussian, .amount = Real(0.5)}, rng);
  const FitOptions fit{
      .epochs = 40, .learning_rate = 0.005, .schedule = {.kind = ScheduleKind::one_cycle}};
  train(model, data.train, rng, fit);
  const auto codes = [&model](const Dataset& of) {
    return Dataset{"codes", model.encode(of.X), of.labels, {}};
  };
  const Dataset train_codes = codes(data.train), test_codes = codes(data.test);
  ProbeOptions options_of_probe{.decays = {1e-3, 1e-2}, .folds = 2, .iterations = 40};
  double pixels = 0, code = 0;
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    Rng choice(100 + draw);
    const std::vector<std::size_t> labelled = draw_of_each_class(data.train.labels, 10, choice);
    REQUIRE(labelled.size() == 100);
    pixels +=
        linear_probe(take(data.train, labelled), data.test, 10, options_of_probe).accuracy / 3;
    code +=
        linear_probe(take(train_codes, labelled), test_codes, 10, options_of_probe).accuracy / 3;
  }
  CAPTURE(pixels);
  CAPTURE(code);
  CHECK(code > pixels);
}

TEST_CASE("on a circle the field g(f(x)) - x points back to the curve") {
  Rng rng(1);
  Dataset data = circle(400, 0.02, rng);
  DenseAutoencoderOptions options{
      .sizes = {2, 60}, .code = Activation::tanh, .output = Activation::linear};
  DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(options, rng),
                             {.kind = gaussian, .amount = Real(0.2)}, rng);
  const FitOptions fit{
      .epochs = 120, .learning_rate = 0.02, .schedule = {.kind = ScheduleKind::one_cycle}};
  train(model, data, rng, fit);
  const pages::VectorField field = pages::vector_field(model, data.X, 13);
  REQUIRE(text(field.starts.shape) == "169×2");
  std::size_t judged = 0, towards = 0;
  for (std::size_t i = 0; i < field.starts.rows(); ++i) {
    const double x = double(field.starts(i, 0)), y = double(field.starts(i, 1)),
                 radius = std::hypot(x, y);
    const double away = radius - 1;
    if (std::abs(away) < 0.15 || radius < 0.5 || radius > 1.4) continue;
    ++judged;
    const double outward =
        (double(field.arrows(i, 0)) * x + double(field.arrows(i, 1)) * y) / radius;
    towards += outward * away < 0;
  }
  CAPTURE(judged);
  CHECK(judged > 40);
  CHECK(towards == judged);
}
