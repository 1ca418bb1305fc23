#pragma once
// What an encoder h = f(x) does to the neighbourhood of a point: its Jacobian ∂h/∂x, h×d, as numbers. The singular values say
// by how much a small step is stretched or shrunk, direction by direction; where a few are large and the rest near zero, the code
// follows the few directions in which the data vary and ignores the others (Rifai et al. 2011). Works for an autoencoder
// of any kind. To train on a Jacobian it must be recorded on the tape instead: contractive.hpp.

#include "autoencoders/autoencoder.hpp"

namespace strata {

/// ∂h/∂x at each row of X (m×d): m × h × d. One backward pass for each code unit, over all examples at once: examples do not
/// depend on one another. Gradients of parameters stay as they are.
Tensor jacobians(Autoencoder& model, const Tensor& X);
/// At one point x (1×d): h×d. Throws Error for more rows.
Tensor jacobian(Autoencoder& model, const Tensor& x);

/// (1/m) Σ_examples ‖∂h/∂x‖²_F: what the contractive autoencoder makes small.
double mean_squared_frobenius_norm(Autoencoder& model, const Tensor& X);
/// The singular values of the Jacobian, largest first, each averaged over the examples: min(h, d) of them.
std::vector<double> mean_singular_values(Autoencoder& model, const Tensor& X);

/// The mean over examples of ‖f(x + ε) − f(x)‖ / ‖ε‖ with ε of the given length in a direction drawn at random: below 1 the
/// encoder contracts at that distance. For short ε that is the Jacobian's work; how fast it changes with the distance
/// says how far the contraction reaches. Throws Error unless distance > 0.
double contraction_ratio(Autoencoder& model, const Tensor& X, double distance, Rng& rng);

}  // namespace strata
