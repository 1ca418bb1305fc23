#include <cstdio>

#include "autoencoders/explicit_backprop.hpp"
#include "core/autodiff/journal.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/subject.hpp"

namespace strata::cli {
namespace {

// Forward and backward once, to be stopped in by a debugger: the journal is written as the passes go.
void run_once(Subject& subject) {
  Tape tape;
  Journal journal;
  tape.observer = &journal;
  const Var X = tape.input(subject.batch.X, "X");
  const Objective objective = subject.model.objective(tape, X, {}, Mode::training);
  tape.backward(objective.total);
  std::printf("objective %.9g, %zu visits\n", double(objective.total.value().item()), journal.visits.size());
}

void run_once_by_hand(Subject& subject) {
  ExplicitBackprop backprop(subject.model);
  const std::vector<TermValue>& terms = backprop.gradients(subject.batch);
  std::printf("objective %.9g\n", total_of(terms));
}

}  // namespace

int step_command(const Arguments& arguments) {
  const CommandLine line{
      "strata step MODEL|KIND [options]",
      "Steps through one forward and backward pass, a visit at a time.",
      {{"MODEL|KIND", "a saved model (with --data), or a kind, on a small random example"}},
      join({{{"backprop", "HOW", "tape", "tape (automatic) or explicit (the delta rule by hand)"},
             {"once", "", "", "run both passes without stopping: for a debugger"}},
            subject_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  Subject subject = subject_of(*options);
  const bool by_hand = options->choice("backprop", {"tape", "explicit"}) == "explicit";
  if (options->flag("once")) {
    by_hand ? run_once_by_hand(subject) : run_once(subject);
    return 0;
  }
  return 0;
}

}  // namespace strata::cli
