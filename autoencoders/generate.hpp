#pragma once
// What one can ask a trained variational autoencoder for: new examples, what lies between two
// examples, the decoded plane of a code of two numbers, and how likely it finds data. All draws
// come from the given generator, so the same seed gives the same examples. Workers, if given, share
// the computation; the results are the same.

#include "autoencoders/variational.hpp"

namespace strata {

/// Codes from the prior N(0, I) (n×k), and the mean of p(x|z) for each (n×d).
struct Samples {
  Tensor codes, means;
};
/// Throws Error for n = 0.
Samples sample(VariationalAutoencoder& model, std::size_t n, Rng& rng, Workers* workers = nullptr);

/// x ~ p(x|z), given the means (n×d): zeros and ones for a Bernoulli decoder, mean + s ε for a
/// Gaussian one. A mean shows what the model expects; such a draw shows what it thinks data look
/// like. The images in papers are nearly always means. Throws Error unless the means have the
/// model's features.
Tensor draw_from(const VariationalAutoencoder& model, const Tensor& means, Rng& rng);

/// The way from a to b (both 1×d) at `count` equally spaced codes, ends included: the means of
/// p(x|z), count×d. Throws Error for fewer than 2.
Tensor interpolate(VariationalAutoencoder& model, const Tensor& a, const Tensor& b,
                   std::size_t count, Workers* workers = nullptr);

/// The decoded plane of a code of two numbers: side² codes on a square grid from −reach to reach,
/// row by row from the top, where the second number is largest; side²×d. Throws Error unless the
/// code has two numbers and side ≥ 2.
Tensor decoded_plane(VariationalAutoencoder& model, std::size_t side, double reach = 2,
                     Workers* workers = nullptr);

/// What the encoder says about X: μ and log σ², m×k. Throws Error if X has other features.
struct PosteriorValues {
  Tensor mean, log_variance;
};
PosteriorValues posterior(VariationalAutoencoder& model, const Tensor& X,
                          Workers* workers = nullptr);

/// The negative ELBO of X in nats, with the full KL whatever β is, averaged over the rows and over
/// `draws` draws of ε for each row. Throws Error for draws = 0, and for data that the model can
/// never fit (check_data).
struct NegativeElbo {
  double reconstruction = 0, kl = 0;
  // The summands of kl, one for each code unit: near 0 for a unit that says nothing
  std::vector<double> kl_of_unit;
  double total() const { return reconstruction + kl; }
};
NegativeElbo negative_elbo(VariationalAutoencoder& model, const Tensor& X, std::size_t draws,
                           Rng& rng, Workers* workers = nullptr);

/// log p(x) of each row of X in nats, estimated with `samples` codes z_s drawn from q(z|x)
/// (importance sampling: Rezende et al. 2014; Burda, Grosse and Salakhutdinov 2016):
///   log p(x) ≈ log 1/S Σ_s p(x|z_s) p(z_s) / q(z_s|x)
/// On average this is too low, less so with more samples; with one it is the ELBO. It is summed as
/// log Σ exp of the differences from the largest, in double, because the terms themselves
/// underflow. Throws Error for samples = 0, and as negative_elbo does.
std::vector<double> log_likelihood(VariationalAutoencoder& model, const Tensor& X,
                                   std::size_t samples, Rng& rng, Workers* workers = nullptr);
/// The mean of those.
double mean_log_likelihood(VariationalAutoencoder& model, const Tensor& X, std::size_t samples,
                           Rng& rng, Workers* workers = nullptr);

}  // namespace strata
