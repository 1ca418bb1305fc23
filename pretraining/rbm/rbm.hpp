#pragma once
// The restricted Boltzmann machine (Smolensky 1986; Hinton 2002): visible units v and hidden units
// h, with connections between the two layers and none within them, so that each layer's units are
// independent given the other layer.
//
//   E(v, h) = −a·v − b·h − v W h              p(v, h) = exp(−E(v, h)) / Z
//   p(h_j = 1 | v) = σ(b_j + (v W)_j)         p(v_i = 1 | h) = σ(a_i + (W h)_i)
//   F(v) = −a·v − Σ_j softplus(b_j + (v W)_j)       the free energy: p(v) = exp(−F(v)) / Z
//
// Gaussian units have variance 1. Visible ones change −a·v into ½ ‖v − a‖², hidden ones −b·h into ½
// ‖h − b‖²; given the other layer their mean is the same sum without the σ. A Gaussian hidden layer
// is the linear code of Hinton and Salakhutdinov (2006); its part of F is −Σ_j [b_j x_j + ½ x_j² +
// ½ log 2π] with x = v W. Where both layers are Gaussian, p exists only for ‖W‖ < 1.

#include <string>
#include <vector>

#include "autoencoders/dense_autoencoder.hpp"
#include "core/autodiff/parameter.hpp"
#include "core/parallel.hpp"
#include "core/random/rng.hpp"
#include "layers/listeners.hpp"

namespace strata {

enum class Units { bernoulli, gaussian };
inline const Choice<Units> unit_kinds{"units", {"bernoulli", "gaussian"}};

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
  /// Draws W; the biases are 0. Throws Error for a layer without units.
  Rbm(const RbmOptions& options, Rng& rng);

  std::size_t visible() const { return W.value.rows(); }
  std::size_t hidden() const { return W.value.cols(); }

  /// E[h | v] of each row of V (m×visible), m×hidden: probabilities of Bernoulli units, means of
  /// Gaussian ones. Here and below Throws Error where the width is not this machine's.
  Tensor hidden_mean(const Tensor& V, Workers* workers = nullptr) const;
  /// E[v | h] of each row of H (m×hidden), m×visible.
  Tensor visible_mean(const Tensor& H, Workers* workers = nullptr) const;
  /// The same, written over a tensor that is made anew only if its shape differs.
  void hidden_mean(const Tensor& V, Tensor& P, Workers* workers) const;
  void visible_mean(const Tensor& H, Tensor& R, Workers* workers) const;

  /// States drawn with these means: of Bernoulli units 0 or 1, of Gaussian ones mean + ε. In place.
  void draw_hidden(Tensor& means, Rng& rng, Workers* workers = nullptr) const;
  void draw_visible(Tensor& means, Rng& rng, Workers* workers = nullptr) const;
  /// `steps` steps of Gibbs sampling from each row of V: hidden states drawn, then visible ones
  /// drawn. The new visible states, m×visible. Throws Stopped where the listeners want that.
  Tensor gibbs(const Tensor& V, std::size_t steps, Rng& rng, Workers* workers = nullptr,
               const Listeners& listeners = {}) const;

  /// F of each row of V (m×visible).
  std::vector<double> free_energy(const Tensor& V, Workers* workers = nullptr) const;
  /// E of each row of V (m×visible) with the same row of H (m×hidden).
  std::vector<double> energy(const Tensor& V, const Tensor& H) const;
  /// One step up and down without drawing: visible_mean(hidden_mean(V)), m×visible.
  Tensor reconstruct(const Tensor& V, Workers* workers = nullptr) const;

  /// The same as a dense autoencoder of one layer: encoder W, b; decoder Wᵀ, a. Its loss is bce
  /// under Bernoulli visible units, half_mse under Gaussian ones.
  DenseAutoencoder as_autoencoder() const;
  /// The same machine with the names of the layers exchanged: Wᵀ, b, a.
  Rbm turned_over() const;
  /// Throws Error where V is not (m×visible) or, under Bernoulli visible units, an entry lies
  /// outside [0, 1], naming its row and column.
  void check_data(const Tensor& V) const;
};

/// The visible biases under which, with W = 0, each unit has the mean of its column of X: log(p/(1
/// − p)) of Bernoulli units, with p = (Σ x + 1)/(m + 2) so that it is finite, and the mean itself
/// of Gaussian ones. Where training best begins (Hinton 2012, section 8).
Tensor biases_from_data(Units visible_units, const Tensor& X);

}  // namespace strata
