// A linear autoencoder beside PCA: the same plane, other axes, and the components out of its
// weights.

#include <algorithm>
#include <cmath>

#include "autoencoders/jacobian.hpp"
#include "core/linalg/angles.hpp"
#include "core/math/matmul.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

// The directions that the decoder paints with: the right singular vectors of its weights (features
// × r), without those that the decay has shrunk to nothing.
Tensor directions_of(const Tensor& W_dec) {
  const Svd parts = svd(W_dec);
  const auto& s = parts.singular_values;
  const double least = 1e-6 * s.front();
  const auto r =
      std::size_t(std::count_if(s.begin(), s.end(), [&](double one) { return one > least; }));
  return transposed(slice_rows(transposed(parts.V), 0, r));
}

// Degrees between the space that the decoder paints and PCA's, in ascending order.
std::vector<double> angles_to(const Pca& pca, const Tensor& found) {
  std::vector<double> degrees;
  for (double angle : principal_angles(found, pca.components))
    degrees.push_back(angle * 180 / std::acos(-1.0));
  return degrees;
}

std::string table_of_components(const Tensor& W_enc, const Tensor& W_dec, const Pca& pca,
                                const Tensor& found, const std::vector<double>& angles) {
  const Tensor& V = pca.components;
  const Tensor kept = matmul_at(V, matmul(matmul(W_enc, W_dec), V)), overlap = matmul_at(found, V);
  std::vector<Cells> rows;
  for (std::size_t j = 0; j < angles.size(); ++j) {
    rows.push_back({text(j + 1), number(angles[j]), number(std::abs(double(overlap(j, j)))),
                    number(pca.variances[j]), number(double(kept(j, j)))});
  }
  return table(
      "Principal angles are those between the decoder's space and PCA's: all 0 where the two are "
      "the same. A component recovered by the singular values has a cosine of 1 with PCA's. Weight "
      "decay λ shrinks each share from 1 to 1 − λ / variance.",
      {"component", "principal angle, degrees", "cosine, recovered and PCA's", "variance",
       "share reconstructed"},
      rows);
}

std::string pictures(const Tensor& W_dec, const Pca& pca, const Tensor& found, ImageShape image) {
  const auto shown = [&](const Tensor& directions, const char* name, const char* caption) {
    return figure(tiles(rows_that_fit(directions, image, 36), image, 4, GridRange::symmetric, name),
                  say("<b>{}</b>. {}", name, caption));
  };
  return beside({shown(W_dec, "The decoder's weights",
                       "What each code unit paints. They span PCA's space, but none of them is a "
                       "component: with another seed they are others."),
                 shown(transposed(found), "Recovered by their singular values",
                       "The right singular vectors of the same weights. Compare each with PCA's at "
                       "the same place."),
                 shown(transposed(pca.components), "PCA's components", "The leading one first.")});
}

}  // namespace

std::string linear_figures(TrainRun& run) {
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  const std::size_t k = model.code_size();
  const bool is_linear = model.encoder[0].activation == Activation::linear &&
                         model.decoder[0].activation == Activation::linear;
  if (!is_linear || k > run.data.train.features() || k >= run.data.train.size() ||
      total_variance(run.data.train.X) == 0)
    return "";
  const Pca pca = fit_pca(run.data.train.X, k, run.workers);
  const Tensor W_enc = model.encoder[0].W.value, W_dec = model.decoder_weights(0);
  if (largest_magnitude(W_dec) == 0) return "";
  const Tensor found = directions_of(W_dec);
  const std::vector<double> angles = angles_to(pca, found);
  run.measured["principal_angles"] = json_list(angles);
  const double of_pca = squared_error_per_example(run.shown().X, pca.reconstruct(run.shown().X));
  std::string content =
      say("<p>No linear code of {} has a smaller squared error on the training data than PCA. The "
          "error of this model is {}, PCA's is {}{}.</p>\n",
          counted(k, "number"), number(run.shown_error()), number(of_pca),
          run.has_test() ? " (test examples)" : "");
  const bool is_same = angles.back() < 1;
  content += say("<p>The largest angle between its space and PCA's is {} degrees: {}.</p>\n",
                 number(angles.back()),
                 is_same ? "the two are the same but for rounding and weight decay"
                         : "training has not come to the optimum, where it would be 0 (more "
                           "--epochs; --scale standard where columns differ in size)");
  if (run.has_pictures()) content += pictures(W_dec, pca, found, run.shown().image);
  return section(is_same ? "The plane that PCA finds" : "Not yet the plane that PCA finds",
                 content + table_of_components(W_enc, W_dec, pca, found, angles));
}

}  // namespace strata::pages
