// An overcomplete autoencoder copies: its two matrices make the identity, and it reconstructs noise as well as data.

#include <algorithm>
#include <cmath>

#include "core/matmul.hpp"
#include "pretraining/kinds/figures.hpp"
#include "pretraining/pca.hpp"
#include "pretraining/report_figures.hpp"

namespace strata::report {

Tensor scrambled(const Tensor& X, Rng& rng) {
  Tensor noise = X;
  for (std::size_t j = 0; j < X.cols(); ++j) {
    for (std::size_t i = 0; i < X.rows(); ++i) noise(i, j) = X(rng.below(X.rows()), j);
  }
  return noise;
}

namespace {

// Features that hardly change in the data are left alone: nothing asks for copies of them.
std::string how_near_to_identity(const Tensor& product, const Pca& pca, const Tensor& X) {
  double diagonal = 0, beside_it = 0;
  std::size_t count = 0;
  for (std::size_t j = 0; j < X.cols(); ++j) {
    double variance = 0;
    for (std::size_t i = 0; i < X.rows(); ++i) {
      variance += std::pow(double(X(i, j) - pca.mean[j]), 2) / double(X.rows());
    }
    if (variance < 1e-3) continue;
    ++count;
    diagonal += double(product(j, j));
    for (std::size_t i = 0; i < X.cols(); ++i) {
      if (i != j) beside_it += std::abs(double(product(j, i))) / double(X.cols() - 1);
    }
  }
  if (count == 0) return "";
  return text(" Over the ", count, " features that vary, the diagonal is ", number(diagonal / double(count)),
              " on average, what stands beside it ", number(beside_it / double(count)), ".");
}

std::string product_beside_identity(const DenseAutoencoder& model, const Dataset& train, const Pca& pca) {
  const std::size_t d = model.features();
  constexpr std::size_t widest = 256;
  if (model.decoder.size() != 1 || d > widest) return "";
  const Tensor product = matmul(model.encoder[0].W.value, model.decoder_weights(0));
  Tensor identity({d, d});
  for (std::size_t j = 0; j < d; ++j) identity(j, j) = 1;
  const auto shown = [&](const Tensor& matrix, const char* name, const std::string& caption) {
    return figure(tiles(matrix.reshaped({1, d * d}), {d, d}, 1, GridRange::symmetric, name),
                  text("<b>", name, "</b>. ", caption));
  };
  return beside({shown(product, "W_enc W_dec",
                       "What the model does to each input feature (row): grey is 0, white positive. Rows "
                       "without a white point are features that the data never change." +
                           how_near_to_identity(product, pca, train.X)),
                 shown(identity, "The identity", "What a copying machine does.")});
}

std::string noise_section(TrainRun& run) {
  const Dataset& shown = run.shown();
  Rng rng(run.seed);
  Dataset noise = shown;
  noise.name = "noise";
  noise.labels.clear();
  noise.X = scrambled(shown.X, rng);
  const Tensor copied = run.model.reconstruct(noise.X, run.workers);
  const double of_noise = squared_error_per_example(noise.X, copied);
  const double of_data = run.data.test.size() > 0 ? run.test_error : run.train_error;
  const std::size_t few = std::max<std::size_t>(1, std::min(shown.features(), run.data.train.size()) / 4);
  const Pca pca = fit_pca(run.data.train.X, few, run.workers);
  const double pca_data = squared_error_per_example(shown.X, pca.reconstruct(shown.X));
  const Tensor by_pca = pca.reconstruct(noise.X);
  const double pca_noise = squared_error_per_example(noise.X, by_pca);
  return text(
             "<p>Noise made of the data: each feature of a row is taken from another example, so that "
             "nothing "
             "goes together any more. This model reconstructs the data with an error of ",
             number(of_data), " and the noise with ", number(of_noise), ". PCA with ", few,
             " numbers, which had to learn what goes together, has ", number(pca_data), " on the data and ",
             number(pca_noise),
             " on noise: it notices. A code that keeps noise as well as digits "
             "says nothing about digits.</p>\n") +
         reconstructions(noise,
                         {{run.kind, "this model", of_noise, copied},
                          {text("PCA, ", few), "PCA with fewer numbers", pca_noise, by_pca}},
                         run.model.code_size());
}

}  // namespace

std::string overcomplete_figures(TrainRun& run) {
  const auto& model = dynamic_cast<const DenseAutoencoder&>(run.model);
  if (run.data.train.size() < 2) return "";
  const Pca pca = fit_pca(run.data.train.X, 1, run.workers);
  return section("It copies", product_beside_identity(model, run.data.train, pca)) +
         section("It copies noise as well", noise_section(run));
}

}  // namespace strata::report
