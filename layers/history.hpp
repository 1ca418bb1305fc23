#pragma once
// What a training tells of itself, epoch by epoch.

#include <string>
#include <vector>

#include "core/autodiff/objective.hpp"
#include "core/io/state.hpp"

namespace strata {

/// What is known at the end of an epoch. Losses are means over the examples as they were seen
/// during it: of each batch before the first step on it.
struct EpochRecord {
  std::size_t epoch = 0;  // counted from 1
  double loss = 0;
  std::vector<TermValue> terms;  // they sum to loss
  double validation_loss = 0;    // 0 where there is no validation set
  double learning_rate = 0;      // of the last step
  // Of training since the start; pauses between runs of the program do not count
  double seconds = 0;
};

struct History {
  std::vector<EpochRecord> epochs;
  std::size_t best_epoch = 0;  // by validation loss; 0 without a validation set
  bool stopped_early = false;
  double seconds = 0;
  double earlier_seconds = 0;  // of these, in runs of the program that were stopped and resumed
};

/// For checkpoints (core/io/state.hpp). Of the history they keep the epochs.
void remember_terms(State& state, const std::string& name, std::vector<TermValue>& terms);
void remember_history(State& state, History& history);

}  // namespace strata
