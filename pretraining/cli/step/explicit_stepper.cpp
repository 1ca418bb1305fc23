#include "pretraining/cli/step/explicit_stepper.hpp"

#include <algorithm>

#include "core/inspect/non_finite.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/step/names.hpp"

namespace strata::cli {

ExplicitStepper::ExplicitStepper(DenseAutoencoder& model, const Batch& batch,
                                 const Objective& objective, std::string subject, Style style_)
    : Stepper(objective, std::move(subject), style_,
              "--backprop tape steps through the rules of the tape"),
      steps(explicit_walk(model, batch, *objective.total.tape, objective)) {
  title = text(subject_, " by hand: ", size(),
               " quantities, each beside the same number on the tape (help lists the commands)");
}

// Then the two cannot be compared: the mistake, if there is one, lies before both.
static bool neither_is_finite(const ExplicitStep& step) {
  return !all_finite(step.numbers) && !all_finite(step.counterpart.numbers);
}

static std::string agreement(const ExplicitStep& step) {
  if (step.counterpart.numbers.empty())
    return "the tape has no such number: " + step.counterpart.words;
  if (neither_is_finite(step)) return "UNDECIDED: neither is finite (nan leads to the source)";
  const std::string mistake = mistake_of(step);
  if (!mistake.empty()) return "WRONG: " + mistake;
  const double difference = difference_from_tape(step);
  const std::string how =
      difference == 0 ? "exactly" : formatted("to %.0e of its largest entry", difference);
  return difference <= most_difference_from_tape() ? "OK: the tape has the same number, " + how
                                                   : "WRONG: differs from the tape, " + how;
}

bool ExplicitStepper::tape_is_wrong() {
  if (!tape_is_wrong_) tape_is_wrong_ = has_wrong_rule(objective_);
  return *tape_is_wrong_;
}

std::string ExplicitStepper::page(std::size_t k) {
  const ExplicitStep& step = steps[k];
  const Counterpart& on_tape = step.counterpart;
  const std::string equation = step.equation == 0 ? "" : text("  equation (", step.equation, ")");
  std::string page =
      style.bold(text("step ", k + 1, " of ", size(), "  by hand  ", step.name)) + equation + "\n";
  if (lecture_name(step) != step.name)
    page += labelled("also", lecture_name(step) + ", where the input counts as layer 1");
  page += labelled("formula", step.formula,
                   text(step.computed_at, ", in ", step.computed_at.function), style);
  const std::string shape = step.layer > 0 ? text(", ", step.numbers.shape) : "";
  std::vector<Block> blocks = {block_of(step.name + shape, step.numbers)};
  if (!on_tape.numbers.empty()) blocks.push_back(block_of("on the tape", on_tape.numbers));
  page += side_by_side(blocks, style);
  if (!on_tape.numbers.empty()) page += labelled("tape", on_tape.words);
  if (!is_wrong(k)) {
    const std::string check = labelled("check", agreement(step));
    return page + (on_tape.numbers.empty() ? check : style.good(check));
  }
  if (k != first_difference(steps))
    return page + style.bad(labelled("check", beside_tape(agreement(step), tape_is_wrong())));
  return page + style.bad(labelled("check", agreement(step))) +
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

// The number is found at the node, at a node of the operation, or at the parameter.
bool ExplicitStepper::belongs(std::size_t step, Search kind, int node,
                              const std::string& op) const {
  const Counterpart& on_tape = steps[step].counterpart;
  if (on_tape.node < 0) return false;
  if (kind == Search::op) return tape_.nodes[on_tape.node].op->name == op;
  return on_tape.node == node || on_tape.operand == node;
}

// A quantity by its name, or a tensor of the tape: W1, X.
std::string ExplicitStepper::print(const std::string& asked) {
  const auto [name, indices] = split_entry(asked);
  const auto step = std::find_if(steps.begin(), steps.end(), [&name = name](const ExplicitStep& s) {
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
  if (!indices)
    return table_text(text(name, "  ", numbers.shape, when), snapshot(numbers, numbers.size()));
  const Entry entry = entry_of(numbers.shape, *indices, name, asked);
  return text(name, entry_place(numbers.shape, entry.index), " = ",
              all_digits(numbers[entry.index]), when, "\n");
}

std::string ExplicitStepper::check(const std::string&) {
  const ExplicitStep& here = steps[step()];
  const bool has_caveat = is_wrong(step()) && tape_is_wrong();
  const std::string lines =
      wrapped(beside_tape(agreement(here), has_caveat), screen_width, 2) + "\n";
  const Counterpart& on_tape = here.counterpart;
  if (here.numbers.empty() || here.numbers.shape != on_tape.numbers.shape) return lines;
  const std::size_t worst = worst_entry(here);
  return lines + text("  the entry that differs most, ", entry_place(here.numbers.shape, worst),
                      "\n    by hand      ", here.numbers[worst], "\n    on the tape  ",
                      on_tape.numbers[worst], "   ", on_tape.words, "\n");
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
