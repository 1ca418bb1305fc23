#pragma once
// Checkpoints: a training that was killed or interrupted goes on later, and ends in the same bits
// as one that never stopped. The file is safetensors and always replaced as a whole (write_file),
// so that the last good one stays. A command of several trainings runs the same code again: those
// that the file has as finished are put back, the one under way goes on, the others are trained.
//
// Any trainer takes part by a function that shows its state (core/io/state.hpp). The checkpoint may
// be null: then nothing is kept.
//
//   TrainingStage stage(checkpoint, "rbm 1", [&](State& state) {
//     for (Parameter* p : rbm.parameters()) state.tensor(p->name, p->value);
//     state.generator("rng", rng);
//     state.count("epoch", epoch);
//   });                    // if the file has this stage, the state is now that of the file
//   if (stage.was_finished()) return;
//   while (epoch < epochs) {
//     …                    // as it would have gone on
//     ++epoch;
//     stage.after_epoch();
//   }
//   stage.finish();

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/io/json.hpp"
#include "core/io/state.hpp"

namespace strata {

/// Thrown when a training has been interrupted, once its checkpoint is written. It is not an Error:
/// nothing went wrong.
struct Interrupted : std::runtime_error {
  std::string file;  // the checkpoint
  explicit Interrupted(const std::string& file_)
      : std::runtime_error("interrupted; the checkpoint is " + file_), file(file_) {}
};

/// Thrown by work that is left half-way because a stop was asked for: long chains, annealing. Who
/// has the work's stage puts back what was there before, and keeps that (TrainingStage::one_step).
struct Stopped {};

struct CheckpointOptions {
  std::string file;
  bool each_epoch = true;  // false: it is written only when interrupted
  /// The run that it belongs to: every setting that decides the numbers, as text under its name.
  /// Another run is refused.
  std::vector<std::pair<std::string, std::string>> run = {};
  /// Set by a signal handler, to the signal, to stop at the next step; may be null.
  const volatile std::sig_atomic_t* interrupted = nullptr;
  /// The file is written at the end of an epoch, unless it was written less than this many seconds
  /// ago, or less than ten times as long ago as writing takes: small models complete thousands of
  /// epochs a second. 0: at the end of every epoch. What a stage ends with is always written.
  double seconds_between = 1;
  /// Told, in one line, when the file cannot be written, once until it can be again: training goes
  /// on, and tries the next time. Where it is empty, and for an interrupted run, Error is thrown.
  std::function<void(const std::string&)> warn = {};
};

class Checkpoint {
 public:
  explicit Checkpoint(CheckpointOptions options) : options_(std::move(options)) {}
  /// Reads a checkpoint, to go on from there. Throws Error "FILE: …" for a file that is damaged or
  /// is not a checkpoint, and for a checkpoint of another run, naming the first setting that
  /// differs and both of its values.
  void resume(const std::string& file);
  bool is_interrupted() const {
    return options_.interrupted != nullptr && *options_.interrupted != 0;
  }

 private:
  friend class TrainingStage;
  /// What the file had of this stage, or null. Throws Error for a name that another stage of this
  /// run has.
  const State* begin(const std::string& stage);
  void keep(const std::string& stage, State state);
  void write();
  void try_to_write();             // what fails is said, and may be better the next time
  [[noreturn]] void write_last();  // of an interrupted run
  bool is_due() const;

  CheckpointOptions options_;
  std::vector<std::pair<std::string, State>> stages_;  // in the order in which they began
  std::vector<std::string> begun_;                     // in this run of the program
  Clock::time_point written_ = Clock::now();
  double seconds_to_write_ = 0;
  bool has_warned_ = false;
};

/// One training of a run, in its checkpoint. It keeps the time too: what lies between two runs of
/// the program does not count.
class TrainingStage {
 public:
  using Remember = std::function<void(State&)>;
  /// `remember` is called now if the file has the stage, and at each save; what it refers to must
  /// outlive this. Throws Error where the file does not fit.
  TrainingStage(Checkpoint* checkpoint, std::string name, Remember remember);
  bool was_finished() const { return finished_; }
  double seconds() const { return earlier_seconds_ + seconds_since(start_); }
  double earlier_seconds() const { return earlier_seconds_; }  // in earlier runs of the program

  // The state that `remember` shows must be whole: the next step would go on from it.
  /// Where the run was interrupted: writes, and throws Interrupted.
  void after_step();
  /// The same, and writes where it is time to.
  void after_epoch();
  /// Writes what the stage ends with; and throws Interrupted where the run was.
  void finish();

  /// Work that has no whole state before its end, and changes nothing but `rng` until it returns.
  /// Where it throws Stopped, `rng` is put back, and the stage ends as after the step before it.
  void one_step(Rng& rng, const std::function<void()>& work);

 private:
  void keep(bool finished);
  void show(State& state);
  Checkpoint* checkpoint_;
  std::string name_;
  Remember remember_;
  Clock::time_point start_ = Clock::now();
  double earlier_seconds_ = 0;
  bool finished_ = false;
};

}  // namespace strata
