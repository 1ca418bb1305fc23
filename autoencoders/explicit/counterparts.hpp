#pragma once
// The counterparts on the tape of the quantities of the delta rule. Layers k are counted from 1 to
// L as in backprop.hpp. δ is per example, δ = m ∂L/∂z: hence the factor m. The search for the nodes
// begins at the leaves of the parameters and goes by operations and operands.

#include "autoencoders/explicit/walk.hpp"
#include "core/inspect/why.hpp"

namespace strata {

/// The nodes of one dense layer.
struct LayerNodes {
  int W = -1, b = -1;  // leaves; of a tied decoder layer W is its twin's
  int product = -1;    // uses W: affine, or matmul_bt where W is used transposed
  int z = -1;          // affine, or the add_row after matmul_bt
  // f(z): z itself where f is linear; −1 at a bce output, where the loss takes z
  int activated = -1;
  int a = -1;  // the same, or the keep_largest after it
};

struct ModelNodes {
  int X = -1;
  std::vector<LayerNodes> layers;  // layers[k − 1] is layer k
  int loss = -1;                   // half_mse, or bce_with_logits
  int kl = -1;                     // kl_sparsity; −1 where there is none
};

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
  Counterpart parameter(const Parameter& p, const std::string& term) const;

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
