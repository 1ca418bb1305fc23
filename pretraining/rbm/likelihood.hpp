#pragma once
// How likely data are under an RBM, in nats. Reconstruction error says little about it: contrastive
// divergence can lower the one while the other falls. What stands in the way of log p(v) = −F(v) −
// log Z is Z, a sum over all states. For a small machine it is summed here; for others it is
// estimated by annealed importance sampling, or gone around by the pseudo-likelihood.

#include "pretraining/rbm/contrastive_divergence.hpp"

namespace strata {

/// Layers up to this size are enumerated: 2²⁰ states take some seconds.
inline constexpr std::size_t most_enumerated_units = 20;

/// Whether a layer is small enough for exact_log_Z.
bool has_exact_log_Z(const Rbm& rbm);

/// log Z, summed over all states of the smaller Bernoulli layer, the other one summed (or
/// integrated) in closed form. Throws Error where that layer has more than most_enumerated_units,
/// or neither is Bernoulli.
double exact_log_Z(const Rbm& rbm, Workers* workers = nullptr);

/// (1/m) Σ log p(v) over the rows of V (m×visible), for this log Z. Throws Error for no rows or
/// another width.
double mean_log_likelihood(const Rbm& rbm, const Tensor& V, double log_Z,
                           Workers* workers = nullptr);

/// Of the mean log-likelihood, in the parameters' shapes: what is added, times a learning rate.
struct RbmGradient {
  Tensor W, a, b;
};
/// The gradient of the mean log-likelihood of V (m×visible) by enumeration: what contrastive
/// divergence estimates. Throws as exact_log_Z.
RbmGradient exact_gradient(const Rbm& rbm, const Tensor& V, Workers* workers = nullptr);

/// (1/m) Σ_examples Σ_i log p(v_i | all other v) (Besag 1975): a sum over the features, so that it
/// stands beside a log-likelihood. Each term is log σ(F(v with v_i = 0) − F(v with v_i = 1)) for
/// v_i = 1. A grey v_i between 0 and 1 counts as the probability of a 1, as in bce. Exact: all
/// features of all rows, m · visible · hidden logarithms. Throws Error unless the visible units are
/// Bernoulli, for no rows, and for data outside [0, 1].
double pseudo_log_likelihood(const Rbm& rbm, const Tensor& V, Workers* workers = nullptr);
/// An unbiased estimate for large machines: of each row one feature, drawn evenly, times their
/// number. Throws as the exact one.
double estimated_pseudo_log_likelihood(const Rbm& rbm, const Tensor& V, Rng& rng);

/// Annealed importance sampling (Neal 2001; Salakhutdinov and Murray 2008): independent chains go
/// from a machine without weights, whose log Z is known, through machines between the two, to this
/// one.
///   machine at β:  βW, (1 − β) a₀ + βa, βb         β = 0, 1/n, 2/n, …, 1
///   log w = Σ_k F_{k−1}(v_{k−1}) − F_k(v_{k−1})    v_k: a Gibbs step from v_{k−1} at β_k
///   Ẑ / Z₀ = mean of w
/// Between machines of Bernoulli units these are the geometric averages p₀^(1−β) p^β of the joint
/// distributions.
struct AisOptions {
  std::size_t chains = 100;
  std::size_t temperatures = 1000;  // n, evenly spaced
};
struct AisEstimate {
  double log_Z = 0;
  // Of log_Z, to first order: deviation of w / (mean of w · √chains); ∞ for one chain
  double standard_error = 0;
  /// log of (mean of w) ± 3 standard errors of the mean, for people: low is −∞ where that is below
  /// 0.
  double low = 0, high = 0;
};
/// `base` are the visible biases a₀ of the machine without weights: those of biases_from_data suit
/// best. Throws Error for 0 chains or temperatures, and for another number of biases; and Stopped
/// where the listeners want that.
AisEstimate estimate_log_Z(const Rbm& rbm, const Tensor& base, Rng& rng,
                           const AisOptions& options = {}, Workers* workers = nullptr,
                           const Listeners& listeners = {});

}  // namespace strata
