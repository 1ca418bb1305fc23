#pragma once

#include "layers/history.hpp"

namespace strata {

/// The epoch with the lowest validation loss, what the parameters were then, and when to stop
/// waiting for a better one.
struct EarlyStopping {
  std::size_t patience = 0;    // epochs without a better one before it is enough; 0: never
  std::size_t best_epoch = 0;  // 0: none yet
  double best_loss = 0;
  std::vector<Tensor> best_values{};

  /// Whether to go on.
  bool after_epoch(const EpochRecord& record, const std::vector<Parameter*>& parameters) {
    if (best_epoch == 0 || record.validation_loss < best_loss) {
      best_epoch = record.epoch;
      best_loss = record.validation_loss;
      best_values.clear();
      for (const Parameter* p : parameters) {
        if (patience > 0) best_values.push_back(p->value);
      }
    }
    return patience == 0 || record.epoch < best_epoch + patience;
  }
  void restore_best(const std::vector<Parameter*>& parameters) const {
    for (std::size_t k = 0; k < best_values.size(); ++k) parameters[k]->value = best_values[k];
  }
  void remember(State& state) {
    state.count("best_epoch", best_epoch);
    if (state.finished) return;
    state.number("best_loss", best_loss);
    state.tensors("best_values", best_values);
  }
};

}  // namespace strata
