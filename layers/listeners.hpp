#pragma once

#include "core/io/progress.hpp"
#include "layers/checkpoint.hpp"

namespace strata {

/// Who listens to the trainings of a run. It is handed down to each of them.
struct Listeners {
  Progress* progress = nullptr;      // shows how far a training is; may be null
  Checkpoint* checkpoint = nullptr;  // keeps it, and has it go on from there; may be null
  // The trainings are parts of a step of some stage: they are not kept, and a stop leaves them
  // half-way, by Stopped
  bool part_of_step = false;

  Checkpoint* keeper() const { return part_of_step ? nullptr : checkpoint; }
  /// In a loop that may take long: throws Stopped where a stop was asked for.
  void stop_if_asked() const {
    if (checkpoint != nullptr && checkpoint->is_interrupted()) throw Stopped();
  }

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
