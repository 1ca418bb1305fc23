// What regularisers do: to a model that was trained on few examples, to the zeros of its code, and
// to mean activations.

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

constexpr std::size_t few = 50;

struct Outcome {
  double train, test, norm, zeros;
  std::size_t epochs;
};

// 64-100-64 on fifty digits, until it knows them by heart.
template <class Change>
Outcome trained_on_few(Change change, std::size_t epochs, std::size_t patience = 0) {
  const TrainTest digits = split_every(digits8x8());
  const Dataset held_out = rows(digits.train, 500, 525);
  DenseAutoencoderOptions options{.sizes = {64, 100}, .loss = Loss::bce};
  change(options);
  Rng rng(1);
  DenseAutoencoder model(options, rng);
  FitOptions fit{.epochs = epochs, .batch_size = 25, .learning_rate = 0.01};
  if (patience > 0) {
    fit.validation = &held_out;
    fit.patience = patience;
  }
  const Dataset seen = rows(digits.train, 0, few);
  const History history = train(model, seen, rng, fit);
  double squares = 0;
  for (const Parameter* p : model.parameters()) {
    for (Real w : p->value.values) squares += p->decays ? double(w) * double(w) : 0;
  }
  return {reconstruction_error(model, seen.X), reconstruction_error(model, digits.test.X),
          std::sqrt(squares), code_statistics(model.encode(digits.test.X)).share_of_zeros,
          history.epochs.size()};
}

}  // namespace

TEST_CASE(
    "on few examples: decay, dropout and early stopping narrow the gap, and unseen digits gain by "
    "it") {
  using Options = DenseAutoencoderOptions;
  const Outcome none = trained_on_few([](Options&) {}, 1000);
  CHECK(none.train < 0.02);
  CHECK(none.test > 1);
  const Outcome decay = trained_on_few([](Options& o) { o.penalties.decay = Real(1e-3); }, 1000);
  CHECK(decay.norm < 0.7 * none.norm);
  CHECK(decay.test < 0.8 * none.test);
  CHECK(decay.train > none.train);
  const Outcome dropout = trained_on_few([](Options& o) { o.dropout = Real(0.1); }, 1000);
  CHECK(dropout.test < 0.95 * none.test);
  CHECK(dropout.train > none.train);
  const Outcome early = trained_on_few([](Options&) {}, 1000, 20);
  CHECK(early.epochs < 1000);
  CHECK(early.test < 0.9 * none.test);
}

TEST_CASE("more L1 makes more exact zeros, and k-sparse codes have exactly k that are not") {
  using Options = DenseAutoencoderOptions;
  double before = 0;
  for (const double l1 : {0.0, 0.003, 0.01, 0.03, 0.1}) {
    CAPTURE(l1);
    const double zeros = trained_on_few(
                             [&](Options& o) {
                               o.code = Activation::relu;
                               o.penalties.l1 = Real(l1);
                             },
                             200)
                             .zeros;
    CHECK(zeros > before);
    before = zeros;
  }
  CHECK(before > 0.8);
  const double zeros = trained_on_few([](Options& o) { o.keep_largest = 10; }, 50).zeros;
  check_close(zeros, 0.9, 1e-9);
}

TEST_CASE("strata train sparse: the mean of |rho_hat - rho| over the units is below 0.02") {
  const Dataset digits = split_every(digits8x8()).train;
  Rng rng(1);
  DenseAutoencoder model(
      sparse_autoencoder(64, 100, {.rho = Real(0.05), .beta = Real(0.3), .decay = Real(1e-4)}),
      rng);
  FitOptions fit{.epochs = 60,
                 .batch_size = digits.size(),
                 .optimizer = {.kind = OptimizerKind::lbfgs},
                 .shuffle = false};
  train(model, digits, rng, fit);
  const Tensor rho_hat = code_statistics(model.encode(digits.X)).mean_activation;
  CHECK(pages::mean_distance_from(0.05, {rho_hat.values.begin(), rho_hat.values.end()}) < 0.02);
}
