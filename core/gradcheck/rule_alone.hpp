#pragma once
// One node's backward rule, run by itself: what it adds to each operand for a given upstream
// gradient. Gradients on the tape are as before afterwards.

#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

/// The inputs that have a gradient to add to, rising, each once (mul(x, x) has x twice).
std::vector<int> trained_operands(const Tape& tape, int node);

/// What a rule leaves behind when it is run on given gradients.
struct RuleRun {
  std::vector<Tensor> gradients;  // of trained_operands(tape, node), in that order, starts included
  // Whether the rule said so (Tape::input_grad does): backward goes on from there
  std::vector<bool> reached;
  // Where it took up each gradient last: the function of the rule, and its line (0: nowhere)
  std::vector<Site> adds_at;
};
/// Runs the rule with the operands' gradients starting from `starts`, one tensor of its shape for
/// each. upstream has the shape of the node's value (Error otherwise).
RuleRun run_rule_alone(Tape& tape, int node, const Tensor& upstream, std::vector<Tensor> starts);
/// The same from zeros.
RuleRun run_rule_alone(Tape& tape, int node, const Tensor& upstream);

/// The contribution to each of trained_operands(tape, node), in that order; upstream has the shape
/// of the node's value (Error otherwise). Empty where the operation has no backward rule.
std::vector<Tensor> contributions_alone(Tape& tape, int node, const Tensor& upstream);
/// That to one of trained_operands(tape, node).
Tensor contribution_alone(Tape& tape, int node, int operand, const Tensor& upstream);

}  // namespace strata
