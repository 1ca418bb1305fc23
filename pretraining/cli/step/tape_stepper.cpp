#include "pretraining/cli/step/tape_stepper.hpp"

#include "pretraining/cli/step/names.hpp"

namespace strata::cli {

TapeStepper::TapeStepper(Tape& tape, const Objective& objective, std::string subject, Style style_)
    : Stepper(objective, std::move(subject), style_,
              "--backprop explicit steps through the rule by hand"),
      passes(tape, objective) {
  const std::size_t forward = passes.journal.first_backward();
  title = text(subject_, ": ", forward, " forward and ", size() - forward,
               " backward steps (help lists the commands)");
}

bool TapeStepper::is_wrong(std::size_t step) {
  const auto& check = passes.check_of(step);
  return check && check->verdict() == Verdict::wrong;
}

bool TapeStepper::is_non_finite(std::size_t step) const {
  const Visit& v = passes.journal.visits[step];
  return v.value.non_finite + v.contribution.non_finite + v.after.non_finite > 0;
}

bool TapeStepper::belongs(std::size_t step, Search kind, int node, const std::string& op) const {
  const Visit& v = passes.journal.visits[step];
  if (kind == Search::op) return tape_.nodes[v.node].op->name == op;
  return v.node == node || (kind == Search::param && v.operand == node);
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
  const std::string place = text("  the rule stands at ", node.op->written_at, "\n");
  if (rule.checked == 0) return lines + place;
  return lines + text("  entry ", entry_place(rule.shape, rule.worst.index), " of d", rule.letter,
                      ", the one that differs most, for ", rule.term, "\n    the rule     ",
                      rule.worst.analytic, "\n    differences  ", rule.worst.numeric, " ± ",
                      rule.worst.error, "\n", place);
}

std::string TapeStepper::gdb(const std::string&) {
  const Visit& here = visit();
  const bool is_leaf = passes.tape.nodes[here.node].op->forward == nullptr;
  if (is_leaf) return "a leaf has no rule to stop in (next leads to the rule that uses it)\n";
  const char* const pass = here.kind == Visit::Kind::forward ? "forward" : "backward";
  const std::string stop = here.kind == Visit::Kind::seed
                               ? "break strata::Tape::run_backward"
                               : text("break-node ", here.node, " ", pass);
  return text("make gdb ", debugged, "\n  and there: ", stop, ", then run\n");
}

}  // namespace strata::cli
