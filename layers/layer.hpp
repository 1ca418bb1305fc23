#pragma once

#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

/// Some layers behave differently while a model is trained (dropout) and when it is used.
enum class Mode { training, evaluation };

/// A part of a network: a function of examples, with parameters of its own. Examples are the rows
/// of a matrix (examples × features), or images (examples, channels, height, width) for
/// convolutions and pools.
struct Layer {
  virtual ~Layer() = default;
  /// Records the layer's nodes: from m examples to m results.
  virtual Var forward(Tape& tape, Var X, Mode mode) = 0;
  /// In a fixed order; empty for layers without any.
  virtual std::vector<Parameter*> parameters() { return {}; }
};

}  // namespace strata
