#include "pretraining/cli/tape_stepper.hpp"

#include <algorithm>

#include "core/autodiff/non_finite.hpp"
#include "core/io/options.hpp"
#include "pretraining/cli/step_names.hpp"
#include "pretraining/cli/step_text.hpp"
#include "pretraining/cli/trace_file.hpp"

namespace strata::cli {

TapeStepper::TapeStepper(Tape& tape, const Objective& objective, std::string title, Style style_)
    : Stepper(style_), passes(tape, objective), title_(std::move(title)) {}

std::string TapeStepper::title() const {
  const std::size_t forward = passes.journal.first_backward();
  return text(title_, ": ", forward, " forward and ", size() - forward,
              " backward steps (help lists the commands)");
}

std::string TapeStepper::page(std::size_t step) {
  return page_text(passes, step, style);
}

std::string TapeStepper::row(std::size_t step) {
  return row_text(passes, step);
}

bool TapeStepper::is_wrong(std::size_t step) {
  const auto& check = passes.check_of(step);
  return check && check->verdict() == Verdict::wrong;
}

bool TapeStepper::is_non_finite(std::size_t step) const {
  const Visit& v = passes.journal.visits[step];
  return v.value.non_finite + v.contribution.non_finite + v.after.non_finite > 0;
}

std::string TapeStepper::explain_non_finite() {
  return strata::explain_non_finite(passes.tape);
}

std::vector<std::size_t> TapeStepper::steps_of(Search kind, const std::string& name) {
  const Tape& tape = passes.tape;
  const int node = kind == Search::node    ? find_node(tape, name)
                   : kind == Search::param ? find_parameter(tape, name)
                                           : -1;
  if (kind == Search::op) check_is_op(tape, name);
  std::vector<std::size_t> steps;
  for (std::size_t k = 0; k < size(); ++k) {
    const Visit& v = passes.journal.visits[k];
    const bool matches = kind == Search::node    ? v.node == node
                         : kind == Search::param ? v.node == node || v.operand == node
                                                 : tape.nodes[v.node].op->name == name;
    if (matches) steps.push_back(k);
  }
  return steps;
}

std::string TapeStepper::print(const std::string& name) {
  return print_text(passes, step(), name);
}

std::string TapeStepper::check(const std::string&) {
  const auto& check = passes.check_of(step());
  if (!check) return "only backward rules are checked (op, node and next lead to them)\n";
  const TensorCheck& rule = check->rule;
  const Node& node = passes.tape.nodes[visit().node];
  const std::string lines = wrapped(cli::to_text(*check), screen_width, 2) + "\n";
  const std::string place = text("  the rule stands at ", node.op->defined_at, "\n");
  if (rule.checked == 0) return lines + place;
  return lines + text("  entry ", entry_place(rule.shape, rule.worst.index), " of d", rule.letter,
                      ", the one that differs most, for ", rule.term, "\n    the rule     ",
                      rule.worst.analytic, "\n    differences  ", rule.worst.numeric, " ± ", rule.worst.error,
                      "\n", place);
}

std::string TapeStepper::why(const std::string& entry) {
  return to_text(strata::why(passes.tape, passes.objective, passes.gradients, find_entry(passes.tape, entry)),
                 passes.tape, passes.gradients);
}

std::string TapeStepper::html(const std::string& file) {
  return write_trace_page(file, title_, passes.tape, passes.objective);
}

std::string TapeStepper::gdb(const std::string&) {
  const Visit& here = visit();
  const bool is_leaf = passes.tape.nodes[here.node].op->forward == nullptr;
  if (is_leaf) return "a leaf has no rule to stop in (next leads to the rule that uses it)\n";
  if (here.kind == Visit::Kind::seed)
    return text("make gdb ", debugged, "\n  and there: break strata::Tape::run_backward, then run\n");
  return text("make gdb ", debugged, "\n  and there: break-node ", here.node, " ",
              here.kind == Visit::Kind::forward ? "forward" : "backward", ", then run\n");
}

}  // namespace strata::cli
