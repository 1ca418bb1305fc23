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
    return text("it adds ", worst.analytic, " to d", operand.letter,
                entry_place(operand.shape, worst.index), " (", operand.letter, " is ",
                operand.tensor, "); ", worst.differs ? "differences say " : "it should add ",
                worst.numeric, worst.differs ? text(" ± ", worst.error) : "; " + worst.reason);
  }
  return "";
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
    lines.push_back(text("the rule of ", node.op, " (", node.rule_at, ") is wrong: at node ",
                         node.node, ", made at ", node.made_at, ", ", what_is_wrong(node)));
  }
  return lines;
}

std::string blame(const std::vector<NodeCheck>& checks) {
  const std::vector<std::string> lines = blame_each(checks);
  return lines.empty() ? "" : lines[0];
}

}  // namespace strata
