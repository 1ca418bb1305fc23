#pragma once
// The capacity lesson: a bottleneck alone does not make an autoencoder learn. An encoder and a
// decoder that are strong enough need a code of ONE number to keep a few examples apart: the
// encoder gives each its own number, the decoder looks up the picture. The training error goes to
// zero, and nothing is learnt of the examples that were not seen (Goodfellow, Bengio and Courville
// 2016, section 14.1).

#include "autoencoders/dense_autoencoder.hpp"
#include "core/data/dataset.hpp"

namespace strata::pages {

struct CapacityOptions {
  std::size_t examples = 10;  // that are memorised: one of each class in turn
  std::size_t epochs = 3000;
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
/// examples where there are none.
CapacityLesson capacity_lesson(const TrainTest& data, const CapacityOptions& options);

}  // namespace strata::pages
