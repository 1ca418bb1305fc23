#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string_view>

#include "autoencoders/explicit/backprop.hpp"
#include "core/inspect/journal.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/subject.hpp"
#include "pretraining/cli/step/explicit_stepper.hpp"
#include "pretraining/cli/step/tape_stepper.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata step MODEL|KIND [options]

Steps through one forward and backward pass, a visit at a time: `help` lists the commands.
Commands can also come from a pipe; each is then echoed after its prompt.
)";

constexpr const char* own_options = R"(
--backprop HOW [tape] {tape explicit}  tape (automatic) or explicit (the delta rule by hand)
--do COMMANDS  run these commands, separated by ;, and leave: "param W1; why W1[1,2]"
--once  run both passes without stopping: for a debugger
)";

// Forward and backward once, to be stopped in by a debugger: the journal is written as the passes
// go.
void run_once(Subject& subject) {
  Tape tape;
  Journal journal;
  tape.observer = &journal;
  const Objective objective = subject.objective(tape);
  tape.backward(objective.total);
  std::printf("objective %.9g, %zu visits\n", double(objective.total.value().item()),
              journal.visits.size());
}

void run_once_by_hand(Subject& subject) {
  ExplicitBackprop backprop(model_by_hand(subject));
  const std::vector<TermValue>& terms = backprop.gradients(subject.batch);
  std::printf("objective %.9g\n", total_of(terms));
}

// A person types and reads. Otherwise the output is plain, and each command stands in it.
bool is_terminal() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

Style style_of_terminal() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  const bool capable = terminal != nullptr && std::string_view(terminal) != "dumb";
  return {is_terminal() && capable && !unwanted};
}

// "param W1; why W1[1,2]": nothing but what the commands print. The first that fails ends it.
void run_commands(Stepper& stepper, const std::string& commands) {
  std::istringstream in(commands);
  std::string command;
  bool is_first = true;
  while (std::getline(in, command, ';') && !stepper.has_quit()) {
    if (command.find_first_not_of(" \t\r\n") == std::string::npos) continue;  // behind the last ;
    std::cout << (is_first ? "" : "\n") << stepper.run(command) << std::flush;
    is_first = false;
  }
}

// A variable for make, on the shell's command line.
std::string make_word(const std::string& value) {
  std::string escaped;
  for (char c : value) escaped += c == '$' ? std::string("$$") : std::string(1, c);
  return shell_word(escaped);
}

// CASE=sparse ARGS='--seed 2': the same subject for `make gdb`.
std::string debugged_subject(const Options& options) {
  const bool by_hand = options.text("backprop") == "explicit";
  const std::string arguments =
      (by_hand ? " --backprop explicit" : "") + subject_arguments(options);
  const std::string subject = "CASE=" + make_word(options.positional()[0]);
  return arguments.empty() ? subject : subject + " ARGS=" + make_word(arguments.substr(1));
}

void go_through(Stepper& stepper, const Options& options) {
  stepper.debugged = debugged_subject(options);
  if (options.given("do")) {
    run_commands(stepper, options.text("do"));
  } else {
    converse(stepper, std::cin, std::cout, is_terminal());
  }
}

int run(const Options& options) {
  Subject subject = subject_of(options);
  const bool by_hand = options.choice("backprop") == "explicit";
  if (options.flag("once")) {
    by_hand ? run_once_by_hand(subject) : run_once(subject);
    return 0;
  }
  Tape tape;
  const Objective objective = subject.objective(tape);
  const Style style = style_of_terminal();
  const std::string title = title_of(subject);
  if (by_hand) {
    ExplicitStepper stepper(model_by_hand(subject), subject.batch, objective, title, style);
    go_through(stepper, options);
  } else {
    TapeStepper stepper(tape, objective, title, style);
    go_through(stepper, options);
  }
  return 0;
}

}  // namespace

Command step_command() {
  return {"step through a backward pass in the terminal",
          read_page(text(page, subject_argument, own_options, subject_options, model_options)),
          run};
}

}  // namespace strata::cli
