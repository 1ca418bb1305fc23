#include "autoencoders/stacked.hpp"

#include <utility>

namespace strata {

StackedAutoencoder::StackedAutoencoder(std::vector<std::unique_ptr<Autoencoder>> layers_)
    : layers(std::move(layers_)) {
  check(!layers.empty(), "stacked: there are no layers");
  for (std::size_t k = 0; k < layers.size(); ++k) {
    check(k == 0 || layers[k]->features() == layers[k - 1]->code_size(), "stacked: layer ", k + 1,
          " has ", layers[k]->features(), " features, but the layer below gives ",
          k == 0 ? 0 : layers[k - 1]->code_size());
    for (Parameter* p : layers[k]->parameters()) p->name = text(k, ".", p->name);
  }
}

Var StackedAutoencoder::record_encode(Tape& tape, Var X, Mode mode) {
  for (const auto& layer : layers) X = layer->record_encode(tape, X, mode);
  return X;
}

Var StackedAutoencoder::record_decode(Tape& tape, Var h, Mode mode) {
  for (std::size_t k = layers.size(); k-- > 0;) h = layers[k]->record_decode(tape, h, mode);
  return h;
}

std::vector<Parameter*> StackedAutoencoder::parameters() {
  std::vector<Parameter*> all;
  for (const auto& layer : layers) {
    for (Parameter* p : layer->parameters()) all.push_back(p);
  }
  return all;
}

std::vector<Rng*> StackedAutoencoder::generators() {
  std::vector<Rng*> all;
  for (const auto& layer : layers) {
    for (Rng* generator : layer->generators()) all.push_back(generator);
  }
  return all;
}

std::string StackedAutoencoder::architecture() const {
  std::string widths = std::to_string(features());
  for (const auto& layer : layers) widths += text("-", layer->code_size());
  return widths;
}

Json StackedAutoencoder::settings() const {
  Json of_layers = Json::array();
  for (const auto& layer : layers) of_layers.push(layer->settings());
  return Json::object({{"model", "stacked"}, {"layers", of_layers}});
}

StackedAutoencoder StackedAutoencoder::from_settings(const Json& settings, const OwnKinds& own) {
  std::vector<std::unique_ptr<Autoencoder>> layers;
  for (const Json& layer : settings.at("layers").items()) layers.push_back(rebuild(layer, own));
  return StackedAutoencoder(std::move(layers));
}

}  // namespace strata
