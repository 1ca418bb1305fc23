#pragma once

#include <memory>
#include <utility>

#include "layers/layer.hpp"

namespace strata {

/// Layers one after the other:
///   Sequential net;
///   net.add(Dense("hidden", 64, 32, Activation::relu, rng));
///   net.add(Dropout(Real(0.5), rng));
///   net.add(Dense("output", 32, 10, Activation::linear, rng));
struct Sequential : Layer {
  std::vector<std::unique_ptr<Layer>> layers;

  /// Takes ownership of the layer and returns the place where it now lives.
  template <class L>
  L& add(L layer) {
    auto owned = std::make_unique<L>(std::move(layer));
    L& place = *owned;
    layers.push_back(std::move(owned));
    return place;
  }

  Var forward(Tape& tape, Var X, Mode mode) override {
    for (const auto& layer : layers) X = layer->forward(tape, X, mode);
    return X;
  }

  std::vector<Parameter*> parameters() override {
    std::vector<Parameter*> all;
    for (const auto& layer : layers) {
      for (Parameter* parameter : layer->parameters()) all.push_back(parameter);
    }
    return all;
  }
};

}  // namespace strata
