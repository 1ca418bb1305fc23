// An undercomplete autoencoder: what each unit of the bottleneck paints, and the same examples by
// PCA.

#include <algorithm>

#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

std::string beside_pca(TrainRun& run) {
  const Dataset& shown = run.shown();
  const std::size_t k = run.model->code_size();
  if (k >= shown.features() || k >= run.data.train.size()) return "";
  const Pca pca = fit_pca(run.data.train.X, k, run.workers);
  const double error = run.shown_error(),
               of_pca = squared_error_per_example(shown.X, pca.reconstruct(shown.X));
  const char* verdict = error < of_pca
                            ? "lower: its units bend, and the output stays within its range"
                            : "no lower: units that bend help only where the training makes use "
                              "of it (more epochs, another rate)";
  return text("<p>PCA is the best that straight lines can do with ", k,
              k == 1 ? " number. Its error is " : " numbers. Its error is ", number(of_pca),
              ", this model's ", number(error), ", ", verdict,
              ". Both are shown below, under Originals and reconstructions.</p>\n");
}

std::string what_units_paint(const DenseAutoencoder& model, const TrainRun& run) {
  const ImageShape image = run.shown().image;
  if (model.decoder.size() != 1) return "";
  const std::size_t n = std::min(model.code_size(), tiles_that_fit(image, 64));
  const std::size_t columns = n % 8 == 0 ? 8 : 6;
  const auto shown = [&](const Tensor& weights, const char* name, const std::string& caption) {
    return figure(
        tiles(slice_rows(weights, 0, n), image, columns, GridRange::symmetric, name),
        text("<b>", name, "</b>, one tile a unit, ", n, " of ", model.code_size(), ". ", caption));
  };
  return beside({shown(without_still_pixels(transposed(model.encoder[0].W.value), run.data.train.X),
                       "What each code unit measures",
                       "The encoder's weights: white pixels switch the unit on, black ones off." +
                           std::string(on_still_pixels)),
                 shown(model.decoder_weights(0), "What each code unit paints",
                       "The decoder's weights: what is added to the picture when the unit is on. "
                       "Each covers much of "
                       "the picture; with so few units none can be spared for a single stroke.")});
}

}  // namespace

std::string undercomplete_figures(TrainRun& run) {
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  std::string content = beside_pca(run);
  if (run.has_pictures()) content += what_units_paint(model, run);
  return section("Through the bottleneck", content);
}

}  // namespace strata::report
