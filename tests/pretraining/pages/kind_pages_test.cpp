// What the pages of the dense kinds show is what the model has. That every page holds for any data:
// train_test.cpp.

#include <doctest/doctest.h>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/sparse.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"
#include "pretraining/pages/words.hpp"
#include "tests/check_close.hpp"
#include "tests/markup.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the parts of an example sum to what the decoder computes") {
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  for (const bool tied : {false, true}) {
    DenseAutoencoderOptions options = sparse_autoencoder(64, 30, {});
    options.tied = tied;
    DenseAutoencoder model(options, rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    const Tensor x = slice_rows(digits.test.X, 7, 8), h = model.encode(x),
                 W = model.decoder_weights(0);
    const pages::Parts all = pages::parts_of(model, x, 30), few = pages::parts_of(model, x, 4);
    check_close(slice_rows(all.pictures, 30, 31), model.reconstruct(x), by_real(1e-12, 1e-5));
    CHECK(slice_rows(all.sums, 0, 1).values == model.decoder[0].b.value.values);
    CHECK(few.sums.values == slice_rows(all.sums, 0, 5).values);
    double before = 1e30;
    for (std::size_t k = 0; k < 30; ++k) {
      const std::size_t j = all.units[k];
      CHECK(all.weights[k] == h[j]);
      double norm = 0;
      for (std::size_t i = 0; i < 64; ++i) {
        norm += double(W(j, i)) * double(W(j, i));
        check_close(double(all.sums(k + 1, i) - all.sums(k, i)), double(h[j] * W(j, i)),
                    by_real(1e-9, 1e-3), by_real(1e-12, 1e-5));
      }
      CHECK(double(h[j]) * std::sqrt(norm) <= before * 1.0001);
      before = double(h[j]) * std::sqrt(norm);
    }
  }
  DenseAutoencoder deep(multilayer_autoencoder({64, 10, 3}), rng);
  CHECK(error_of([&] {
          pages::parts_of(deep, Tensor({1, 64}), 2);
        }).find("2 layers") != std::string::npos);
}

TEST_CASE("scrambled rows have the values of each feature, and nothing else in common") {
  const Tensor X = split_every(digits8x8()).test.X;
  Rng rng(1);
  const Tensor noise = pages::scrambled(X, rng);
  double difference = 0;
  for (std::size_t j = 0; j < 64; ++j) {
    std::vector<Real> there;
    for (std::size_t i = 0; i < X.rows(); ++i) there.push_back(X(i, j));
    for (std::size_t i = 0; i < X.rows(); ++i) {
      CHECK(std::find(there.begin(), there.end(), noise(i, j)) != there.end());
    }
    difference += std::abs(double(column_means(X)[j] - column_means(noise)[j]));
  }
  CHECK(difference / 64 < 0.03);
  const Pca pca = fit_pca(X, 16);  // what goes together in digits does not in these
  CHECK(squared_error_per_example(noise, pca.reconstruct(noise)) >
        3 * squared_error_per_example(X, pca.reconstruct(X)));
}

TEST_CASE("weights of pixels that hardly vary are drawn as 0") {
  const Tensor X({4, 3},
                 {0, Real(0.5), 0, 1, Real(0.5), Real(0.001), 0, Real(0.5), 0, 1, Real(0.5), 0});
  const Tensor drawn = pages::without_still_pixels(Tensor({2, 3}, {1, 2, 3, -4, 5, 6}), X);
  const Tensor wanted({2, 3}, {1, 0, 0, -4, 0, 0});
  CHECK(drawn.values == wanted.values);
  CHECK(pages::in_words(1.577e-5) == "below 0.001");
  CHECK(pages::in_words(0) == pages::number(0));
  CHECK(pages::in_words(0.002) == pages::number(0.002));
}

TEST_CASE("the sparse page says how far rho_hat is from rho") {
  check_close(pages::mean_distance_from(0.1, {0.1, 0.3, 0.0}), 0.1, 1e-12);
  const TrainTest digits = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoder model(sparse_autoencoder(64, 9, {.rho = Real(0.1), .beta = 1}), rng);
  TrainRun run{.kind = "sparse", .point = "", .model = &model, .data = digits};
  run.fit.epochs = 3;
  run.make = [](Rng& draws) {
    return std::make_unique<DenseAutoencoder>(
        sparse_autoencoder(64, 9, {.rho = Real(0.1), .beta = 1}), draws);
  };
  double sum = 0;
  const Tensor rho_hat = column_means(model.encode(digits.train.X));
  for (Real one : rho_hat.values) sum += std::abs(double(one) - 0.1) / 9;
  const std::string page = pages::sparse_figures(run);
  CHECK(contains(page, "the mean of |ρ̂ − ρ| is " + pages::number(sum)));

  // Beside it the same without the term
  Rng again(run.seed);
  DenseAutoencoder twin(sparse_autoencoder(64, 9, {.rho = Real(0.1), .beta = 0}), again);
  train(twin, digits.train, again, run.fit);
  const double error = reconstruction_error(twin, digits.test.X);
  check_close(run.measured.at("error_without_sparsity").as_number(), error, 1e-12);
  CHECK(contains(page, pages::number(error) + " without."));
}

TEST_CASE("the linear page: a model that is PCA has angles of 0 and cosines of 1") {
  const TrainTest digits = split_every(digits8x8());
  const Pca pca = fit_pca(digits.train.X, 3);
  Rng rng(1);
  DenseAutoencoder model(linear_autoencoder(64, 3), rng);
  // Other axes, other lengths
  const Tensor turn = Tensor::matrix({{0, 3, 0}, {0, 0, 2}, {1, 0, 0}});
  const Tensor back = Tensor::matrix({{0, 0, 1}, {Real(1) / 3, 0, 0}, {0, Real(0.5), 0}});
  const auto product = [](const Tensor& A, const Tensor& B) {
    Tensor C({A.rows(), B.cols()});
    for (std::size_t i = 0; i < A.rows(); ++i) {
      for (std::size_t j = 0; j < B.cols(); ++j) {
        for (std::size_t k = 0; k < A.cols(); ++k) C(i, j) += A(i, k) * B(k, j);
      }
    }
    return C;
  };
  model.encoder[0].W.value = product(pca.components, turn);
  model.decoder[0].W.value = product(back, transposed(pca.components));
  TrainRun run{.kind = "linear", .point = "", .model = &model, .data = digits};
  const std::string page = pages::linear_figures(run);
  // the share of each component that is reconstructed is 1
  CHECK(count(page, "<td class=\"number\">1.000</td></tr>") == 3);
}
