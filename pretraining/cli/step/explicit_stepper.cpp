#include "pretraining/cli/step/explicit_stepper.hpp"

#include <algorithm>
#include <cmath>

#include "core/inspect/non_finite.hpp"
#include "pretraining/cli/remarks.hpp"
#include "pretraining/cli/step/names.hpp"

namespace strata::cli {

ExplicitStepper::ExplicitStepper(DenseAutoencoder& model, const Batch& batch,
                                 const Objective& objective, std::string subject, Style style_)
    : Stepper(*objective.total.tape, objective, std::move(subject), style_),
      steps(explicit_walk(model, batch, *objective.total.tape, objective)) {}

std::string ExplicitStepper::title() const {
  return text(subject_, " by hand: ", size(),
              " quantities, each beside the same number on the tape (help lists the commands)");
}

// Then nothing can be said: the mistake, if any, is upstream of both.
static bool neither_is_finite(const ExplicitStep& step) {
  return !all_finite(step.numbers) && !all_finite(step.twin.numbers);
}

std::string ExplicitStepper::agreement(const ExplicitStep& step) const {
  if (step.twin.part == TapeTwin::Part::none)
    return "the tape has no such number: " + step.twin.words;
  if (neither_is_finite(step)) return "UNDECIDED: neither is finite (nan leads to the source)";
  const double difference = difference_from_tape(step);
  const std::string how =
      difference == 0 ? "exactly" : text("to ", magnitude(difference), " of its largest entry");
  if (difference <= most_difference_from_tape()) return "OK: the tape has the same number, " + how;
  std::string words = "WRONG: differs from the tape, " + how;
  if (!step.mistake.empty()) words = "WRONG: " + step.mistake;
  if (step.numbers.empty()) words = "WRONG: it was never computed";
  if (!step.numbers.empty() && step.numbers.shape != step.twin.numbers.shape)
    words =
        text("WRONG: it is ", step.numbers.shape, ", and on the tape ", step.twin.numbers.shape);
  return words;
}

bool ExplicitStepper::tape_is_wrong() {
  if (!tape_is_wrong_) tape_is_wrong_ = has_wrong_rule(objective_);
  return *tape_is_wrong_;
}

const GradientsByTerm& ExplicitStepper::gradients() {
  if (!gradients_) gradients_ = gradients_by_term(tape_, objective_);
  return *gradients_;
}

std::string ExplicitStepper::page(std::size_t k) {
  const ExplicitStep& step = steps[k];
  const std::string equation = step.equation == 0 ? "" : text("  equation (", step.equation, ")");
  std::string page =
      style.bold(text("step ", k + 1, " of ", size(), "  by hand  ", step.name)) + equation + "\n";
  if (step.lecture_name != step.name)
    page += labelled("also", step.lecture_name + ", where the input counts as layer 1");
  page += labelled("formula", step.formula,
                   text(step.computed_at, ", in ", step.computed_at.function), style);
  const std::string shape = step.layer > 0 ? text(", ", step.numbers.shape) : "";
  std::vector<Block> blocks = {block_of(step.name + shape, step.numbers)};
  const TapeTwin& twin = step.twin;
  if (!twin.numbers.empty()) blocks.push_back(block_of("on the tape", twin.numbers));
  page += side_by_side(blocks, style);
  if (!twin.numbers.empty()) page += labelled("tape", twin.words);
  const std::string verdict = agreement(step);
  if (!is_wrong(k)) {
    const std::string check = labelled("check", verdict);
    return page + (twin.numbers.empty() ? check : style.good(check));
  }
  if (k != first_difference(steps))
    return page + style.bad(labelled("check", beside_tape(verdict, tape_is_wrong())));
  return page + style.bad(labelled("check", verdict)) +
         labelled("", beside_tape(explain_first_difference(steps), tape_is_wrong()));
}

std::string ExplicitStepper::row(std::size_t k) {
  const ExplicitStep& step = steps[k];
  std::string line = padded(row_number(k) + step.name, 30) + step.formula;
  if (is_wrong(k)) line += "   WRONG";
  return line;
}

bool ExplicitStepper::is_wrong(std::size_t k) {
  const ExplicitStep& step = steps[k];
  return !neither_is_finite(step) && !(difference_from_tape(step) <= most_difference_from_tape());
}

bool ExplicitStepper::is_non_finite(std::size_t k) const {
  return !all_finite(steps[k].numbers);
}

std::string ExplicitStepper::others_that_may_be_wrong() const {
  return "--backprop tape steps through the rules of the tape";
}

// Those whose number stands at the node, at a node of the operation, at the parameter.
std::vector<std::size_t> ExplicitStepper::steps_of(Search kind, const std::string& name) {
  const int node = searched_node(kind, name);
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
  const bool is_step = step != steps.end();
  const int leaf = is_step ? -1 : find_leaf(tape_, name);
  std::string names;
  for (const ExplicitStep& s : steps) names += ascii_name(s.name) + ", ";
  strata::check(is_step || leaf >= 0, "there is no '", name, "' (", names, "W1, b1, …, X)");

  const std::size_t k = std::size_t(step - steps.begin());
  const Tensor& numbers = is_step ? step->numbers : tape_.value(leaf);
  strata::check(!numbers.empty(), name, " was never computed");
  const std::string when =
      is_step && k > Stepper::step() ? text("; computed later, by step ", k + 1) : "";
  if (open == std::string::npos)
    return table_text(text(name, "  ", numbers.shape, when), snapshot(numbers, numbers.size()));
  strata::check(asked.ends_with("]"), asked, ": the ] is missing");
  const Entry entry =
      entry_of(numbers.shape, asked.substr(open + 1, asked.size() - open - 2), name, asked);
  return text(name, entry_place(numbers.shape, entry.index), " = ",
              all_digits(numbers[entry.index]), when, "\n");
}

std::string ExplicitStepper::check(const std::string&) {
  const ExplicitStep& here = steps[step()];
  const std::string verdict = agreement(here);
  const bool has_caveat = is_wrong(step()) && tape_is_wrong();
  const std::string lines = wrapped(beside_tape(verdict, has_caveat), screen_width, 2) + "\n";
  const bool comparable = !here.twin.numbers.empty() &&
                          here.numbers.size() == here.twin.numbers.size() &&
                          here.numbers.shape == here.twin.numbers.shape;
  if (!comparable) return lines;
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

std::string ExplicitStepper::gdb(const std::string&) {
  return text("make gdb ", debugged, "\n  and there: break ", steps[step()].computed_at,
              ", then run\n");
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
