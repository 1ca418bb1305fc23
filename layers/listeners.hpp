#pragma once

#include "core/io/progress.hpp"
#include "layers/checkpoint.hpp"

namespace strata {

/// Who listens to the trainings of a run. It is handed down to each of them.
struct Listeners {
  Progress* progress = nullptr;      // shows how far a training is; may be null
  Checkpoint* checkpoint = nullptr;  // keeps it, and has it go on from there; may be null

  /// `done` of `total` epochs are complete, each over `examples` examples; together they took
  /// `seconds`.
  void show_progress(const std::string& label, std::size_t done, std::size_t total, double loss,
                     std::size_t examples, double seconds) const {
    if (progress != nullptr)
      progress->update(label, done, total, loss, double(done * examples) / seconds);
  }
  /// Clears the progress bar, so that results can be printed.
  void clear_line() const {
    if (progress != nullptr) progress->finish();
  }
};

}  // namespace strata
