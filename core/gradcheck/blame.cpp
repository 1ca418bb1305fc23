// Which rules are wrong, as lines for people: see gradcheck.hpp.

#include <algorithm>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/gradcheck.hpp"

namespace strata {

static std::string what_is_wrong(const NodeCheck& node) {
  if (!node.reason.empty()) return node.reason;
  for (const TensorCheck& operand : node.operands) {
    if (operand.verdict != Verdict::wrong) continue;
    const EntryCheck& worst = operand.worst;
    const std::string mistake = operand.likely_mistake.empty() ? "" : ": " + operand.likely_mistake;
    return text("it adds ", worst.analytic, " to d", operand.letter,
                entry_place(operand.shape, worst.index), " (", operand.letter, " is ",
                operand.tensor, "); ", worst.differs ? "differences say " : "it should add ",
                worst.numeric, worst.differs ? text(" ± ", worst.error) : "; " + worst.reason,
                mistake);
  }
  return "";
}

Site site_of_rule(const NodeCheck& node) {
  for (const TensorCheck& operand : node.operands) {
    if (operand.verdict == Verdict::wrong && operand.adds_at.line > 0) return operand.adds_at;
  }
  return node.backward_at.line > 0 ? node.backward_at : node.rule_at;
}

// "sigmoid_backward, core/autodiff/rules/activation.cpp:31", without a template's arguments; of an
// operation without a rule the row alone.
static std::string place_of_rule(const NodeCheck& node) {
  const Site site = site_of_rule(node);
  const bool is_row = node.backward_at.line == 0;
  const std::string function = site.function;
  return is_row ? text(site) : text(function.substr(0, function.find('<')), ", ", site);
}

std::vector<std::string> blame_each(const std::vector<NodeCheck>& checks) {
  std::vector<std::string> lines;
  std::vector<const NodeCheck*> first_of_rule;
  for (const NodeCheck& node : checks) {
    if (node.verdict != Verdict::wrong) continue;
    const auto same_rule = [&node](const NodeCheck* other) {
      return std::string(other->op) == node.op && other->rule_at.line == node.rule_at.line &&
             std::string(other->rule_at.file) == node.rule_at.file;
    };
    const auto known = std::find_if(first_of_rule.begin(), first_of_rule.end(), same_rule);
    if (known != first_of_rule.end()) {
      lines[std::size_t(known - first_of_rule.begin())] += text(" (also at node ", node.node, ")");
      continue;
    }
    first_of_rule.push_back(&node);
    lines.push_back(text("the rule of ", node.op, " (", place_of_rule(node), ") is wrong: at node ",
                         node.node, ", made at ", node.made_at, ", ", what_is_wrong(node)));
  }
  return lines;
}

std::string blame(const std::vector<NodeCheck>& checks) {
  const std::vector<std::string> lines = blame_each(checks);
  return lines.empty() ? "" : lines[0];
}

}  // namespace strata
