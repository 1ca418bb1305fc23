#pragma once
// The one training loop: epochs of shuffled minibatches, an optimiser step after each.

#include <functional>
#include <string>

#include "core/data/dataset.hpp"
#include "core/io/progress.hpp"
#include "core/optim/optimizer.hpp"
#include "core/optim/schedule.hpp"
#include "layers/backprop.hpp"
#include "layers/checkpoint.hpp"
#include "layers/history.hpp"

namespace strata {

struct FitOptions {
  std::size_t epochs = 100;
  std::size_t batch_size = 32;  // the last batch of an epoch may be smaller; it is not left out
  // Optimiser steps on a batch before the next one. More than 1 suits lbfgs on large batches:
  // Hinton and Salakhutdinov (2006) took three line searches of conjugate gradients on each 1000
  // examples.
  std::size_t steps_a_batch = 1;
  OptimizerOptions optimizer{};
  double learning_rate = 0;  // 0: usual_learning_rate(optimizer.kind)
  Schedule schedule{};
  double clip_norm = 0;  // 0: gradients are not clipped
  bool shuffle = true;
  const Dataset* validation = nullptr;  // evaluated after every epoch
  std::size_t patience = 0;  // epochs without a better validation loss before stopping; 0: never
  Progress* progress = nullptr;
  std::string label = "training";  // in front of the progress bar
  /// Where the training is kept from epoch to epoch, and goes on from; may be null.
  Checkpoint* checkpoint = nullptr;
  std::string stage = "";  // its name there, another for each training of a run; empty: the label
  /// Shows what after_epoch has gathered, to be kept along; may be empty.
  std::function<void(State&)> remember{};
  /// Called with the number of each epoch before it begins, or goes on.
  std::function<void(std::size_t epoch)> before_epoch{};
  /// Called after every epoch; false stops the training.
  std::function<bool(const EpochRecord&)> after_epoch{};
};

/// Trains in place. With lbfgs a batch is best the whole data set, or a large one with several
/// steps on it. With a validation set and patience, the parameters of the best epoch are restored
/// at the end. Throws Error at the first loss or gradient that is not finite, naming epoch, batch,
/// node and source line; and for options out of range. With a checkpoint it throws Interrupted at
/// the end of the step in which it was told to stop; resumed, it goes on at the next step, in the
/// middle of an epoch too.
History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options);

}  // namespace strata
