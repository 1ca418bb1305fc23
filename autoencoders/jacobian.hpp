#pragma once
// What an encoder h = f(x) does to the neighbourhood of a point: its Jacobian ∂h/∂x, h×d, as
// numbers. The singular values say by how much a small step is stretched or shrunk, direction by
// direction; where a few are large and the rest near zero, the code follows the few directions in
// which the data vary and ignores the others (Rifai et al. 2011). This works for autoencoders of
// any kind. To train on a Jacobian, it must be recorded on the tape instead: contractive.hpp.

#include <optional>

#include "autoencoders/autoencoder.hpp"

namespace strata {

/// ∂h/∂x at each row of X (m×d): m × h × d. One backward pass per code unit serves all examples at
/// once, since they do not depend on one another. The gradients of parameters are left unchanged.
Tensor jacobians(Autoencoder& model, const Tensor& X);
/// The same at one point x (1×d): h×d. Throws Error for more rows.
Tensor jacobian(Autoencoder& model, const Tensor& x);

/// (1/m) Σ_examples ‖∂h/∂x‖²_F: what the contractive autoencoder makes small.
double mean_squared_frobenius_norm(Autoencoder& model, const Tensor& X);
/// Such a mean, `contraction`, freed from the scale of the code h = f(x); X and H are the examples,
/// of d features, and their codes:
///   (contraction / d) / (variance of h / variance of x),  each variance summed over the columns
/// The first factor says how far a unit step in a random direction moves the code (squared), the
/// second how far a unit step from one example towards another moves it. A copy of the data has 1,
/// and so does any multiple of it. Below 1 the encoder follows the data more than it follows other
/// directions. Merely scaling the code changes nothing. Empty if all codes are equal.
std::optional<double> relative_contraction(double contraction, const Tensor& X, const Tensor& H);
/// Σ_features of the variance over the rows of X.
double total_variance(const Tensor& X);
/// (1/m) Σ_examples ‖J(x + ε) − J(x)‖²_F, ε ~ N(0, deviation² I): what the higher-order variant
/// makes small.
double mean_squared_change_of_jacobian(Autoencoder& model, const Tensor& X, double deviation,
                                       Rng& rng);
/// The min(h, d) singular values of the Jacobian, largest first, each averaged over the examples.
std::vector<double> mean_singular_values(Autoencoder& model, const Tensor& X);

/// The mean over examples of ‖f(x + ε) − f(x)‖ / ‖ε‖ with ε of the given length in a direction
/// drawn at random: below 1 the encoder contracts at that distance. For short ε it is determined by
/// the Jacobian; how fast it changes with the distance shows how far the contraction reaches.
/// Throws Error unless distance > 0.
double contraction_ratio(Autoencoder& model, const Tensor& X, double distance, Rng& rng);

}  // namespace strata
