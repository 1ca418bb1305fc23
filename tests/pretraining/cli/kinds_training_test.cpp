// What each kind of autoencoder is there to show, on the real digits.

#include <doctest/doctest.h>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/undercomplete.hpp"
#include "core/linalg/angles.hpp"
#include "core/math/matmul.hpp"
#include "pretraining/baselines/pca.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

FitOptions whole_batches(const Dataset& data, std::size_t epochs) {
  FitOptions options;
  options.optimizer.kind = OptimizerKind::lbfgs;
  options.epochs = epochs;
  options.batch_size = data.size();
  options.shuffle = false;
  return options;
}

FitOptions adam(std::size_t epochs, double rate) {
  return {.epochs = epochs, .learning_rate = rate, .schedule = {.kind = ScheduleKind::one_cycle}};
}

}  // namespace

TEST_CASE(
    "a linear autoencoder finds the space of PCA, and the components come out of its weights") {
  const TrainTest data = digits();
  const std::size_t k = 8;
  const Pca pca = fit_pca(data.train.X, k);
  Rng rng(1);
  DenseAutoencoder model(linear_autoencoder(64, k, Real(0.01)), rng);
  train(model, data.train, rng, whole_batches(data.train, 600));

  const Tensor decoder = transposed(model.decoder[0].W.value), encoder = model.encoder[0].W.value;
  CHECK(largest_principal_angle(pca.components, decoder) < by_real(1e-3, 0.2));
  CHECK(largest_principal_angle(pca.components, encoder) < by_real(1e-3, 0.2));
  // W₁ W₂ is the projection V Vᵀ, each direction shrunk to 1 − λ/s by the decay
  const Tensor product = matmul(encoder, model.decoder[0].W.value);
  Tensor shrunk = pca.components;
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < 64; ++i) shrunk(i, j) *= Real(1 - 0.01 / pca.variances[j]);
  }
  check_close(product, matmul_bt(shrunk, pca.components), 0, by_real(1e-5, 0.05));
  // the weights are not the components; their singular vectors are
  CHECK(std::abs(double(matmul_at(decoder, decoder)(0, 1))) > 1e-3);
  const Tensor found = components_from_weights(model);
  const Tensor overlap = matmul_at(found, pca.components);
  if (sizeof(Real) == 4)
    // What the decay adds to tell the components apart is below float's rounding of the loss
    return;
  for (std::size_t j = 0; j < k; ++j) {
    CAPTURE(j);
    CHECK(std::abs(double(overlap(j, j))) > by_real(1 - 1e-6, 0.9));
  }
}

TEST_CASE("linear: the error without decay is PCA's, and no linear autoencoder goes below it") {
  const TrainTest data = digits();
  Rng rng(2);
  DenseAutoencoder model(linear_autoencoder(64, 2), rng);
  train(model, data.train, rng, whole_batches(data.train, 300));
  const Pca pca = fit_pca(data.train.X, 2);
  const double ours = reconstruction_error(model, data.train.X);
  const double theirs = squared_error_per_example(data.train.X, pca.reconstruct(data.train.X));
  check_close(ours, theirs, by_real(1e-5, 1e-3));
  CHECK(ours >= theirs - by_real(1e-9, 1e-4));
}

TEST_CASE("undercomplete and overcomplete say when they are not") {
  CHECK(error_of([] { undercomplete_autoencoder(64, 64); }).find("are no bottleneck") !=
        std::string::npos);
  CHECK(error_of([] { overcomplete_autoencoder(64, 63); }).find("are a bottleneck") !=
        std::string::npos);
  CHECK(error_of([] {
          multilayer_autoencoder({64, 2});
        }).find("at least one hidden layer") != std::string::npos);
}

TEST_CASE("an overcomplete linear autoencoder learns to copy") {
  const TrainTest data = digits();
  Rng rng(1);
  DenseAutoencoder model(overcomplete_autoencoder(64, 80), rng);
  train(model, data.train, rng, adam(40, 0.005));
  // PCA needs 60 of the 64 components for that
  CHECK(reconstruction_error(model, data.test.X) < 0.01);
}

TEST_CASE(
    "a sigmoid bottleneck of 16 reconstructs, and KL sparsity brings the mean activation near "
    "rho") {
  const TrainTest data = digits();
  Rng rng(1);
  DenseAutoencoder narrow(undercomplete_autoencoder(64, 16), rng);
  train(narrow, data.train, rng, adam(30, 0.01));
  CHECK(reconstruction_error(narrow, data.test.X) < 1.2);

  const auto mean_activation = [&](Real beta) {
    Rng same(1);
    DenseAutoencoder model(
        sparse_autoencoder(64, 36, {.rho = Real(0.05), .beta = beta, .decay = Real(1e-4)}), same);
    train(model, data.train, same, whole_batches(data.train, 80));
    return code_statistics(model.encode(data.train.X)).mean_of_means;
  };
  const double with = mean_activation(1), without = mean_activation(0);
  CHECK(std::abs(with - 0.05) < 0.02);
  CHECK(without > 0.15);
}

TEST_CASE("L1 on relu units gives exact zeros, more with more of it; k-sparse keeps exactly k") {
  const TrainTest data = digits();
  const auto zeros = [&](Real l1) {
    Rng rng(1);
    DenseAutoencoderOptions options = sparse_autoencoder(64, 36, {.l1 = l1});
    options.code = Activation::relu;
    DenseAutoencoder model(options, rng);
    train(model, data.train, rng, adam(15, 0.01));
    return code_statistics(model.encode(data.train.X)).share_of_zeros;
  };
  const double none = zeros(0), some = zeros(Real(0.02)), more = zeros(Real(0.2));
  CHECK(some > none);
  CHECK(more > some);

  Rng rng(1);
  DenseAutoencoderOptions options = sparse_autoencoder(64, 36, {});
  options.keep_largest = 5;
  DenseAutoencoder model(options, rng);
  train(model, data.train, rng, adam(3, 0.01));
  const Tensor H = model.encode(data.test.X);
  for (std::size_t i = 0; i < H.rows(); ++i) {
    CHECK(std::count_if(H.row(i), H.row(i) + 36, [](Real h) { return h != 0; }) == 5);
  }
}

TEST_CASE("tied weights stay tied while they are trained") {
  const TrainTest data = digits();
  Rng rng(1);
  DenseAutoencoderOptions options = multilayer_autoencoder({64, 20, 5});
  options.tied = true;
  DenseAutoencoder model(options, rng);
  CHECK(count_of(model.parameters()) == 64 * 20 + 20 + 20 * 5 + 5 + 20 + 64);
  train(model, data.train, rng, adam(25, 0.01));
  CHECK(model.decoder_weights(0).values == transposed(model.encoder[1].W.value).values);
  CHECK(model.decoder_weights(1).values == transposed(model.encoder[0].W.value).values);
  CHECK(reconstruction_error(model, data.test.X) < 3.5);
}

TEST_CASE("training by tape and by hand ends in the same place") {
  const TrainTest data = digits();
  const auto trained = [&](BackpropKind kind) {
    Rng rng(1);
    DenseAutoencoder model(multilayer_autoencoder({64, 20, 3}), rng);
    Engine engine{kind, nullptr};
    train(model, rows(data.train, 0, 200), rng, adam(3, 0.01), engine);
    return model.encoder[0].W.value;
  };
  check_close(trained(BackpropKind::tape), trained(BackpropKind::explicit_rule), 0,
              by_real(1e-10, 1e-3));
}

TEST_CASE("encode, decode and reconstruct work on any number of rows, in pieces") {
  Rng rng(1);
  DenseAutoencoder model(multilayer_autoencoder({5, 4, 2}), rng);
  const Tensor X = uniform_tensor({2503, 5}, rng, 0, 1);
  const Tensor H = model.encode(X);
  CHECK(text(H.shape) == "2503×2");
  const Tensor last = model.encode(slice_rows(X, 2400, 2503));
  check_close(slice_rows(H, 2400, 2503), last, by_real(1e-12, 1e-5));
  check_close(model.decode(H), model.reconstruct(X), by_real(1e-12, 1e-5));
  CHECK(error_of([&] {
          model.encode(Tensor({3, 4}));
        }).find("the data is 3×4 but the model has 5 features") != std::string::npos);
}

TEST_CASE("settings that do not go together are refused") {
  Rng rng(1);
  const auto error = [&](const auto& change) {
    DenseAutoencoderOptions options = sparse_autoencoder(6, 4, {.beta = 1});
    change(options);
    return error_of([&] { DenseAutoencoder(options, rng); });
  };
  using Options = DenseAutoencoderOptions;
  CHECK(error([](Options& o) {
          o.code = Activation::relu;
        }).find("needs sigmoid or tanh code units, not relu") != std::string::npos);
  CHECK(error([](Options& o) { o.penalties.rho = 1; }).find("must lie in (0, 1)") !=
        std::string::npos);
  CHECK(error([](Options& o) { o.penalties.l1 = -1; }).find("negative") != std::string::npos);
  CHECK(error([](Options& o) { o.keep_largest = 2; }).find("not both") != std::string::npos);
  CHECK(error([](Options& o) {
          o.loss = Loss::bce;
          o.output = Activation::linear;
        }).find("bce needs a sigmoid output") != std::string::npos);
  CHECK(error([](Options& o) { o.sizes = {6}; }).find("like 64-2") != std::string::npos);
  DenseAutoencoder loose(sparse_autoencoder(6, 4, {}), rng);
  loose.decoder[0].b.value = Tensor({5});
  CHECK(error_of([&] { loose.check_consistent(); }) ==
        "autoencoder: decoder.0 has 6 units but 5 biases");
  loose.decoder[0].W.value = Tensor({5, 6});
  CHECK(error_of([&] { loose.check_consistent(); }) ==
        "autoencoder: decoder.0 takes 5 numbers but is given 4");
  Dataset wide;
  wide.X = Tensor({10, 6}, 3);
  DenseAutoencoder model(sparse_autoencoder(6, 4, {}), rng);
  CHECK(error_of([&] {
          train(model, wide, rng, {});
        }).find("sigmoid outputs stay within 0 and 1") != std::string::npos);
}
