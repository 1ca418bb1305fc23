#include <algorithm>
#include <cstdio>

#include "autoencoders/explicit/walk.hpp"
#include "core/autodiff/names.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/kinds/subject.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

double largest_difference(const NodeCheck& node) {
  double largest = 0;
  for (const TensorCheck& operand : node.operands)
    largest = std::max(largest, operand.largest_difference);
  return largest;
}

// "X W b", and of an operand with many entries "W (16 of 784000)".
std::string operands_text(const NodeCheck& node) {
  std::string all;
  for (const TensorCheck& operand : node.operands) {
    all += (all.empty() ? "" : " ") + operand.letter;
    if (operand.directions > 0)
      all += text(" (", operand.checked, " of ", operand.shape.size(), ")");
  }
  return all;
}

std::string why_undecided(const NodeCheck& node) {
  for (const TensorCheck& operand : node.operands) {
    if (operand.verdict == Verdict::undecided) {
      return text(": ", operand.undecided, " of d", operand.letter, ": ", operand.worst.reason);
    }
  }
  return "";
}

void print_table(const std::vector<NodeCheck>& checks) {
  std::size_t made = 7, rule = 4;  // columns as wide as they need
  for (const NodeCheck& node : checks) {
    made = std::max(made, text(node.made_at).size());
    rule = std::max(rule, text(site_of_rule(node)).size());
  }
  std::printf("\n%4s  %-18s %-*s  %-*s %17s  %-10s %s\n", "node", "op", int(made), "made at",
              int(rule), "rule", "worst difference", "verdict", "operands");
  for (const NodeCheck& node : checks) {
    std::printf("%4d  %-18s %-*s  %-*s %17.1e  %-10s %s%s\n", node.node, node.op, int(made),
                text(node.made_at).c_str(), int(rule), text(site_of_rule(node)).c_str(),
                largest_difference(node), verdict_name(node.verdict), operands_text(node).c_str(),
                node.verdict == Verdict::undecided ? why_undecided(node).c_str() : "");
  }
}

bool has_directions(const std::vector<NodeCheck>& checks) {
  for (const NodeCheck& node : checks) {
    for (const TensorCheck& operand : node.operands) {
      if (operand.directions > 0) return true;
    }
  }
  return false;
}

Json operand_json(const TensorCheck& operand) {
  const EntryCheck& worst = operand.worst;
  return Json::object(
      {{"letter", operand.letter},
       {"tensor", operand.tensor},
       {"entries", operand.shape.size()},
       {"checked", operand.checked},
       {"directions", operand.directions},
       {"verdict", verdict_name(operand.verdict)},
       {"difference", operand.largest_difference},
       {"likely_mistake", operand.likely_mistake},
       {"worst",
        Json::object(
            {{"entry", worst.is_direction ? "all" : entry_place(operand.shape, worst.index)},
             {"contribution", worst.analytic},
             {"expected", worst.numeric},
             {"error", worst.error},
             {"reason", worst.reason}})}});
}

Json node_json(const NodeCheck& node) {
  Json operands = Json::array();
  for (const TensorCheck& operand : node.operands) operands.push(operand_json(operand));
  return Json::object({{"node", node.node},
                       {"op", node.op},
                       {"made_at", text(node.made_at)},
                       {"rule_at", text(site_of_rule(node))},
                       {"verdict", verdict_name(node.verdict)},
                       {"reason", node.reason},
                       {"operands", operands}});
}

// What was found.
struct Findings {
  std::vector<NodeCheck> checks;   // of every rule of the tape
  std::size_t undecided = 0;       // of them
  std::vector<std::string> wrong;  // a line for each rule that is wrong
  std::size_t quantities = 0;      // of the rule by hand
  std::string by_hand;             // the first of them that differs
  std::string not_finite;          // where from, if anything is not

  bool all_right() const { return wrong.empty() && by_hand.empty() && not_finite.empty(); }
};

Findings findings_of(const Options& options, Subject& subject) {
  Tape tape;
  const Objective objective = subject.objective(tape);
  Rng rng(options.size("seed"));
  Findings found;
  found.checks = check_every_node(tape, objective.total, rng);
  for (const NodeCheck& node : found.checks) found.undecided += node.verdict == Verdict::undecided;
  found.wrong = blame_each(found.checks);
  found.not_finite = not_finite_remark(tape, options);
  DenseAutoencoder* const dense = subject.dense();
  if (dense == nullptr) return found;
  const std::vector<ExplicitStep> walk = explicit_walk(*dense, subject.batch, tape, objective);
  found.quantities = walk.size();
  // beside numbers that are not finite nothing can be said
  if (found.not_finite.empty())
    found.by_hand = beside_tape(explain_first_difference(walk), !found.wrong.empty());
  return found;
}

void print_findings(const Findings& found) {
  if (!found.not_finite.empty()) std::printf("\n%s", found.not_finite.c_str());
  print_table(found.checks);
  if (has_directions(found.checks)) {
    std::printf(
        "\n(k of n): of n entries k were tried one by one, and all n at once along random "
        "directions\n");
  }
  std::printf("\n");
  for (const std::string& line : found.wrong) std::printf("%s\n", line.c_str());
  if (!found.by_hand.empty()) std::printf("the rule by hand: %s\n", found.by_hand.c_str());
  if (found.all_right() && found.undecided == 0) {
    std::printf("every rule is right: %zu nodes of the tape", found.checks.size());
    if (found.quantities > 0) std::printf(", %zu quantities of the rule by hand", found.quantities);
    std::printf("\n");
  } else if (found.wrong.empty() && found.by_hand.empty()) {
    std::printf(
        "no rule is wrong, but differences could not decide all entries of %zu of %zu nodes\n",
        found.undecided, found.checks.size());
  }
}

Json findings_json(const Findings& found, const Subject& subject) {
  Json nodes = Json::array(), lines = Json::array();
  for (const NodeCheck& node : found.checks) nodes.push(node_json(node));
  for (const std::string& line : found.wrong) lines.push(line);
  return Json::object({{"subject", subject.title},
                       {"real", real_name},
                       {"ok", found.all_right()},
                       {"wrong", lines},
                       {"by_hand", found.by_hand},
                       {"not_finite", found.not_finite},
                       {"undecided", found.undecided},
                       {"nodes", nodes}});
}

}  // namespace

int blame_command(const Options& options, Subject& subject) {
  const Findings found = findings_of(options, subject);
  print_findings(found);
  write_json(options, findings_json(found, subject));
  return found.all_right() ? 0 : 1;
}

}  // namespace strata::cli
