// The filters of the report: report_figures.hpp.

#include <cmath>
#include <numeric>

#include "pretraining/pages/pretrain_figures.hpp"
#include "pretraining/pages/unit_pictures.hpp"

namespace strata::report {

const char* const on_still_pixels =
    " Pixels whose variance in the training data is below a tenth of the mean variance are drawn "
    "as 0 "
    "(grey), whatever their weights: they do little for any example, and some large ones among "
    "them would "
    "set the scale.";

Tensor without_still_pixels(Tensor weights, const Tensor& X) {
  check(weights.cols() == X.cols(), "still pixels: weights ", weights.shape, " of data ", X.shape);
  const Tensor mean = column_means(X);
  std::vector<double> variance(X.cols(), 0);
  double mean_variance = 0;
  for (std::size_t j = 0; j < X.cols(); ++j) {
    for (std::size_t i = 0; i < X.rows(); ++i)
      variance[j] += std::pow(double(X(i, j)) - double(mean[j]), 2) / double(X.rows());
    mean_variance += variance[j] / double(X.cols());
  }
  for (std::size_t j = 0; j < X.cols(); ++j) {
    if (variance[j] >= 0.1 * mean_variance && variance[j] > 0) continue;
    for (std::size_t k = 0; k < weights.rows(); ++k) weights(k, j) = 0;
  }
  return weights;
}
namespace {

constexpr std::size_t most_filters = 100, most_exciting = 36;

// "the first 100 of 1000 units", or "100 units".
std::string how_many(std::size_t shown, std::size_t all) {
  const std::string units = all == 1 ? " unit" : " units";
  return shown < all ? text("the first ", shown, " of ", all, units) : text(all, units);
}

// Rows of `weights` (units × pixels) as tiles.
std::string filter_figure(const Tensor& weights, ImageShape image, const std::string& title,
                          const std::string& caption) {
  const std::size_t shown = std::min(weights.rows(), tiles_that_fit(image, most_filters));
  const std::string alt = title + ": one grey tile a unit, " + how_many(shown, weights.rows());
  return figure(tiles(slice_rows(weights, 0, shown), image, 10, GridRange::symmetric, alt),
                "<b>" + title + "</b> (" + how_many(shown, weights.rows()) + "). " + caption);
}

// How far from the mean the inputs go: the root of the mean squared distance of a training example
// from it.
ExcitingOptions around_the_mean(const Comparison& c, Workers* workers) {
  ExcitingOptions options;
  options.centre = c.pca.mean;
  const double variance = std::accumulate(c.pca.variances.begin(), c.pca.variances.end(), 0.0);
  options.bound = variance > 0 ? std::sqrt(variance) : 1;
  options.most_units = tiles_that_fit(c.train.image, most_exciting);
  options.workers = workers;
  return options;
}

std::string exciting_figure(const Comparison& c, std::size_t layer,
                            const ExcitingOptions& options) {
  const Tensor inputs = exciting_inputs(c.deep, layer, options);
  const std::size_t units = c.deep.encoder[layer - 1].outputs();
  const bool is_code = layer == c.deep.encoder.size();
  const std::string place = is_code ? text("Layer ", layer, ", the code") : text("Layer ", layer);
  const std::string count = how_many(inputs.rows(), units);
  const std::string alt = place + ": for each unit the input that excites it most, " + count;
  const std::size_t columns = inputs.rows() % 9 == 0 ? 9 : 10;
  const char* look = "Look for strokes, rings and gaps that are larger than what layer 1 sees.";
  if (is_code)
    look = "What drives each number of the code upwards. Look for pairs that ask for opposites.";
  return figure(tiles(inputs, c.train.image, columns, GridRange::symmetric, alt),
                "<b>" + place + "</b> (" + count + "). " + look);
}

std::string deeper_layers(const Comparison& c, Workers* workers) {
  if (c.deep.encoder.size() < 2) return "";
  const ExcitingOptions options = around_the_mean(c, workers);
  std::vector<std::string> figures;
  for (std::size_t layer = 2; layer <= c.deep.encoder.size(); ++layer) {
    figures.push_back(exciting_figure(c, layer, options));
  }
  return text(
             "<h3>Its deeper layers: the inputs that excite a unit most</h3>\n"
             "<p>These units have no weights on the pixels. Their pictures are found by gradient "
             "ascent on "
             "what goes into the unit, ",
             options.steps,
             " steps from the mean training picture. The tile is the change to that mean, which is "
             "taken "
             "away; its length is bounded by ",
             number(options.bound),
             ", the typical distance of a training picture from the mean. White asks for more, "
             "black for "
             "less.</p>\n") +
         beside(figures);
}

}  // namespace

std::string filters(const Comparison& c, Workers* workers) {
  const ImageShape image = c.train.image;
  if (image == ImageShape{}) return "";
  std::vector<std::string> linear = {
      filter_figure(transposed(c.pca.components), image, "PCA, the components",
                    "The leading one first. Look for slow waves of light and "
                    "dark over the whole picture, faster ones later on.")};
  linear.push_back(filter_figure(transposed(c.shallow.encoder.front().W.value), image,
                                 "Shallow autoencoder, encoder weights",
                                 "What each number of its code measures. Compare with PCA's "
                                 "components: like them, each covers the "
                                 "whole picture."));
  linear.push_back(filter_figure(
      c.shallow.decoder_weights(c.shallow.decoder.size() - 1), image,
      "Shallow autoencoder, decoder weights",
      "What each number of its code paints. It need not look like what the number measures."));
  std::vector<std::string> deep = {
      filter_figure(
          transposed(c.stages.front().dense()->encoder.front().W.value), image,
          "Layer 1 after pretraining, encoder weights",
          "Look for spots, edges and strokes. Many tiles look like noise: nothing asked these "
          "units to be simple, and together they still carry the picture. A sparse layer "
          "(--layer-kind sparse) looks tidier."),
      filter_figure(
          transposed(c.deep.encoder.front().W.value), image,
          "Layer 1 after fine-tuning, encoder weights",
          "The same units in the same places. Look for the tiles that fine-tuning changed."),
      filter_figure(
          c.deep.decoder_weights(c.deep.decoder.size() - 1), image,
          "Last decoder layer after fine-tuning",
          "What each unit paints into the reconstruction. Look for the strokes that pictures are "
          "put together from.")};
  return "<p>Each tile belongs to one unit: mid-grey is 0, white positive, black negative, each "
         "tile scaled "
         "by itself. For a unit of the first layer the weights are also, up to their length, the "
         "input that "
         "excites it most.</p>\n"
         "<h3>PCA and the shallow autoencoder</h3>\n" +
         beside(linear) + "<h3>The deep autoencoder</h3>\n" + beside(deep) +
         deeper_layers(c, workers);
}

}  // namespace strata::report
