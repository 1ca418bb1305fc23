#pragma once
// The sections that a kind adds to the page of `strata train`. Each is named in the kind's row of
// pretraining/cli/kinds/kinds.cpp, and stands in a file of its own.

#include "autoencoders/dense_autoencoder.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
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

// ---- multilayer
// The capacity lesson: a bottleneck alone does not make an autoencoder learn. An encoder and a
// decoder that are strong enough need a code of ONE number to keep a few examples apart: the
// encoder gives each its own number, the decoder looks up the picture. The training error goes to
// zero, and nothing is learnt of the examples that were not seen (Goodfellow, Bengio and Courville
// 2016, section 14.1).
struct CapacityOptions {
  std::size_t examples = 10;  // that are memorised: one of each class in turn
  std::size_t epochs = 4000;
  std::uint64_t seed = 1;
  Activation output = Activation::sigmoid;
  Loss loss = Loss::bce;
  Workers* workers = nullptr;
};

struct CapacityLesson {
  Dataset seen, unseen;
  DenseAutoencoder model;  // features-100-50-1, tanh units
  std::vector<double> epochs, seen_errors,
      unseen_errors;                        // squared error per example, measured at these epochs
  double seen_error = 0, unseen_error = 0;  // at the end
};

/// Trains on a few examples of data.train; unseen are the test examples, or the other training
/// examples where there are none. Throws Error where those are none either.
CapacityLesson capacity_lesson(const TrainTest& data, const CapacityOptions& options);

// ---- sparse
// An example as the sum of parts. A decoder of one layer computes z = b + Σ_j h_j w_j: its rows w_j
// are the parts, the code says how much of each. In a sparse code few h_j are not near 0, so a few
// parts make the picture.
struct Parts {
  std::vector<std::size_t> units;  // of the code: the largest h_j ‖w_j‖ first
  std::vector<Real> weights;       // their h_j
  Tensor filters;                  // (n × features): their w_j
  Tensor sums;      // (n + 1 × features): b, b + h w of the first unit, … of the first n
  Tensor pictures;  // (n + 1 × features): the output's activation of the sums
};

/// The n leading parts of one example x (1 × features) and its sums. With n = code units the last
/// picture is the model's reconstruction. Throws Error for a decoder of several layers.
Parts parts_of(DenseAutoencoder& model, const Tensor& x, std::size_t n);

// ---- lstm
// Where along the way an LSTM autoencoder errs.
/// The squared error of each step, summed over its features, averaged over the sequences that have
/// the step; NaN where none has. `lengths` as by sequence_lengths; or T for all.
std::vector<double> error_of_steps(const Tensor& X, const Tensor& R,
                                   const std::vector<std::size_t>& lengths,
                                   std::size_t step_features);

/// For each length that occurs: the squared error a step, averaged over the sequences of that
/// length.
struct ErrorOfLength {
  std::size_t length = 0, sequences = 0;
  double error_per_step = 0;
};
std::vector<ErrorOfLength> error_of_lengths(const Tensor& X, const Tensor& R,
                                            const std::vector<std::size_t>& lengths,
                                            std::size_t step_features);

/// How long the sequences are for this model: T for all but where lengths vary.
std::vector<std::size_t> lengths_for(const LstmAutoencoder& model, const Tensor& X);

}  // namespace strata::pages
