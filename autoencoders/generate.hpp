#pragma once
// What a trained variational autoencoder is asked: new examples, what lies between two examples,
// the decoded plane of a code of two numbers, and how likely data are under it. All draws come from
// the generator given: the same seed gives the same examples. Workers, if given, compute; the
// results are the same.

#include "autoencoders/variational.hpp"

namespace strata {

/// Codes from the prior N(0, I) (n×k), and the mean of p(x|z) for each (n×d).
struct Samples {
  Tensor codes, means;
};
/// Throws Error for n = 0.
Samples sample(VariationalAutoencoder& model, std::size_t n, Rng& rng, Workers* workers = nullptr);

/// x ~ p(x|z), given the means (n×d): zeros and ones for a Bernoulli decoder, mean + s ε for a
/// Gaussian one. A mean shows what the model expects, such a draw what it says that data look like:
/// pictures in papers are nearly always means. Throws Error unless the means have the model's
/// features.
Tensor draw_from(const VariationalAutoencoder& model, const Tensor& means, Rng& rng);

/// From a to b (1×d, both) in `count` equal steps of the code, ends included: the means of p(x|z),
/// count×d. Throws Error for fewer than 2.
Tensor interpolate(VariationalAutoencoder& model, const Tensor& a, const Tensor& b,
                   std::size_t count, Workers* workers = nullptr);

/// The decoded plane of a code of two numbers: side² codes on a square grid from −reach to reach,
/// row by row from the top, where the second number is largest; side²×d. Throws Error unless the
/// code has two numbers and side ≥ 2.
Tensor decoded_plane(VariationalAutoencoder& model, std::size_t side, double reach = 2,
                     Workers* workers = nullptr);

/// What the encoder says of X: μ and log σ², m×k. Throws Error unless X has the model's features.
struct PosteriorValues {
  Tensor mean, log_variance;
};
PosteriorValues posterior(VariationalAutoencoder& model, const Tensor& X,
                          Workers* workers = nullptr);

/// The negative ELBO of X in nats, with the whole KL whatever β is; means over the rows and over
/// `draws` of ε for each row. Throws Error for draws = 0, and for data that the model can never fit
/// (check_data).
struct NegativeElbo {
  double reconstruction = 0, kl = 0;
  // The summands of kl, a code unit each: near 0 where a unit tells nothing
  std::vector<double> kl_of_unit;
  double total() const { return reconstruction + kl; }
};
NegativeElbo negative_elbo(VariationalAutoencoder& model, const Tensor& X, std::size_t draws,
                           Rng& rng, Workers* workers = nullptr);

/// log p(x) of each row of X in nats, estimated with `samples` codes z_s drawn from q(z|x)
/// (importance sampling: Rezende et al. 2014; Burda, Grosse and Salakhutdinov 2016):
///   log p(x) ≈ log 1/S Σ_s p(x|z_s) p(z_s) / q(z_s|x)
/// On average too low, less so with more samples; with one it is the ELBO. Summed as log Σ exp of
/// differences to the largest, in double: the terms themselves are far below the smallest number.
/// Throws Error for samples = 0, and as negative_elbo does.
std::vector<double> log_likelihood(VariationalAutoencoder& model, const Tensor& X,
                                   std::size_t samples, Rng& rng, Workers* workers = nullptr);
/// The mean of those.
double mean_log_likelihood(VariationalAutoencoder& model, const Tensor& X, std::size_t samples,
                           Rng& rng, Workers* workers = nullptr);

/// log Σ exp(a_i), without overflow.
double log_sum_exp(const std::vector<double>& a);

}  // namespace strata
