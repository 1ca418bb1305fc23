// An undercomplete autoencoder: what each unit of the bottleneck paints, and the same examples by
// PCA.

#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

std::string beside_pca(TrainRun& run) {
  const Dataset& shown = run.shown();
  const std::size_t k = run.model->code_size();
  if (k >= shown.features() || k >= run.data.train.size()) return "";
  const Pca pca = fit_pca(run.data.train.X, k, run.workers);
  const double error = run.shown_error(),
               of_pca = squared_error_per_example(shown.X, pca.reconstruct(shown.X));
  return say(
      "<p>PCA is the best that straight lines can do with {}. Its error is {}, this model's {}, "
      "{}. Both are shown below, under Originals and reconstructions.</p>\n",
      counted(k, "number"), number(of_pca), number(error),
      error < of_pca ? "lower: its units bend, and the output stays within its range"
                     : "no lower: units that bend help only where the training makes use of it "
                       "(more epochs, another rate)");
}

std::string what_units_paint(const DenseAutoencoder& model, const TrainRun& run) {
  const ImageShape image = run.shown().image;
  if (model.decoder.size() != 1) return "";
  const auto shown = [&](const Tensor& units, const char* name, const std::string& caption) {
    const Tensor some = rows_that_fit(units, image, 64);
    const std::size_t n = some.rows();
    return figure(tiles(some, image, n % 8 == 0 ? 8 : 6, GridRange::symmetric, name),
                  say("<b>{}</b>, one tile a unit, {} of {}. {}", name, n, units.rows(), caption));
  };
  return beside(
      {shown(units_of(model.encoder[0].W.value, run.data.train.X), "What each code unit measures",
             "The encoder's weights: white pixels switch the unit on, black ones off." +
                 std::string(on_still_pixels)),
       shown(model.decoder_weights(0), "What each code unit paints",
             "The decoder's weights: what is added to the picture when the unit is on. Look how "
             "much of the picture each covers: the fewer the units, the less one can be spared for "
             "a single stroke.")});
}

}  // namespace

std::string undercomplete_figures(TrainRun& run) {
  const auto& model = dynamic_cast<const DenseAutoencoder&>(*run.model);
  std::string content = beside_pca(run);
  if (run.has_pictures()) content += what_units_paint(model, run);
  return section("Through the bottleneck", content);
}

}  // namespace strata::pages
