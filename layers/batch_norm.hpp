#pragma once
// Batch normalisation (Ioffe and Szegedy 2015). In training, each feature of a batch is given mean
// 0 and variance 1 by the statistics of the batch itself, and running means of these are kept. In
// evaluation the running means are used instead, so that the result for one example does not depend
// on the others.
//
// The running statistics are not parameters: early stopping does not restore them with the best
// epoch (layers/fit.hpp), and model files do not store them. No autoencoder here uses this layer;
// one that does has to take care of both.

#include <string>

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// For a matrix (m × features), by columns, or for images (N, features, H, W), by channels.
struct BatchNorm : Layer {
  Parameter gain, bias;  // γ and β: one number per feature
  Tensor statistics;  // (2 × features): running means and variances, which recorded tapes borrow
  Real momentum = Real(0.1);  // the weight of a new batch in the running statistics
  Real epsilon = Real(1e-5);

  BatchNorm() = default;
  /// Gain 1, bias 0, statistics (0; 1). The parameters are called name.gain and name.bias.
  BatchNorm(const std::string& name, std::size_t features);

  Var forward(Tape& tape, Var X, Mode mode) override;
  std::vector<Parameter*> parameters() override { return {&gain, &bias}; }
};

}  // namespace strata
