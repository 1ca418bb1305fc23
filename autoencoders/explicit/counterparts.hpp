#pragma once
// For each quantity of the delta rule the same number on the tape: where it is, what it is
// multiplied with, and what it is. Layers k are counted from 1 to L as in explicit_backprop.hpp. δ
// is per example, δ = m ∂L/∂z: hence the factor m.

#include "autoencoders/explicit/on_tape.hpp"
#include "autoencoders/explicit/walk.hpp"
#include "core/inspect/why.hpp"

namespace strata {

class Twins {
 public:
  /// Runs one backward pass for each term and one for the total. Throws Error where the tape is no
  /// recording of this model on X.
  Twins(DenseAutoencoder& model, const Tensor& X, Tape& tape, const Objective& objective);

  TapeTwin z(std::size_t k) const;
  TapeTwin a(std::size_t k) const;
  TapeTwin rho_hat() const;
  TapeTwin term(const std::string& name) const;
  /// m ∂L/∂aᵏ, by one term, or by all ("").
  TapeTwin bracket(std::size_t k, const std::string& term) const;
  /// m ∂(sparsity)/∂h, the same for each example: its row; where the rows differ, each unit's entry
  /// that is farthest from `ours` (code units).
  TapeTwin sparsity_part(const Tensor& ours) const;
  /// The code layer's where not all units are kept: m ∂L/∂f(z).
  TapeTwin kept_bracket() const;
  TapeTwin slope(std::size_t k) const;
  TapeTwin delta(std::size_t k) const;
  /// What layer k alone adds to dW.
  TapeTwin dW_share(std::size_t k) const;
  /// The gradient of a weight or bias, by one term, or by all ("").
  TapeTwin parameter(const Parameter& p, const std::string& term) const;

 private:
  TapeTwin value_of(int node) const;
  TapeTwin gradient_of(int node, const std::string& term, Real factor) const;
  TapeTwin saved_in(int node, std::size_t k, const std::string& what) const;
  const LayerNodes& layer(std::size_t k) const { return nodes_.layers[k - 1]; }
  std::string name_of(int node) const;

  Tape& tape_;
  const Objective& objective_;
  ModelNodes nodes_;
  GradientsByTerm gradients_;
  std::size_t code_;
  Real m_;
};

}  // namespace strata
