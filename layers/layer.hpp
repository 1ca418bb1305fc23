#pragma once

#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

/// Some layers behave differently while a model is trained (dropout) and when it is used.
enum class Mode { training, evaluation };

/// A part of a network: a function of one matrix (examples × features) with parameters of its own.
struct Layer {
  virtual ~Layer() = default;
  /// Records the layer's nodes. X is (m × inputs), the result (m × outputs).
  virtual Var forward(Tape& tape, Var X, Mode mode) = 0;
  /// In a fixed order; empty for layers without any.
  virtual std::vector<Parameter*> parameters() { return {}; }
};

}  // namespace strata
