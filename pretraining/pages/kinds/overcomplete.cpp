// An overcomplete autoencoder copies: its two matrices make the identity, and it reconstructs noise
// as well as data.

#include <algorithm>
#include <cmath>

#include "core/math/matmul.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {

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
    for (std::size_t i = 0; i < X.rows(); ++i)
      variance += std::pow(double(X(i, j) - pca.mean[j]), 2) / double(X.rows());
    if (variance < 1e-3) continue;
    ++count;
    diagonal += double(product(j, j));
    for (std::size_t i = 0; i < X.cols(); ++i) {
      if (i != j) beside_it += std::abs(double(product(j, i))) / double(X.cols() - 1);
    }
  }
  if (count == 0) return "";
  return say(
      " Over the {} features that vary, the diagonal is {} on average, what stands beside it {}.",
      count, in_words(diagonal / double(count)), in_words(beside_it / double(count)));
}

// Each entry as a square of factor × factor.
Tensor enlarged(const Tensor& A, std::size_t factor) {
  Tensor large({A.rows() * factor, A.cols() * factor});
  for (std::size_t i = 0; i < large.rows(); ++i) {
    for (std::size_t j = 0; j < large.cols(); ++j) large(i, j) = A(i / factor, j / factor);
  }
  return large;
}

std::string product_beside_identity(const DenseAutoencoder& model, const Dataset& train,
                                    const Pca& pca) {
  const std::size_t d = model.features();
  constexpr std::size_t widest = 256;
  if (model.decoder.size() != 1 || d > widest) return "";
  const Tensor product = matmul(model.encoder[0].W.value, model.decoder_weights(0));
  Tensor identity({d, d});
  for (std::size_t j = 0; j < d; ++j) identity(j, j) = 1;
  const auto shown = [&](const Tensor& matrix, const char* name, const std::string& caption) {
    const Tensor large = enlarged(matrix, std::max<std::size_t>(1, widest / d));
    const std::size_t n = large.rows();
    return figure(tiles(large.reshaped({1, n * n}), {n, n}, 1, GridRange::symmetric, name),
                  say("<b>{}</b>. {}", name, caption));
  };
  return beside(
      {shown(product, "W_enc W_dec",
             "What the model does to each input feature (row): grey is 0, white positive. Rows "
             "without a white point are features that the data never change." +
                 how_near_to_identity(product, pca, train.X)),
       shown(identity, "The identity", "What a copying machine does.")});
}

// Ten rows of noise over their copies; a few numbers of data that are not pictures.
std::string noise_and_copies(const TrainRun& run, const Dataset& noise,
                             const std::vector<Reconstruction>& copies) {
  if (!run.has_pictures())
    return reconstructions(noise, copies, run.model->code_size(), run.part());
  const std::vector<std::size_t> some = rows_to_show(noise, 10);
  std::vector<Strip> rows = {{"noise", "", rows_at(noise.X, some), "noise: noise"}};
  for (const Reconstruction& one : copies)
    rows.push_back(
        {one.name, "error " + in_words(one.error), rows_at(one.X, some), one.name + ": noise"});
  return figure(strips(rows, noise.image),
                "Noise, this model's copy of it, and what PCA makes of it from fewer numbers.");
}

std::string noise_section(TrainRun& run) {
  const Dataset& shown = run.shown();
  Rng rng(run.seed);
  const Dataset noise = {"noise", scrambled(shown.X, rng), {}, shown.image};
  const std::size_t few =
      std::max<std::size_t>(1, std::min(shown.features(), run.data.train.size()) / 4);
  const Pca pca = fit_pca(run.data.train.X, few, run.workers);
  const auto judged = [&](const std::string& name, const Tensor& X) {
    return Reconstruction{name, name, squared_error_per_example(noise.X, X), X};
  };
  const Reconstruction by_model = judged(run.kind, run.model->reconstruct(noise.X, run.workers));
  const Reconstruction by_pca = judged(say("PCA, code of {}", few), pca.reconstruct(noise.X));
  return say("<p>Noise made of the data: each feature of a row is taken from another example, so "
             "that nothing goes together any more. The error of this model is {} on the data "
             "and {} on the noise. PCA with a code of {}, which had to learn what goes together, "
             "has {} on the data and {} on the noise. A code that keeps noise as well as the data "
             "says nothing about the data.</p>\n",
             in_words(run.shown_error()), in_words(by_model.error), few,
             in_words(squared_error_per_example(shown.X, pca.reconstruct(shown.X))),
             in_words(by_pca.error)) +
         noise_and_copies(run, noise, {by_model, by_pca});
}

}  // namespace

std::string overcomplete_figures(TrainRun& run) {
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  if (run.data.train.size() < 2) return "";
  const Pca pca = fit_pca(run.data.train.X, 1, run.workers);
  const bool copies = run.explained() > 0.99;
  return section(copies ? "It copies" : "How near it comes to a copy",
                 product_beside_identity(model, run.data.train, pca)) +
         section("And noise", noise_section(run));
}

}  // namespace strata::pages
