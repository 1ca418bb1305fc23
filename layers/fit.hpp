#pragma once
// The one training loop, for every model: batch → gradient → check → step, epoch after epoch of
// shuffled minibatches. What goes on beside it listens: progress and checkpoint (listeners.hpp),
// early stopping (early_stopping.hpp), the history (history.hpp).

#include <functional>
#include <string>

#include "core/data/dataset.hpp"
#include "core/optim/optimizer.hpp"
#include "core/optim/schedule.hpp"
#include "layers/backprop.hpp"
#include "layers/listeners.hpp"

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
  std::string label = "training";  // in front of the progress bar
  // Its name in a checkpoint, another for each training of a run; empty: the label
  std::string stage = "";
  /// What after_epoch has gathered: a checkpoint keeps it along; may be empty.
  std::function<void(State&)> remember{};
  /// Called with the number of each epoch before it begins, or goes on.
  std::function<void(std::size_t epoch)> before_epoch{};
  /// Called after every epoch; false stops the training.
  std::function<bool(const EpochRecord&)> after_epoch{};
};

/// Whether no gradient has an infinity or NaN.
bool gradients_are_finite(const std::vector<Parameter*>& parameters, Workers* workers = nullptr);
/// Scales all gradients by most / norm where their norm is larger than `most`; returns the norm
/// before.
double clip_gradients(const std::vector<Parameter*>& parameters, double most);

/// Trains in place. With lbfgs a batch is best the whole data set, or a large one with several
/// steps on it. With a validation set and patience, the parameters of the best epoch are restored
/// at the end. Throws Error at the first loss or gradient that is not finite, naming epoch, batch,
/// node and source line; and for options out of range. With a checkpoint it throws Interrupted at
/// the end of the step in which the program was interrupted; resumed, it goes on at the next step,
/// in the middle of an epoch too.
History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options,
            const Listeners& listeners = {});

}  // namespace strata
