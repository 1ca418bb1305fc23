#pragma once
// The gradient checker: analytic gradients held against numerical ones, entry by entry. It checks a whole objective,
// parameter by parameter and term by term, or any single node by itself, which names the rule that is wrong.
// Where a difference says nothing (a kink was crossed, a unit is saturated, a number is not finite) the verdict is
// UNDECIDED: nothing passes in silence. All comparisons are relative, so the verdicts do not depend on the loss's scale.

#include <string>
#include <vector>

#include "core/autodiff/objective.hpp"
#include "core/autodiff/ridders.hpp"

namespace strata {

enum class Verdict { ok, wrong, undecided };
/// "OK", "WRONG", "UNDECIDED".
const char* verdict_name(Verdict verdict);

struct EntryCheck {
  std::size_t index = 0;
  double analytic = 0;
  double numeric = 0;
  double error = 0;  // of the numeric value
  Verdict verdict = Verdict::ok;
  std::string reason{};
};

/// The gradient of one term with respect to one tensor.
struct TensorCheck {
  std::string tensor, term;
  Shape shape{};
  std::size_t wrong = 0, undecided = 0;  // entries
  double scale = 0;                      // the largest |gradient| in the tensor
  double largest_difference = 0;         // |analytic − numeric| over the decided entries, relative to scale
  EntryCheck worst{};                    // the entry that decided the verdict, or the one that differs most
  Verdict verdict = Verdict::ok;
};

/// Compares entry by entry. `depends` is false where no path leads from the tensor to the term: then both must be zero.
TensorCheck compare_gradients(const Tensor& analytic, const std::vector<Derivative>& numeric,
                              bool depends = true);

/// Every parameter's gradient of every term and of the total, by tape and by differences: terms × parameters results,
/// the total ("total") last for each parameter. Random draws (dropout) are kept fixed. Values and gradients of the
/// parameters are as before afterwards. Costs some 20 to 80 forward passes for each entry.
std::vector<TensorCheck> check_objective(Tape& tape, const Objective& objective,
                                         const std::vector<Parameter*>& parameters);

/// One node's rule, alone: its contribution to each operand for the given upstream gradient, against differences of
/// Σ upstream ⊙ forward(operands).
struct NodeCheck {
  int node = -1;
  const char* op = "";
  Site rule_at{}, made_at{};
  std::vector<TensorCheck> operands;
  Verdict verdict = Verdict::ok;
};
NodeCheck check_node(Tape& tape, int node, const Tensor& upstream);

/// Every node up to the root: with its real upstream gradient (tape.backward(root) is run first, and adds to the gradients
/// of the parameters) and with a random one.
/// The verdict is the worse of the two. Nodes without a backward rule or without trained inputs are left out.
std::vector<NodeCheck> check_every_node(Tape& tape, Var root, Rng& rng);

/// The first WRONG node in forward order as one line: the rule with file and line, where the node was made, the worst
/// entry. Empty if there is none.
std::string blame(const std::vector<NodeCheck>& checks);

}  // namespace strata
