#pragma once
// What a training reports, epoch by epoch.

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

  /// For checkpoints (core/io/state.hpp): the epochs, and whether it was stopped early.
  void remember(State& state);
};

/// The means of the terms over an epoch, each batch with the weight of its examples.
struct EpochMeans {
  std::vector<TermValue> sums;
  double examples = 0;

  void add(const std::vector<TermValue>& terms, std::size_t batch_rows);
  /// What is known of the epoch by the terms alone.
  EpochRecord record(std::size_t epoch) const;
  void remember(State& state);
};

/// The sum of the terms.
double total_of(const std::vector<TermValue>& terms);

}  // namespace strata
