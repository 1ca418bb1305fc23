// The sections of the page of `strata pretrain`: pretrain.hpp.

#include <cmath>
#include <numeric>

#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/maps.hpp"
#include "pretraining/pages/pictures.hpp"
#include "pretraining/pages/pretrain.hpp"
#include "pretraining/pages/unit_pictures.hpp"

namespace strata::pages {

// ---- training curves
namespace {

std::string loss_in_words(const DenseAutoencoder& model) {
  return model.loss == Loss::bce ? "cross-entropy" : "half the squared error";
}

// The networks that were trained as a whole, from a random start or after pretraining.
std::vector<const MethodResult*> whole_networks(const PretrainResults& c) {
  std::vector<const MethodResult*> networks = {&c.method("shallow")};
  if (c.options.random_start) networks.push_back(&c.method("deep_random"));
  for (const std::string& way : c.options.ways) networks.push_back(&c.finetuned(way));
  return networks;
}

std::size_t epochs_of_pretraining(const MethodResult& m) {
  return m.epochs - m.curves.back().history.epochs.size();
}

LineChartOptions network_chart_options(const std::string& examples, const std::string& y_label) {
  return {"Whole networks, " + examples,
          "epoch, pretraining included",
          y_label,
          440,
          330,
          YAxis::suited};
}

}  // namespace

std::string pretraining_curves(const PretrainResults& c) {
  std::vector<std::string> charts;
  // Of several ways it is the main one that is shown.
  const std::string way = c.options.ways.size() > 1 ? ", " + c.options.ways.front() : "";
  const std::vector<GreedyStage>& stages = c.main_stages();
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const DenseAutoencoder& model = *stages[k].dense();
    const std::string title =
        say("Layer {}{}: {} → {}", k + 1, way, model.features(), model.code_size());
    const std::string caption =
        k == 0 ? say("Layer 1 learns to reconstruct the data through {} units. A curve that is "
                     "still falling at the end asks for more epochs.",
                     model.code_size())
               : say("Layer {} learns to reconstruct the codes of layer {}. The axes differ: its "
                     "loss is counted in the units of layer {}, not in features.",
                     k + 1, k, k);
    charts.push_back(figure_of_chart(
        lines_of_terms(stages[k].history),
        {title, "epoch", "loss, " + loss_in_words(model), 320, 230, YAxis::suited}, caption));
  }
  return beside(charts);
}

std::string test_curves(const PretrainResults& c) {
  std::vector<Series> lines;
  for (const MethodResult* m : whole_networks(c))
    lines.push_back(numbered(names_of(c, *m).in_legend, m->curves.back().test_errors,
                             double(epochs_of_pretraining(*m) + 1)));
  return line_chart(lines, network_chart_options("test examples", "squared error per example"));
}

std::string network_curves(const PretrainResults& c) {
  std::vector<Series> training;
  for (const MethodResult* m : whole_networks(c))
    training.push_back(training_line(names_of(c, *m).in_legend, m->curves.back().history,
                                     epochs_of_pretraining(*m)));
  const std::string of_test_examples =
      say("The error of the table on the test examples, which no network was trained on, after "
          "each epoch: a line ends at its method's row. Epochs of pretraining count. So a "
          "fine-tuned line begins at epoch {}, where pretraining ended, and all networks have had "
          "the same number of passes over the data at the same place. Look at how low it begins{}. "
          "A line that rises here while its training line falls is overfitting.",
          c.pretrained(c.options.ways.front()).epochs + 1,
          c.options.random_start ? ", and whether the random start catches up" : "");
  return beside(
      {figure(test_curves(c), of_test_examples),
       figure_of_chart(training,
                       network_chart_options("training examples", "loss, " + loss_in_words(c.deep)),
                       "The loss that is trained on, which is not the squared error of the table: "
                       "it need not come near 0.")});
}

// ---- maps of the code
namespace {

// What the map of one of the two codes decodes to.
DecodedPlaces places_by_pca(const PretrainResults& c) {
  return decoded_places(c.method("pca").test_codes, c.test.image, "PCA",
                        [&](const Tensor& codes) { return c.pca.inverse_transform(codes); });
}
DecodedPlaces places_by_deep(PretrainResults& c, const std::string& name) {
  return decoded_places(c.method("greedy_finetuned").test_codes, c.test.image, name,
                        [&](const Tensor& codes) { return c.deep.decode(codes); });
}

std::string with_neighbours(const PretrainResults& c, const std::string& name,
                            const std::string& method) {
  const std::string words = neighbours_in_words(c, c.method(method));
  return words.empty() ? "" : " " + name + ":" + words;
}

std::string maps_of_one_number(PretrainResults& c) {
  const Tensor& linear = c.method("pca").test_codes;
  const Tensor& deep = c.method("greedy_finetuned").test_codes;
  Tensor points({c.test.size(), 2});
  for (std::size_t i = 0; i < c.test.size(); ++i) {
    points(i, 0) = linear[i];
    points(i, 1) = deep[i];
  }
  const std::string out =
      figure(map_chart("PCA's number and the autoencoder's", points, c.test, 440, "PCA's number",
                       "the autoencoder's number"),
             say("The code is one number, so both codes fit on one map: {}, PCA's number to the "
                 "right, the fine-tuned autoencoder's upwards. Points on one rising or falling "
                 "curve would mean that both put the examples in the same order. {}{}{}",
                 drawn(c.test.size()), what_to_look_for(c.test), with_neighbours(c, "PCA", "pca"),
                 with_neighbours(c, "The fine-tuned autoencoder", "greedy_finetuned")));
  if (!c.test.has_pictures()) return out;
  const auto line = [](const DecodedPlaces& places, const char* name) {
    return figure(places.tiles,
                  say("<b>{}</b>: pictures decoded from codes of {} to {}, row by row (the middle "
                      "90 % of the test codes). Look for one picture turning into another.",
                      name, number(double(places.first)), number(double(places.last))));
  };
  const char* const name = "fine-tuned autoencoder";
  return out + beside({line(places_by_pca(c), "PCA"), line(places_by_deep(c, name), name)});
}

std::string maps_of_planes(PretrainResults& c) {
  const MethodResult &linear = c.method("pca"), &deep = c.method("greedy_finetuned");
  const char* const name = "Autoencoder, fine-tuned";
  const std::string of_what =
      c.code_size() == 2
          ? "The code is two numbers, so it is a map: "
          : say("The code has {} numbers; the map shows its two leading principal directions: ",
                c.code_size());
  const std::string out =
      beside({figure(labelled_map("PCA", linear.test_codes, c.test),
                     say("{}{}. {}{}", of_what, drawn(c.test.size()), what_to_look_for(c.test),
                         neighbours_in_words(c, linear))),
              figure(labelled_map(name, deep.test_codes, c.test),
                     "The same examples, placed by the pretrained and fine-tuned autoencoder. Its "
                     "axes have no units and no order, and a mirror image or a turned map is as "
                     "good. Compare with PCA: is there less overlap?" +
                         neighbours_in_words(c, deep))});
  if (!c.test.has_pictures()) return out;
  const DecodedPlaces by_pca = places_by_pca(c);
  return out +
         beside(
             {figure(by_pca.tiles,
                     say("<b>PCA</b>: what {}×{} places of the map above decode to, over the "
                         "middle 90 % of the test codes in each direction. Look for pictures that "
                         "are blends, neither one class nor another.",
                         by_pca.count, by_pca.count)),
              figure(
                  places_by_deep(c, name).tiles,
                  say("<b>{}</b>: the same for its map. Look for regions where the picture hardly "
                      "changes, with narrow borders between them, and find them in the map above.",
                      name))});
}

}  // namespace

std::string maps(PretrainResults& c) {
  if (c.test.size() < 3) return "<p>There are too few test examples for a map.</p>\n";
  return c.code_size() == 1 ? maps_of_one_number(c) : maps_of_planes(c);
}

// ---- what units look for
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
  const DenseAutoencoder& first = *c.main_stages().front().dense();
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
