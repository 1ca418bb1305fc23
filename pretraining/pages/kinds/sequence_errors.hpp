#pragma once
// Where along the way an LSTM autoencoder errs: for its page.

#include <vector>

#include "autoencoders/lstm_autoencoder.hpp"
#include "core/data/dataset.hpp"

namespace strata::pages {

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
