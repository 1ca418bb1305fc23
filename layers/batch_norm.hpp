#pragma once
// Batch normalisation (Ioffe and Szegedy 2015). While training, each feature of a batch gets mean 0
// and variance 1 by the batch's own statistics, and running means of these are kept; in evaluation
// those are used, so that the result for one example does not depend on the others.
//
// The running statistics are not parameters. So early stopping does not restore those of the best
// epoch (layers/fit.hpp), and model files do not keep them. No autoencoder of this library uses the
// layer; one that does must take care of both.

#include <string>

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

/// Of a matrix (m × features), column by column, or of images (N, features, H, W), channel by
/// channel.
struct BatchNorm : Layer {
  Parameter gain, bias;  // γ and β: one number a feature
  Tensor statistics;  // (2 × features): running means and variances, which recorded tapes borrow
  Real momentum = Real(0.1);  // how much of a new batch enters the running statistics
  Real epsilon = Real(1e-5);

  BatchNorm() = default;
  /// Gain 1, bias 0, statistics (0; 1). Parameters are called name.gain and name.bias.
  BatchNorm(const std::string& name, std::size_t features);

  Var forward(Tape& tape, Var X, Mode mode) override;
  std::vector<Parameter*> parameters() override { return {&gain, &bias}; }
};

}  // namespace strata
