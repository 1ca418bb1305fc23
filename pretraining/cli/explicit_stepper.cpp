#include "pretraining/cli/explicit_stepper.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>

#include "core/autodiff/non_finite.hpp"
#include "pretraining/cli/step_names.hpp"
#include "pretraining/cli/trace_file.hpp"

namespace strata::cli {
namespace {

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", value);
  return buffer;
}

}  // namespace

ExplicitStepper::ExplicitStepper(DenseAutoencoder& model, const Batch& batch, const Objective& objective,
                                 std::string title, Style style_)
    : Stepper(style_),
      steps(explicit_walk(model, batch, *objective.total.tape, objective)),
      objective_(objective),
      tape_(*objective.total.tape),
      title_(std::move(title)) {}

std::string ExplicitStepper::title() const {
  return text(title_, " by hand: ", size(),
              " quantities, each beside the same number on the tape (help lists the commands)");
}

std::string ExplicitStepper::agreement(const ExplicitStep& step) const {
  if (step.twin.part == TapeTwin::Part::none) return "the tape has no such number: " + step.twin.words;
  const bool tape_is_finite = all_finite(step.twin.numbers);
  if (!all_finite(step.numbers) && !tape_is_finite)
    return "UNDECIDED: neither is finite (nan leads to the source)";
  const double difference = difference_from_tape(step);
  const bool differs = !(difference <= most_difference_from_tape());
  std::string words = differs ? "WRONG: differs from the tape" : "OK: the tape has the same number";
  if (difference == 0) return words + ", exactly";
  return text(words, ", to ", std::scientific, std::setprecision(0), difference, " of its largest entry");
}

std::string ExplicitStepper::page(std::size_t k) {
  const ExplicitStep& step = steps[k];
  const std::string equation = step.equation == 0 ? "" : text("  equation (", step.equation, ")");
  std::string page =
      style.bold(text("step ", k + 1, " of ", size(), "  by hand  ", step.name)) + equation + "\n";
  if (step.lecture_name != step.name)
    page += labelled("also", step.lecture_name + ", where the input counts as layer 1");
  page +=
      labelled("formula", step.formula, text(step.computed_at, ", in ", step.computed_at.function), style);
  const std::string shape = step.layer > 0 ? text(", ", step.numbers.shape) : "";
  std::vector<Block> blocks = {block_of(step.name + shape, step.numbers)};
  const TapeTwin& twin = step.twin;
  if (!twin.numbers.empty()) blocks.push_back(block_of("on the tape", twin.numbers));
  page += side_by_side(blocks, style);
  if (!twin.numbers.empty()) page += labelled("tape", twin.words);
  const std::string check = labelled("check", agreement(step));
  page += is_wrong(k) ? style.bad(check) : twin.numbers.empty() ? check : style.good(check);
  if (is_wrong(k) && k == first_difference(steps)) page += labelled("", explain_first_difference(steps));
  return page;
}

std::string ExplicitStepper::row(std::size_t k) {
  const ExplicitStep& step = steps[k];
  std::string line = text(k + 1, "  ");
  line.insert(0, 6 - std::min<std::size_t>(6, line.size()), ' ');
  line = padded(line + step.name, 30) + step.formula;
  if (is_wrong(k)) line += "   WRONG";
  return line;
}

bool ExplicitStepper::is_wrong(std::size_t k) {
  const ExplicitStep& step = steps[k];
  const bool both_non_finite = !all_finite(step.numbers) && !all_finite(step.twin.numbers);
  return !both_non_finite && !(difference_from_tape(step) <= most_difference_from_tape());
}

bool ExplicitStepper::is_non_finite(std::size_t k) const {
  return !all_finite(steps[k].numbers);
}

std::string ExplicitStepper::explain_non_finite() {
  return strata::explain_non_finite(tape_);
}

// Those whose number stands at the node, at a node of the operation, at the parameter.
std::vector<std::size_t> ExplicitStepper::steps_of(Search kind, const std::string& name) {
  const int node = kind == Search::node    ? find_node(tape_, name)
                   : kind == Search::param ? find_parameter(tape_, name)
                                           : -1;
  if (kind == Search::op) check_is_op(tape_, name);
  std::vector<std::size_t> found;
  for (std::size_t k = 0; k < size(); ++k) {
    const TapeTwin& twin = steps[k].twin;
    if (twin.node < 0) continue;
    const bool matches = kind == Search::op ? tape_.nodes[twin.node].op->name == name
                                            : twin.node == node || twin.operand == node;
    if (matches) found.push_back(k);
  }
  return found;
}

// A quantity by its name, or a tensor of the tape: W1, X.
std::string ExplicitStepper::print(const std::string& asked) {
  const std::size_t open = asked.find('[');
  std::string name = asked.substr(0, open);
  name.erase(name.find_last_not_of(' ') + 1);
  const auto step = std::find_if(steps.begin(), steps.end(), [&name](const ExplicitStep& s) {
    return s.name == name || ascii_name(s.name) == ascii_name(name);
  });
  const auto leaf = std::find_if(tape_.nodes.begin(), tape_.nodes.end(), [&](const Node& node) {
    return node.name == name ||
           (node.parameter != nullptr && short_name(tape_, find_parameter(tape_, node.name)) == name);
  });
  std::string names;
  for (const ExplicitStep& s : steps) names += ascii_name(s.name) + ", ";
  strata::check(step != steps.end() || leaf != tape_.nodes.end(), "there is no '", name, "' (", names,
                "W1, b1, …, X)");

  const std::size_t k = std::size_t(step - steps.begin());
  const bool is_step = step != steps.end();
  const Tensor& numbers = is_step ? step->numbers : tape_.value(int(leaf - tape_.nodes.begin()));
  const std::string when = is_step && k > Stepper::step() ? text("; computed later, by step ", k + 1) : "";
  if (open == std::string::npos)
    return table_text(text(name, "  ", numbers.shape, when), snapshot(numbers, numbers.size()));
  strata::check(asked.ends_with("]"), asked, ": the ] is missing");
  const Entry entry = entry_of(numbers.shape, asked.substr(open + 1, asked.size() - open - 2), name, asked);
  return text(name, entry_place(numbers.shape, entry.index), " = ",
              short_number(double(numbers[entry.index])), when, "\n");
}

std::string ExplicitStepper::check(const std::string&) {
  const ExplicitStep& here = steps[step()];
  std::string lines = wrapped(agreement(here), screen_width, 2) + "\n";
  if (here.twin.numbers.empty()) return lines;
  std::size_t worst = 0;
  const auto difference = [&here](std::size_t i) {
    return std::abs(double(here.numbers[i]) - double(here.twin.numbers[i]));
  };
  for (std::size_t i = 1; i < here.numbers.size(); ++i) {
    if (!(difference(i) <= difference(worst))) worst = i;
  }
  return lines + text("  the entry that differs most, ", entry_place(here.numbers.shape, worst),
                      "\n    by hand      ", here.numbers[worst], "\n    on the tape  ",
                      here.twin.numbers[worst], "   ", here.twin.words, "\n");
}

std::string ExplicitStepper::why(const std::string& entry) {
  const GradientsByTerm gradients = gradients_by_term(tape_, objective_);
  return to_text(strata::why(tape_, objective_, gradients, find_entry(tape_, entry)), tape_, gradients);
}

std::string ExplicitStepper::html(const std::string& file) {
  return write_trace_page(file, title_, tape_, objective_);
}

std::string ExplicitStepper::gdb(const std::string&) {
  return text("make gdb ", debugged, "\n  and there: break ", steps[step()].computed_at, ", then run\n");
}

std::string ascii_name(const std::string& name) {
  const std::pair<const char*, const char*> spellings[] = {
      {"δ", "delta"}, {"ρ̂", "rho_hat"}, {"⁰", "0"}, {"¹", "1"}, {"²", "2"}, {"³", "3"}, {"⁴", "4"},
      {"⁵", "5"},     {"⁶", "6"},       {"⁷", "7"}, {"⁸", "8"}, {"⁹", "9"}, {"′", "'"}, {"−", "-"}};
  std::string ascii = name;
  for (const auto& [symbol, letters] : spellings) {
    for (std::size_t at = ascii.find(symbol); at != std::string::npos; at = ascii.find(symbol))
      ascii.replace(at, std::string(symbol).size(), letters);
  }
  return ascii;
}

}  // namespace strata::cli
