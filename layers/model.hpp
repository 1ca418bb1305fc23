#pragma once

#include "core/autodiff/objective.hpp"
#include "layers/layer.hpp"

namespace strata {

/// What can be trained: parameters, and an objective of a batch.
struct Model {
  virtual ~Model() = default;
  /// In a fixed order, each once: all that the objective trains (Error at the first batch
  /// otherwise).
  virtual std::vector<Parameter*> parameters() = 0;
  /// The generators that the objective draws from, in a fixed order. Files keep their states, so
  /// that draws go on where they stopped.
  virtual std::vector<Rng*> generators() { return {}; }
  /// Records the objective of the batch X (m × features). `labels` is an input of shape (m) with
  /// the class numbers, or a Var without a tape where the data has none.
  virtual Objective objective(Tape& tape, Var X, Var labels, Mode mode) = 0;
};

}  // namespace strata
