// The page of a convolutional autoencoder: what it makes of pictures that were moved, beside a
// dense one; its windows; and one picture on its way through the layers.

#include "autoencoders/convolutional.hpp"

#include <algorithm>
#include <cmath>

#include "autoencoders/train.hpp"
#include "core/data/pictures.hpp"
#include "layers/conv2d.hpp"
#include "layers/pool2d.hpp"
#include "layers/upsample2d.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {

// ---- moved pictures: whether a model that was trained on pictures in one place still knows them
// in another, and can reconstruct them where they are now

std::vector<double> errors_under_shift(Autoencoder& model, const Tensor& X, ImageShape image,
                                       std::size_t most, Workers* workers) {
  std::vector<double> errors = {reconstruction_error(model, X, workers)};
  for (int by = 1; by <= int(most); ++by) {
    const int directions[4][2] = {{-by, 0}, {by, 0}, {0, -by}, {0, by}};
    double sum = 0;
    for (const auto& [down, right] : directions) {
      sum += reconstruction_error(model, shifted(X, image, down, right), workers);
    }
    errors.push_back(sum / 4);
  }
  return errors;
}

DenseAutoencoderOptions dense_rival(std::size_t d, std::size_t k, std::size_t weights,
                                    Activation code) {
  // weights of d-h-k-h-d: 2 h (d + k) + 2 h + k + d, which is to be `weights`
  const std::size_t hidden = weights > k + d ? (weights - k - d) / (2 * (d + k + 1)) : 0;
  return {
      .sizes = hidden > k ? std::vector<std::size_t>{d, hidden, k} : std::vector<std::size_t>{d, k},
      .hidden = Activation::relu,
      .code = code,
      .loss = Loss::bce,
      .initializer = Initializer::he};
}

namespace {

std::size_t farthest_shift(ImageShape image) {
  return std::max<std::size_t>(2, std::min(image.height, image.width) / 7);
}

// A dense one, trained as the model was: same rows, epochs, size of batches and optimiser.
DenseAutoencoder trained_rival(const TrainRun& run, const ConvolutionalAutoencoder& model,
                               std::size_t weights) {
  Rng rng(run.seed);
  const Activation code = model.options.code_size > 0 ? model.options.code : Activation::relu;
  DenseAutoencoderOptions options = dense_rival(model.features(), model.code_size(), weights, code);
  options.loss = model.options.loss;
  options.penalties.decay = model.options.decay;
  DenseAutoencoder rival(options, rng);
  FitOptions fit = run.fit;
  fit.stage = fit.label = "a dense one beside it";
  train(rival, run.trained_on(), rng, fit, {.workers = run.workers, .listeners = run.listeners});
  run.listeners.clear_line();
  return rival;
}

// The first pictures, moved to the right, over what both make of them.
std::string moved_strips(const TrainRun& run, ConvolutionalAutoencoder& model,
                         DenseAutoencoder& rival, std::size_t by) {
  const Dataset& shown = run.shown();
  const Tensor moved = shifted(rows_at(shown.X, rows_to_show(shown, 10)), shown.image, 0, int(by));
  const std::string pixels = counted(by, "pixel");
  return strips(
      {{"moved", pixels + " to the right", moved, run.part() + " pictures, moved by " + pixels},
       {"convolutional", "", model.reconstruct(moved), "reconstructed by this model"},
       {"dense", "", rival.reconstruct(moved), "reconstructed by the dense autoencoder"}},
      shown.image);
}

std::string shift_section(TrainRun& run, ConvolutionalAutoencoder& model) {
  const Dataset& shown = run.shown();
  if (!run.has_pictures() || run.denoises) return "";
  const std::size_t weights = count_of(model.parameters()), most = farthest_shift(shown.image);
  const std::vector<double> ours =
      errors_under_shift(model, shown.X, shown.image, most, run.workers);
  DenseAutoencoder rival = trained_rival(run, model, weights);
  const std::vector<double> theirs =
      errors_under_shift(rival, shown.X, shown.image, most, run.workers);
  const std::size_t rival_weights = count_of(rival.parameters());
  run.measured["shifts"] = Json::object({{"convolutional", json_list(ours)},
                                         {"dense", json_list(theirs)},
                                         {"weights", weights},
                                         {"dense_architecture", rival.architecture()},
                                         {"dense_weights", rival_weights}});
  const std::string words =
      say("<p>Both were trained on pictures where they are, and are now shown the {} pictures a "
          "few pixels away. The dense autoencoder is {}, with the same code size and {} weights "
          "(here: {}), trained as long on the same rows. One pixel multiplies the error of this "
          "model by {}, to {}; that of the dense one by {}, to {}.{}</p>\n",
          run.part(), rival.architecture(), rival_weights, weights, number(ours[1] / ours[0]),
          number(ours[1]), number(theirs[1] / theirs[0]), number(theirs[1]),
          ours[1] < theirs[1] ? ""
                              : " Here the windows do not help: the dense layers at the code know "
                                "their places by heart.");
  const LineChartOptions options{"Error of moved pictures", "pixels moved",
                                 "squared error per example", 460, 320};
  return section(
      "Pictures that moved",
      words +
          figure_of_chart(
              {numbered("convolutional", ours, 0), numbered("dense", theirs, 0)}, options,
              "Means over up, down, left and right; what leaves the picture is lost to both. Look "
              "at how far apart the lines come.") +
          figure(moved_strips(run, model, rival, 2),
                 "Look for strokes that survive the move, and for those that the dense one tears "
                 "apart."));
}

// ---- one picture on its way
std::string name_of(Layer& layer) {
  std::string name;
  for (const Parameter* p : layer.parameters()) {
    if (name.empty()) name = p->name.substr(0, p->name.rfind('.'));
  }
  if (dynamic_cast<MaxPool2d*>(&layer) != nullptr) return "the largest of each 2×2";
  if (dynamic_cast<Upsample2d*>(&layer) != nullptr) return "each pixel a square";
  return name;
}

// The maps of one example after a layer, the largest number white.
std::string maps_figure(const Tensor& maps, const std::string& name) {
  const std::size_t C = maps.shape[1], shown = std::min<std::size_t>(C, 32);
  const ImageShape side{maps.shape[2], maps.shape[3]};
  Tensor rows = slice_rows(maps.reshaped({C, side.height * side.width}), 0, shown);
  const Real largest = largest_magnitude(rows);
  for (Real& value : rows.values) value /= largest > 0 ? largest : 1;
  return figure(tiles(rows, side, 8, GridRange::unit, "feature maps after " + name),
                say("<b>{}</b>: {}×{}×{}{}", name, C, side.height, side.width,
                    shown < C ? say(", the first {}", shown) : ""));
}

// All layers of a part, one after the other; figures of those that give maps.
Var go_through(Sequential& part, Tape& tape, Var a, std::vector<std::string>& figures) {
  for (const auto& layer : part.layers) {
    a = layer->forward(tape, a, Mode::evaluation);
    const std::string name = name_of(*layer);
    if (a.shape().rank == 4 && !name.empty()) figures.push_back(maps_figure(a.value(), name));
  }
  return a;
}

std::string way_section(const TrainRun& run, ConvolutionalAutoencoder& model) {
  const Maps& picture = model.options.picture;
  Tape tape;
  const Var x = tape.input(slice_rows(run.shown().X, 0, 1));
  const Shape as_maps{1, picture.channels, picture.height, picture.width};
  std::vector<std::string> figures = {maps_figure(x.value().reshaped(as_maps), "the picture")};
  const Var h = go_through(model.encoder, tape, x, figures);
  const Var logits = go_through(model.decoder, tape, h, figures);
  figures.back() = maps_figure(sigmoid(logits).value().reshaped(as_maps), "the reconstruction");
  return section(
      "One picture on its way",
      "<p>Feature maps of the first picture, layer after layer. Black is 0, white the layer's "
      "largest number. The smallest maps are the code, or what a dense code is made from.</p>\n" +
          beside(figures));
}

std::string psnr_words(TrainRun& run, ConvolutionalAutoencoder& model) {
  const double ratio = psnr(run.shown().X, model.reconstruct(run.shown().X, run.workers));
  if (!std::isfinite(ratio)) return "";  // it copies
  run.measured["psnr"] = ratio;
  return say(
      "<p>Peak signal-to-noise ratio of the {} pictures: <b>{} dB</b>, that is 10 "
      "log<sub>10</sub>(1 / mean squared error of a pixel). Ten times less error are ten more "
      "decibels.</p>\n",
      run.part(), number(ratio));
}

}  // namespace

std::string convolutional_figures(TrainRun& run) {
  auto& model = dynamic_cast<ConvolutionalAutoencoder&>(*run.model);
  return psnr_words(run, model) + shift_section(run, model) + way_section(run, model);
}

}  // namespace strata::pages
