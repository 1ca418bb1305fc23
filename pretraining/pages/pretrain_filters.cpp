// What units look for, as pictures: pretrain_figures.hpp.

#include <cmath>
#include <numeric>

#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"
#include "pretraining/pages/unit_pictures.hpp"

namespace strata::pages {
namespace {

constexpr std::size_t most_filters = 100, most_exciting = 36;

// "the first 100 of 1000 units", or "100 units".
std::string how_many(std::size_t shown, std::size_t all) {
  return (shown < all ? text("the first ", shown, " of ") : "") + counted(all, "unit");
}

// Some of `all` units as tiles (units × pixels).
std::string figure_of_units(const Tensor& units, std::size_t all, ImageShape image,
                            std::size_t columns, const std::string& name, const std::string& what,
                            const std::string& caption) {
  const std::string count = how_many(units.rows(), all);
  return figure(
      tiles(units, image, columns, GridRange::symmetric, say("{}: {}, {}", name, what, count)),
      say("<b>{}</b> ({}). {}", name, count, caption));
}

std::string exciting_figure(const PretrainResults& c, std::size_t layer,
                            const ExcitingOptions& options) {
  const Tensor inputs = exciting_inputs(c.deep, layer, options);
  const bool is_code = layer == c.deep.encoder.size();
  return figure_of_units(
      inputs, c.deep.encoder[layer - 1].outputs(), c.train.image, inputs.rows() % 9 == 0 ? 9 : 10,
      say("Layer {}{}", layer, is_code ? ", the code" : ""),
      "for each unit the input that excites it most",
      is_code
          ? "What drives each number of the code upwards. Look for pairs that ask for opposites."
          : "Look for strokes, rings and gaps that are larger than what layer 1 sees.");
}

std::string deeper_layers(const PretrainResults& c, Workers* workers) {
  if (c.deep.encoder.size() < 2) return "";
  // How far from the mean the inputs go: the root of the mean squared distance of a training
  // example from it.
  const double variance = std::accumulate(c.pca.variances.begin(), c.pca.variances.end(), 0.0);
  const ExcitingOptions options{.centre = c.pca.mean,
                                .bound = variance > 0 ? std::sqrt(variance) : 1,
                                .most_units = tiles_that_fit(c.train.image, most_exciting),
                                .workers = workers};
  std::vector<std::string> figures;
  for (std::size_t layer = 2; layer <= c.deep.encoder.size(); ++layer)
    figures.push_back(exciting_figure(c, layer, options));
  return say("<h3>Its deeper layers: the inputs that excite a unit most</h3>\n"
             "<p>These units have no weights on the pixels. Their pictures are found by gradient "
             "ascent on what goes into the unit, {} steps from the mean training picture. The tile "
             "is the change to that mean, which is taken away; its length is bounded by {}, the "
             "typical distance of a training picture from the mean. White asks for more, black for "
             "less.</p>\n",
             options.steps, number(options.bound)) +
         beside(figures);
}

}  // namespace

std::string filters(const PretrainResults& c, Workers* workers) {
  if (!c.train.has_pictures()) return "";
  const ImageShape image = c.train.image;
  const auto weights = [&](const Tensor& units, const char* title, const char* caption) {
    return figure_of_units(rows_that_fit(units, image, most_filters), units.rows(), image, 10,
                           title, "one grey tile a unit", caption);
  };
  const DenseAutoencoder& first = *c.stages.front().dense();
  return "<p>Each tile belongs to one unit: mid-grey is 0, white positive, black negative, each "
         "tile scaled by itself. For a unit of the first layer the weights are also, up to their "
         "length, the input that excites it most.</p>\n<h3>PCA and the shallow autoencoder</h3>\n" +
         beside({weights(transposed(c.pca.components), "PCA, the components",
                         "The leading one first. Look for slow waves of light and dark over the "
                         "whole picture, faster ones later on."),
                 weights(transposed(c.shallow.encoder.front().W.value),
                         "Shallow autoencoder, encoder weights",
                         "What each number of its code measures. Compare with PCA's components: "
                         "like them, each covers the whole picture."),
                 weights(c.shallow.decoder_weights(c.shallow.decoder.size() - 1),
                         "Shallow autoencoder, decoder weights",
                         "What each number of its code paints. It need not look like what the "
                         "number measures.")}) +
         "<h3>The deep autoencoder</h3>\n" +
         beside({weights(transposed(first.encoder.front().W.value),
                         "Layer 1 after pretraining, encoder weights",
                         "Look for spots, edges and strokes. Many tiles look like noise: nothing "
                         "asked these units to be simple, and together they still carry the "
                         "picture. A sparse layer (--layer-kind sparse) looks tidier."),
                 weights(transposed(c.deep.encoder.front().W.value),
                         "Layer 1 after fine-tuning, encoder weights",
                         "The same units in the same places. Look for the tiles that fine-tuning "
                         "changed."),
                 weights(c.deep.decoder_weights(c.deep.decoder.size() - 1),
                         "Last decoder layer after fine-tuning",
                         "What each unit paints into the reconstruction. Look for the strokes that "
                         "pictures are put together from.")}) +
         deeper_layers(c, workers);
}

std::string first_layers(const PretrainResults& c) {
  if (!c.train.has_pictures() || c.options.ways.size() < 2) return "";
  std::vector<std::string> figures;
  for (const std::string& way : c.options.ways) {
    const DenseAutoencoder& first = *c.stages_of(way).front().dense();
    const Tensor units = transposed(first.encoder.front().W.value);
    const Tensor shown = without_still_pixels(rows_that_fit(units, c.train.image, 36), c.train.X);
    const std::string which = say("{} of {}", shown.rows(), counted(units.rows(), "unit"));
    figures.push_back(figure(
        tiles(shown, c.train.image, 6, GridRange::symmetric,
              say("first layer, {}: {}", way, which)),
        say("<b>{}</b> ({}). {}", capitalised(way), which, capitalised(way_named(way).look_for))));
  }
  return say("<h3>The first layer, pretrained by each kind</h3>\n<p>Encoder weights before "
             "fine-tuning, one tile a unit, each scaled by itself; mid-grey is 0, white positive, "
             "black negative.{}</p>\n",
             on_still_pixels) +
         beside(figures);
}

}  // namespace strata::pages
