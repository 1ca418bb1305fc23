#pragma once
// The sections that a kind adds to the page of `strata train`. Each is named in the kind's row of
// pretraining/cli/kinds/kinds.cpp, and stands in a file of its own.

#include "autoencoders/dense_autoencoder.hpp"
#include "pretraining/pages/train.hpp"

namespace strata::pages {

// Clean, corrupted, restored; of two features the vector field
std::string denoising_figures(TrainRun& run);
std::string contractive_figures(TrainRun& run);
std::string convolutional_figures(TrainRun& run);
std::string variational_figures(TrainRun& run);
std::string lstm_figures(TrainRun& run);  // sequences and what comes back
std::string linear_figures(TrainRun& run);
std::string undercomplete_figures(TrainRun& run);
std::string overcomplete_figures(TrainRun& run);
std::string multilayer_figures(TrainRun& run);
std::string sparse_figures(TrainRun& run);

/// What `figures` (may be null) show of the run's model. Of a model inside a denoising one they
/// show the net inside, below what the outer model restores.
std::string figures_of(TrainRun& run, Figures figures);

// ---- what the sections measure
/// Squared error per example of the model's reconstructions of X, moved by 0, 1, …, `most` pixels:
/// for each distance the mean of four directions, up, down, left and right.
std::vector<double> errors_under_shift(Autoencoder& model, const Tensor& X, ImageShape image,
                                       std::size_t most, Workers* workers = nullptr);

/// A dense autoencoder to hold against another model: the same code size and the same code
/// activation, relu, sigmoid output and bce, and one hidden layer each way that gives it as many
/// weights as nearly as can be. Where even one layer has more: that.
DenseAutoencoderOptions dense_rival(std::size_t features, std::size_t code_size,
                                    std::size_t weights, Activation code = Activation::relu);
/// g(f(x̃)) − x̃ on a grid over the data (n×2) and around it.
struct VectorField {
  Tensor starts, arrows;  // (grid² × 2)
};
VectorField vector_field(Autoencoder& model, const Tensor& X, std::size_t grid,
                         Workers* workers = nullptr);
/// The mean of |ρ̂_j − ρ| over the units.
double mean_distance_from(double rho, const std::vector<double>& rho_hat);
/// Noise of the same values: each feature of a row is taken from a random example, so that nothing
/// goes together any more.
Tensor scrambled(const Tensor& X, Rng& rng);

}  // namespace strata::pages
