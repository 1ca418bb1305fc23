#pragma once
// The counterparts on the tape of the quantities of the delta rule. Layers k are counted from 1 to
// L as in backprop.hpp. δ is per example, δ = m ∂L/∂z: hence the factor m.

#include "autoencoders/explicit/on_tape.hpp"
#include "autoencoders/explicit/walk.hpp"
#include "core/inspect/why.hpp"

namespace strata {

class Counterparts {
 public:
  /// Runs one backward pass for each term and one for the total. Throws Error where the tape is not
  /// a recording of this model on X.
  Counterparts(const DenseAutoencoder& model, const std::vector<ExplicitLayer>& layers,
               const Tensor& X, Tape& tape, const Objective& objective);

  Counterpart z(std::size_t k) const { return value_of(layer(k).z); }
  Counterpart a(std::size_t k) const;
  Counterpart rho_hat() const { return saved_in(nodes_.kl, 0, "ρ̂"); }
  Counterpart term(const std::string& name) const;
  /// m ∂L/∂aᵏ, by one term, or by all ("").
  Counterpart bracket(std::size_t k, const std::string& term) const {
    return gradient_of(layer(k).a, term, m_);
  }
  /// m ∂(sparsity)/∂h, the same for each example: its row; where the rows differ, each unit's entry
  /// that is farthest from `ours` (code units).
  Counterpart sparsity_delta(const Tensor& ours) const;
  Counterpart slope(std::size_t k) const;
  Counterpart delta(std::size_t k) const { return gradient_of(layer(k).z, "", m_); }
  /// What layer k alone adds to dW.
  Counterpart dW_share(std::size_t k) const;
  /// The gradient of a weight or bias, by one term, or by all ("").
  Counterpart parameter(const Parameter& p, const std::string& term) const {
    return gradient_of(leaf_of(tape_, p), term, 1);
  }

 private:
  Counterpart value_of(int node) const;
  Counterpart gradient_of(int node, const std::string& term, Real factor) const;
  Counterpart saved_in(int node, std::size_t k, const std::string& what) const;
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
