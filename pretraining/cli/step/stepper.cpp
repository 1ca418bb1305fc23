#include "pretraining/cli/step/stepper.hpp"

#include <algorithm>

#include "core/inspect/non_finite.hpp"
#include "pretraining/cli/help_page.hpp"
#include "pretraining/cli/options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/cli/step/names.hpp"

namespace strata::cli {
namespace {

bool is_number(const std::string& word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const std::vector<Stepper::Command>& Stepper::commands() {
  static const std::vector<Command> table{
      {"next", "n", "", "one step on", &Stepper::next},
      {"back", "b", "", "one step back: the numbers are those of that moment again",
       &Stepper::back},
      {"step", "s", "[N]", "go to step N (also: the number alone); without N show this step again",
       &Stepper::go_to},
      {"node", "d", "N", "the next step of node N", &Stepper::node},
      {"op", "o", "NAME", "the next step of an operation: affine, sigmoid, kl_sparsity, …",
       &Stepper::op},
      {"param", "a", "NAME", "the next step that touches a parameter: W1, or encoder.0.W",
       &Stepper::param},
      {"nan", "i", "", "the first step with a NaN or an infinity, and where it came from",
       &Stepper::nan},
      {"wrong", "w", "", "the next step whose rule disagrees with differences", &Stepper::wrong},
      {"run", "r", "", "on to the end, or to the next step that is wrong or not finite",
       &Stepper::run_on},
      {"list", "l", "[N]", "the steps in one line each, around this one or around step N",
       &Stepper::list},
      {"print", "p", "NAME",
       "W1, dW1, X, node 7, d node 7, a letter of this rule; one entry: dW1[1,2]", &Stepper::print},
      {"check", "c", "", "this step's rule against differences: the entry that differs most",
       &Stepper::check},
      {"why", "y", "ENTRY", "why W1[1,2] has its gradient: by term, by path, by example",
       &Stepper::why},
      {"html", "t", "FILE", "write both passes as a page for the browser", &Stepper::html},
      {"gdb", "g", "", "how to stop at this very step in gdb", &Stepper::gdb},
      {"help", "h", "", "this list", &Stepper::help},
      {"quit", "q", "", "leave", &Stepper::quit},
  };
  return table;
}

Stepper::Line Stepper::read(const std::string& line) const {
  const std::string words = trimmed(line).empty() ? last_ : trimmed(line);
  std::string word = words.substr(0, words.find_first_of(" \t"));
  std::string argument = trimmed(words.substr(word.size()));
  if (words.empty()) word = "next";  // nothing to repeat yet
  if (is_number(word)) {
    argument = words;
    word = "step";
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.push_back(command.name);
    if (word != command.name && word != command.letter) continue;
    const std::string wanted = command.argument;
    if (wanted.empty() && !argument.empty())
      throw UsageError(text(command.name, ": takes nothing after it, not '", argument, "'"));
    if (!wanted.empty() && wanted[0] != '[' && argument.empty())
      throw UsageError(text(command.name, " ", wanted, ": the ", wanted, " is missing"));
    return {&command, argument};
  }
  throw UsageError(
      text("there is no command '", word, "'", suggestion(word, names, " (help lists them)")));
}

std::string Stepper::spelled_out(const std::string& line) const {
  const Line command = read(line);
  return command.command->name + (command.argument.empty() ? "" : " " + command.argument);
}

std::string Stepper::run(const std::string& line) {
  const Line command = read(line);
  last_ = spelled_out(line);
  return (this->*command.command->run)(command.argument);
}

std::string Stepper::move_to(std::size_t step) {
  step_ = step;
  return here();
}

std::string Stepper::next(const std::string&) {
  if (step_ + 1 < size()) return move_to(step_ + 1);
  return text("step ", step_ + 1, " is the last one (back goes back, quit leaves)\n");
}

std::string Stepper::back(const std::string&) {
  if (step_ > 0) return move_to(step_ - 1);
  return "step 1 is the first one (next goes on)\n";
}

// People count from 1.
std::size_t Stepper::parse_step(const std::string& number) const {
  strata::check(is_number(number), "step ", number, ": '", number,
                "' is no number (there are steps 1 to ", size(), ")");
  std::size_t wanted = 0;
  const bool is_step = read_number(number, wanted) && wanted >= 1 && wanted <= size();
  strata::check(is_step, "step ", number, ": there are steps 1 to ", size());
  return wanted - 1;
}

std::string Stepper::go_to(const std::string& number) {
  return number.empty() ? here() : move_to(parse_step(number));
}

// From the next step on, and from the beginning again.
std::string Stepper::search(Search kind, const std::string& name) {
  int searched = -1;
  if (kind == Search::node) searched = find_node(tape_, name);
  if (kind == Search::param) searched = find_parameter(tape_, name);
  if (kind == Search::op) check_is_op(tape_, name);
  std::vector<std::size_t> steps;
  for (std::size_t k = 0; k < size(); ++k) {
    if (belongs(k, kind, searched, name)) steps.push_back(k);
  }
  strata::check(!steps.empty(), name, ": no step touches it");
  const auto later = std::upper_bound(steps.begin(), steps.end(), step_);
  if (later != steps.end()) return move_to(*later);
  const std::string note = steps.size() == 1 && steps[0] == step_
                               ? "this is the only such step\n"
                               : "no later one: from the beginning again\n";
  return note + move_to(steps[0]);
}

std::string Stepper::nan(const std::string&) {
  for (std::size_t k = 0; k < size(); ++k) {
    if (!is_non_finite(k)) continue;
    const std::string explanation = explain_non_finite(tape_);
    return move_to(k) +
           (explanation.empty() ? "" : "\n" + wrapped(explanation, screen_width, 2) + "\n");
  }
  return "every number of both passes is finite\n";
}

std::string Stepper::wrong(const std::string&) {
  for (std::size_t k = step_ + 1; k < size(); ++k) {
    if (is_wrong(k)) return move_to(k);
  }
  for (std::size_t k = 0; k < step_; ++k) {
    if (is_wrong(k)) return "no later one: from the beginning again\n" + move_to(k);
  }
  if (is_wrong(step_)) return "this is the only step that is wrong\n";
  return text("no step is wrong (", elsewhere_, ")\n");
}

std::string Stepper::why(const std::string& words) {
  const Entry entry = asked_entry(tape_, words);
  const GradientsByTerm gradients = gradients_by_term(tape_, objective_);
  return to_text(strata::why(tape_, objective_, gradients, entry), tape_, gradients);
}

std::string Stepper::html(const std::string& file) {
  return write_trace_page(file, subject_, tape_, objective_);
}

std::string Stepper::run_on(const std::string&) {
  for (std::size_t k = step_ + 1; k < size(); ++k) {
    if (is_wrong(k) || is_non_finite(k)) return move_to(k);
  }
  if (step_ + 1 == size()) return next("");
  return move_to(size() - 1);
}

std::string Stepper::list(const std::string& around) {
  constexpr std::size_t most = 40, before = 15;
  const std::size_t middle = around.empty() ? step_ : parse_step(around);
  const std::size_t begin =
      std::min(middle - std::min(middle, before), size() - std::min(size(), most));
  const std::size_t end = std::min(size(), begin + most);
  std::string lines;
  for (std::size_t k = begin; k < end; ++k) {
    const std::string line = (k == step_ ? "> " : "  ") + row(k);
    lines += (k == step_ ? style.bold(line) : line) + "\n";
  }
  if (end - begin < size())
    lines += text("  … steps ", begin + 1, " to ", end, " of ", size(), " (list N shows others)\n");
  return lines;
}

std::string Stepper::help(const std::string&) {
  std::string lines;
  for (const Command& command : commands()) {
    std::string name = text("  ", command.letter, "  ", command.name, " ", command.argument);
    name.resize(20, ' ');
    lines += name + command.help + "\n";
  }
  return lines + "An empty line repeats the last command; the end of the input leaves.\n";
}

std::string Stepper::quit(const std::string&) {
  has_quit_ = true;
  return "";
}

void converse(Stepper& stepper, std::istream& in, std::ostream& out, bool terminal) {
  out << stepper.title << "\n\n" << stepper.here();
  std::string line;
  while (!stepper.has_quit()) {
    const std::string prompt = text("(step ", stepper.step() + 1, ") ");
    if (terminal) out << "\n" << stepper.style.bold(prompt) << std::flush;
    if (!std::getline(in, line)) break;
    try {
      const std::string command = stepper.spelled_out(line);
      if (!terminal) out << "\n" << prompt << command << "\n";
      out << stepper.run(command);
    } catch (const UsageError& error) {  // nothing was done
      if (!terminal) out << "\n" << prompt << line << "\n";
      out << wrapped(error.what(), screen_width, 2) << "\n";
    } catch (const Error& error) {
      out << wrapped(error.what(), screen_width, 2) << "\n";
    }
  }
  if (terminal && !stepper.has_quit()) out << "\n";
  out << std::flush;
}

}  // namespace strata::cli
