#pragma once
// Where along the way an LSTM autoencoder errs: for its page, and for what `strata train lstm`
// says.

#include <string>
#include <vector>

#include "autoencoders/lstm_autoencoder.hpp"
#include "core/data/dataset.hpp"
#include "core/data/scaling.hpp"

namespace strata::report {

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

/// Rows end in zeros that may be padding, but the model was not told: a line to say so. Empty where
/// there is nothing to say. Throws UsageError where lengths vary and a scaling has moved the zeros.
/// The model is an LstmAutoencoder.
std::string padding_remark(const Autoencoder& model, const Dataset& data, const Scaling& scaling);

}  // namespace strata::report
