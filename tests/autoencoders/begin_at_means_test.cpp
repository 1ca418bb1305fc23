// Where training begins: output biases at which the answer to everything is the data's mean.

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/contractive.hpp"
#include "autoencoders/convolutional.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/jacobian.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/undercomplete.hpp"
#include "autoencoders/variational.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// 500 digits, each pixel a square of 3 × 3 in a frame of 28 × 28, its value cubed: pixels average
// 0.05, where the digits' average 0.3.
Dataset dark_digits() {
  const Dataset small = some_digits(500).train;
  Dataset dark;
  dark.name = "dark digits";
  dark.X = Tensor({small.size(), 28 * 28});
  for (std::size_t i = 0; i < small.size(); ++i) {
    for (std::size_t y = 2; y < 26; ++y) {
      for (std::size_t x = 2; x < 26; ++x)
        dark.X(i, y * 28 + x) = std::pow(small.X(i, (y - 2) / 3 * 8 + (x - 2) / 3), Real(3));
    }
  }
  return dark;
}

// What the untrained model answers with when its code tells nothing: all weights 0.
Tensor resting_answer(Autoencoder& model, const Tensor& X) {
  model.begin_at_means(X);
  for (Parameter* p : model.parameters()) {
    if (p->decays) p->value.fill(0);
  }
  return model.reconstruct(X);
}

}  // namespace

TEST_CASE("begin_at_means: with no help from the code, every kind answers with the means") {
  const Dataset data = some_digits(200).train;
  const Tensor& X = data.X;
  const Tensor means = column_means(X);
  const auto check_answers = [&](Autoencoder& model, const Tensor& expected) {
    const Tensor answer = resting_answer(model, X);
    // As if there were two examples more: 1/m of the range away from the mean at most
    for (std::size_t j = 0; j < X.cols(); ++j)
      check_close(answer(7, j), expected[j], 0, 2 / double(X.rows()));
  };
  Rng rng(1);
  DenseAutoencoder sigmoid(undercomplete_autoencoder(64, 4), rng);
  check_answers(sigmoid, means);
  DenseAutoencoder tanh({.sizes = {64, 4}, .output = Activation::tanh}, rng);
  check_answers(tanh, means);
  DenseAutoencoder linear({.sizes = {64, 4}, .output = Activation::linear}, rng);
  check_answers(linear, means);
  ContractiveAutoencoder contractive({.net = undercomplete_autoencoder(64, 4)}, rng);
  check_answers(contractive, means);
  DenoisingAutoencoder denoising(
      std::make_unique<DenseAutoencoder>(undercomplete_autoencoder(64, 4), rng), {}, rng);
  check_answers(denoising, means);
  VariationalAutoencoder variational({.sizes = {64, 10, 2}}, rng);
  check_answers(variational, means);

  // Kinds that share a bias among pixels or steps have the mean of these
  double all = 0;
  for (Real mean : means.values) all += double(mean) / 64;
  ConvolutionalAutoencoder convolutional({.picture = {1, 8, 8}, .filters = {4}}, rng);
  check_answers(convolutional, Tensor({64}, Real(all)));
  LstmAutoencoder lstm({.steps = 8, .step_features = 8, .units = 4, .code_size = 2}, rng);
  Tensor of_steps({64});
  for (std::size_t j = 0; j < 64; ++j) {
    for (std::size_t t = 0; t < 8; ++t) of_steps[j] += means[t * 8 + j % 8] / 8;
  }
  check_answers(lstm, of_steps);
}

TEST_CASE("begin_at_means: biases that were trained stay as they are") {
  const Dataset data = some_digits(50).train;
  Rng rng(1);
  DenseAutoencoder model(undercomplete_autoencoder(64, 4), rng);
  model.decoder[0].b.value[3] = Real(0.25);
  const std::vector<Real> before = model.decoder[0].b.value.values;
  train(model, data, rng, {.epochs = 0});
  CHECK(model.decoder[0].b.value.values == before);
}

TEST_CASE("dark pictures are learnt, and not answered with their mean") {
  const Dataset dark = dark_digits();
  Rng rng(1);
  DenseAutoencoder model(undercomplete_autoencoder(dark.features(), 16), rng);
  train(model, dark, rng,
        {.epochs = 20,
         .batch_size = 32,
         .learning_rate = 0.01,
         .schedule = {.kind = ScheduleKind::one_cycle}});
  CHECK(reconstruction_error(model, dark.X) < 0.5 * total_variance(dark.X));
}
