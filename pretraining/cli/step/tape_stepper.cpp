#include "pretraining/cli/step/tape_stepper.hpp"

#include <algorithm>
#include <string_view>

#include "core/formula/formula.hpp"
#include "core/io/utf8.hpp"
#include "pretraining/cli/help_page.hpp"
#include "pretraining/cli/step/names.hpp"

namespace strata::cli {
namespace {

using Kind = Visit::Kind;

const char* pass_of(const Visit& visit) {
  return visit.kind == Kind::forward ? "forward" : "backward";
}

bool is_leaf(const Node& node) {
  return node.op->forward == nullptr;
}

// The first operand of the node that is this one: mul(x, x) has it twice.
std::size_t place_of(const Node& node, int operand) {
  return std::size_t(std::find(node.inputs.begin(), node.inputs.end(), operand) -
                     node.inputs.begin());
}

// What the rule's text calls by a letter and the node keeps as a number.
std::string settings_text(const Node& node) {
  const Settings& s = node.settings;
  const auto is = [&node](const Op& op) {
    return std::string_view(node.op->name) == op.name;
  };  // or a copy of it
  if (is(scale_op) || is(add_scalar_op)) return text("c = ", s.number);
  if (is(leaky_relu_op)) return text("s = ", s.number);
  if (is(elu_op)) return text("α = ", s.number);
  if (is(kl_sparsity_op))
    return text("ρ = ", s.number,
                s.symmetric ? ", for activations in (−1, 1): ρ̂ = (mean + 1)/2" : "");
  if (is(keep_largest_op)) return text("k = ", s.count);
  if (is(slice_cols_op)) return text("begin = ", s.begin, ", end = ", s.end);
  if (is(dropout_mask_op)) return text("keep = ", s.number);
  return "";
}

// A single number needs no shape.
std::string shape_text(const char* before, const Tensor& A) {
  return A.size() == 1 ? "" : text(before, A.shape);
}

// ---- the lines above the tables

std::string head_line(const Passes& passes, std::size_t step, const Style& style) {
  const Visit& visit = passes.journal.visits[step];
  const Node& node = passes.tape.nodes[visit.node];
  const std::string words =
      text("step ", step + 1, " of ", passes.journal.visits.size(), "  ", pass_of(visit), "  node ",
           visit.node, "  ", called(passes.tape, visit.node),
           shape_text("  ", passes.tape.value(visit.node)));
  const std::string place = text("made at ", node.made_at);
  const bool fits = display_width(words) + 2 + display_width(place) <= screen_width;
  return style.bold(words) + (fits ? "  " : "\n          ") + style.dim(place) + "\n";
}

// The formula, then the gradients, then where they stand.
std::string rule_lines(const Node& node, const Style& style) {
  const Op& op = *node.op;
  std::string gradients;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const std::string gradient = gradient_text(op, k);
    if (gradient.empty() || (k > 0 && gradient == gradient_text(op, k - 1))) continue;
    gradients += (gradients.empty() ? "" : ",  ") + gradient;
  }
  const std::string place = text(op.written_at), settings = settings_text(node);
  std::string lines = gradients.empty()
                          ? labelled("rule", op.formula, place, style)
                          : labelled("rule", op.formula) + labelled("", gradients, place, style);
  return settings.empty() ? lines : lines + labelled("with", settings);
}

std::string term_line(const Passes& passes, int node) {
  if (node == passes.objective.total.index)
    return labelled("this is", "the objective, the sum of its terms");
  for (const Term& term : passes.objective.terms) {
    if (term.value.index == node)
      return labelled("this is", "the term " + term.name + " of the objective");
  }
  return "";
}

// ---- tables

std::string title_of(const Tape& tape, const std::string& letter, int node) {
  return text(letter, "  ", called(tape, node), ", node ", node,
              shape_text(", ", tape.value(node)));
}

// What backward itself fills is shown at its steps alone: before, it would be a number from the
// future.
std::vector<Block> operand_blocks(const Tape& tape, const Node& node, Kind pass) {
  std::vector<Block> blocks;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const int input = node.inputs[k];
    blocks.push_back(
        block_of(title_of(tape, operand_letter(*node.op, k), input), tape.value(input)));
  }
  for (std::size_t k = 0; k < node.saved.size(); ++k) {
    const std::string letter = kept_letter(*node.op, k);
    const bool by_backward = letter.starts_with("d");
    if (letter == "scratch" || (by_backward && pass == Kind::forward)) continue;
    const std::string by = by_backward ? "made by backward" : "kept by forward";
    blocks.push_back(block_of(letter.empty() ? by : letter + ", " + by, node.saved[k]));
  }
  return blocks;
}

// Whether the gradient is written with the rule's own result, as in dX += dY ⊙ Y ⊙ (1 − Y).
bool uses_result(const Op& op, std::size_t k) {
  const std::string gradient = gradient_text(op, k);
  return !gradient.empty() && mentions(parse_equations(gradient)[0], result_letter(op));
}

bool all_zero(const Snapshot& A) {
  return A.smallest == 0 && A.largest == 0 && A.non_finite == 0;
}

// The terms of which something arrives, one block each; a line where it is one term alone.
void add_terms(const Journal& journal, const Visit& visit, std::vector<Block>& blocks,
               std::string& line) {
  std::vector<const TermPart*> parts;
  for (const TermPart& part : visit.by_term) {
    if (!all_zero(part.contribution)) parts.push_back(&part);
  }
  if (parts.size() == 1) line = "all of it from the term " + journal.terms[parts[0]->term];
  if (parts.size() < 2) return;
  for (const TermPart* part : parts) {
    blocks.push_back(block_of("of it from " + journal.terms[part->term], part->contribution));
  }
}

std::string forward_page(const Passes& passes, const Visit& visit, const Style& style) {
  const Tape& tape = passes.tape;
  const Node& node = tape.nodes[visit.node];
  if (is_leaf(node)) {
    const std::string what =
        node.parameter == nullptr ? result_letter(*node.op) : "the parameter " + node.name;
    return labelled("leaf", what) +
           side_by_side({block_of(called(tape, visit.node), visit.value)}, style);
  }
  return rule_lines(node, style) + term_line(passes, visit.node) +
         side_by_side(operand_blocks(tape, node, visit.kind), style) +
         side_by_side({block_of(text("= ", result_letter(*node.op),
                                     shape_text("  ", tape.value(visit.node))),
                                visit.value)},
                      style);
}

std::string seed_page(const Passes& passes, const Visit& visit, const Style& style) {
  return labelled(
             "seed",
             "∂L/∂L = 1: the backward pass begins at the objective L, which changes by 1 when it "
             "changes by 1. Every rule below multiplies this along.") +
         term_line(passes, visit.node) +
         side_by_side({block_of("L", passes.tape.value(visit.node)),
                       block_of("∂L/∂L before", visit.before), block_of("after", visit.after)},
                      style);
}

std::string check_line(const VisitCheck& check, const Style& style) {
  const std::string line = labelled("check", to_text(check));
  return check.verdict() == Verdict::wrong ? style.bad(line)
         : check.verdict() == Verdict::ok  ? style.good(line)
                                           : line;
}

std::string backward_page(Passes& passes, std::size_t step, const Style& style) {
  const Visit& visit = passes.journal.visits[step];
  const Tape& tape = passes.tape;
  const Node& node = tape.nodes[visit.node];
  const std::size_t k = place_of(node, visit.operand);
  const std::string letter = "d" + operand_letter(*node.op, k);
  const bool is_first = all_zero(visit.before);

  std::string note;
  std::vector<Block> change;
  if (!is_first) change.push_back(block_of(letter + " before", visit.before));
  const std::string added = is_first ? "0 + contribution = " + letter + " after" : "+ contribution";
  change.push_back(block_of(added, visit.contribution));
  if (!is_first) change.push_back(block_of("= " + letter + " after", visit.after));
  add_terms(passes.journal, visit, change, note);

  std::vector<Block> blocks = operand_blocks(tape, node, visit.kind);
  const std::string result = result_letter(*node.op);
  if (uses_result(*node.op, k)) blocks.push_back(block_of(result + "  the result", node.value));
  blocks.push_back(block_of(text("d", result, "  upstream gradient", shape_text(", ", node.value)),
                            passes.gradients.total[visit.node]));
  std::string page = rule_lines(node, style) + term_line(passes, visit.node) +
                     labelled("here", text(gradient_text(*node.op, k), ", into the gradient of ",
                                           called(tape, visit.operand), ", node ", visit.operand)) +
                     side_by_side(blocks, style) + "\n" + side_by_side(change, style);
  if (!note.empty()) page += labelled("note", note);
  if (const auto& check = passes.check_of(step)) page += check_line(*check, style);
  return page;
}

}  // namespace

TapeStepper::TapeStepper(Tape& tape, const Objective& objective, std::string subject, Style style_)
    : Stepper(objective, std::move(subject), style_,
              "--backprop explicit steps through the rule by hand"),
      passes(tape, objective) {
  const std::size_t forward = passes.journal.first_backward();
  title = text(subject_, ": ", forward, " forward and ", size() - forward,
               " backward steps (help lists the commands)");
}

std::string TapeStepper::page(std::size_t step) {
  const Visit& visit = passes.journal.visits[step];
  const std::string head = head_line(passes, step, style);
  if (visit.kind == Kind::forward) return head + forward_page(passes, visit, style);
  if (visit.kind == Kind::seed) return head + seed_page(passes, visit, style);
  return head + backward_page(passes, step, style);
}

// In a row the rule says which operation it is: a node with a name of its own goes by that alone.
static std::string called_in_row(const Tape& tape, int node) {
  const Node& n = tape.nodes[node];
  return n.name.empty() || is_leaf(n) ? called(tape, node) : n.name;
}

std::string TapeStepper::row(std::size_t step) {
  // Columns; list puts "> " before
  constexpr std::size_t formula_at = 45, target_at = 70, marker = 2;
  const Visit& visit = passes.journal.visits[step];
  const Tape& tape = passes.tape;
  const Node& node = tape.nodes[visit.node];

  std::string line = row_number(step);
  line += text(pass_of(visit), "  node ", visit.node, "  ", called_in_row(tape, visit.node), "  ");
  line = padded(line, formula_at);
  if (visit.kind == Kind::forward)
    line +=
        is_leaf(node) ? "leaf" : shortened(node.op->formula, screen_width - marker - formula_at);
  if (visit.kind == Kind::seed) line += "∂L/∂L = 1";
  if (visit.kind == Kind::backward) {
    const std::string clause = gradient_text(*node.op, place_of(node, visit.operand));
    line = padded(line + shortened(clause, target_at - formula_at - 1), target_at);
    line += text("→ ", called_in_row(tape, visit.operand), ", node ", visit.operand);
  }
  if (visit.value.non_finite + visit.after.non_finite > 0) line += "   NOT FINITE";
  const auto& check = passes.known_check_of(step);
  if (check && check->verdict() == Verdict::wrong) line += "   WRONG";
  return line;
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
