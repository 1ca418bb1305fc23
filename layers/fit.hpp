#pragma once
// The one training loop: epochs of shuffled minibatches, an optimiser step after each.

#include <functional>
#include <string>

#include "core/data/dataset.hpp"
#include "core/io/progress.hpp"
#include "core/optim/optimizer.hpp"
#include "core/optim/schedule.hpp"
#include "layers/backprop.hpp"

namespace strata {

/// What is known at the end of an epoch. Losses are means over the examples as they were seen during it: of each batch before the
/// first step on it.
struct EpochRecord {
  std::size_t epoch = 0;  // counted from 1
  double loss = 0;
  std::vector<TermValue> terms;  // they sum to loss
  double validation_loss = 0;    // 0 where there is no validation set
  double learning_rate = 0;      // of the last step
  double seconds = 0;            // since the start
};

struct FitOptions {
  std::size_t epochs = 100;
  std::size_t batch_size = 32;  // the last batch of an epoch may be smaller; it is not left out
  // Optimiser steps on a batch before the next one. More than 1 suits lbfgs on large batches: Hinton and Salakhutdinov (2006) took
  // three line searches of conjugate gradients on each 1000 examples.
  std::size_t steps_a_batch = 1;
  OptimizerOptions optimizer{};
  double learning_rate = 0;  // 0: usual_learning_rate(optimizer.kind)
  Schedule schedule{};
  double clip_norm = 0;  // 0: gradients are not clipped
  bool shuffle = true;
  const Dataset* validation = nullptr;  // evaluated after every epoch
  std::size_t patience = 0;             // epochs without a better validation loss before stopping; 0: never
  Progress* progress = nullptr;
  std::string label = "training";  // in front of the progress bar
  /// Called after every epoch; false stops the training.
  std::function<bool(const EpochRecord&)> after_epoch{};
};

struct History {
  std::vector<EpochRecord> epochs;
  std::size_t best_epoch = 0;  // by validation loss; 0 without a validation set
  bool stopped_early = false;
  double seconds = 0;
};

/// Trains in place. With lbfgs a batch is best the whole data set, or a large one with several steps on it. With a validation set and patience, the parameters of
/// the best epoch are restored at the end. Throws Error at the first loss or gradient that is not finite, naming
/// epoch, batch, node and source line; and for options out of range.
History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options);

}  // namespace strata
