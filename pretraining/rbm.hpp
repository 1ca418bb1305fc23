#pragma once
// The restricted Boltzmann machine (Smolensky 1986; Hinton 2002): visible units v and hidden units h, with connections between the
// two layers and none within them, so that each layer's units are independent given the other layer.
//
//   E(v, h) = −a·v − b·h − v W h              p(v, h) = exp(−E(v, h)) / Z
//   p(h_j = 1 | v) = σ(b_j + (v W)_j)         p(v_i = 1 | h) = σ(a_i + (W h)_i)
//   F(v) = −a·v − Σ_j softplus(b_j + (v W)_j)       the free energy: p(v) = exp(−F(v)) / Z
//
// Gaussian units have variance 1. Visible ones change −a·v into ½ ‖v − a‖², hidden ones −b·h into ½ ‖h − b‖²; given the other layer
// their mean is the same sum without the σ. A Gaussian hidden layer is the linear code of Hinton and Salakhutdinov (2006).

#include <string>
#include <vector>

#include "autoencoders/dense_autoencoder.hpp"
#include "core/autodiff/parameter.hpp"
#include "core/parallel.hpp"
#include "core/rng.hpp"

namespace strata {

enum class Units { bernoulli, gaussian };

struct RbmOptions {
  std::size_t visible = 0, hidden = 0;  // how many units
  Units visible_units = Units::bernoulli;
  Units hidden_units = Units::bernoulli;
  double weight_scale = 0.01;  // of the normal draws that W starts from (Hinton 2012, section 8)
};

struct Rbm {
  Parameter W;  // visible × hidden
  Parameter a;  // (visible)
  Parameter b;  // (hidden)
  Units visible_units = Units::bernoulli;
  Units hidden_units = Units::bernoulli;

  Rbm() = default;
  Rbm(const RbmOptions& options, Rng& rng);

  std::size_t visible() const { return W.value.rows(); }
  std::size_t hidden() const { return W.value.cols(); }

  /// E[h | v] of each row of V (m×visible), m×hidden: probabilities of Bernoulli units, means of Gaussian ones.
  Tensor hidden_mean(const Tensor& V, Workers* workers = nullptr) const;
  /// E[v | h] of each row of H (m×hidden), m×visible.
  Tensor visible_mean(const Tensor& H, Workers* workers = nullptr) const;
  /// F of each row of V (m×visible).
  std::vector<double> free_energy(const Tensor& V, Workers* workers = nullptr) const;
  /// One step up and down without drawing: visible_mean(hidden_mean(V)), m×visible.
  Tensor reconstruct(const Tensor& V, Workers* workers = nullptr) const;
  /// The same as a dense autoencoder of one layer: encoder W, b; decoder Wᵀ, a.
  DenseAutoencoder as_autoencoder() const;
};

}  // namespace strata
