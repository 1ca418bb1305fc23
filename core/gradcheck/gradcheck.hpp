#pragma once
// The gradient checker: analytic gradients held against numerical ones, entry by entry. It checks a
// whole objective, parameter by parameter and term by term, or any single node by itself, which
// names the rule that is wrong. Where a difference says nothing (a kink was crossed, a unit is
// saturated, a number is not finite) the verdict is UNDECIDED: nothing passes in silence. All
// comparisons are relative, so the verdicts do not depend on the loss's scale.

#include <string>
#include <vector>

#include "core/autodiff/objective.hpp"
#include "core/gradcheck/ridders.hpp"

namespace strata {

enum class Verdict { ok, wrong, undecided };
/// "OK", "WRONG", "UNDECIDED".
const char* verdict_name(Verdict verdict);
/// WRONG is worse than UNDECIDED, and that is worse than OK.
bool worse(Verdict a, Verdict b);

struct EntryCheck {
  std::size_t index = 0;
  double analytic = 0;
  double numeric = 0;
  double error = 0;  // of the numeric value
  Verdict verdict = Verdict::ok;
  std::string reason{};
  bool differs = false;  // wrong because analytic and numeric differ; otherwise the reason says why
  bool is_direction = false;  // all entries moved at once: `index` says nothing
};

/// One entry's verdict; scale is the largest |gradient| of its tensor. A difference up to `noise`
/// is not WRONG but UNDECIDED.
EntryCheck compare_entry(std::size_t index, double analytic, const Derivative& numeric,
                         double scale, double noise = 0);

/// The gradient of one term with respect to one tensor.
struct TensorCheck {
  std::string tensor, term;
  // Of a rule: seen with a random upstream gradient, not with the pass's own
  bool random_upstream = false;
  std::string letter{};  // of a rule's operand: what the rule's text calls it
  Site adds_at{};        // of a rule's operand: the rule's function, and where it adds to it
  Shape shape{};
  std::size_t checked = 0;               // entries, one by one
  std::size_t directions = 0;            // along which all entries were checked together
  std::size_t wrong = 0, undecided = 0;  // entries
  double scale = 0;                      // the largest |gradient| in the tensor
  double largest_difference =
      0;               // |analytic − numeric| over the decided entries, relative to scale
  EntryCheck worst{};  // the entry that decided the verdict, or the one that differs most
  std::vector<EntryCheck> entries{};  // those that were checked one by one
  std::string likely_mistake{};       // what all wrong entries have in common, if anything
  Verdict verdict = Verdict::ok;
};

/// Compares entry by entry: numeric[k] belongs to entry entries[k], or without `entries` to entry
/// k. `depends` is false where no path leads from the tensor to the term: then both must be zero.
TensorCheck compare_gradients(const Tensor& analytic, const std::vector<std::size_t>& entries,
                              const std::vector<Derivative>& numeric, bool depends = true,
                              double noise = 0);
TensorCheck compare_gradients(const Tensor& analytic, const std::vector<Derivative>& numeric,
                              bool depends = true, double noise = 0);

struct ObjectiveCheck {
  /// Of each parameter's entries those that are tried, rising (entry_sample.hpp); empty: every one.
  std::vector<std::vector<std::size_t>> entries{};
  /// Threads, each with a copy of the tape; the results are the same bits for any number of them.
  Workers* workers = nullptr;
};
/// Every parameter's gradient of every term and of the total, by tape and by differences: terms ×
/// parameters results, the total ("total") last for each parameter. Random draws (dropout) are kept
/// fixed. Values and gradients of the parameters are as before afterwards. Costs some 20 to 80
/// forward passes for each entry.
std::vector<TensorCheck> check_objective(Tape& tape, const Objective& objective,
                                         const std::vector<Parameter*>& parameters,
                                         const ObjectiveCheck& how = {});

/// One node's rule, alone: its contribution to each operand for the given upstream gradient,
/// against differences of Σ upstream ⊙ forward(operands).
///
/// An operand of many entries (check_every_entry_up_to) is checked at a few of them, and along
/// random directions V of ±1, in which all entries move at once: Σ contribution ⊙ V must be the
/// slope of t → f(X + t V). Where it is not, the entry at fault is found by halving. So one wrong
/// entry among a million is found, and the cost does not grow with their number.
///
/// A slope that is small beside what the rule computes with (a sigmoid near 1: a (1 − a)) has few
/// digits left, in the rule and in the differences. So differences within the rounding of upstream
/// ⊙ value are UNDECIDED.
///
/// Besides, the rule must add to gradients that are not zero, must say which operands it has
/// reached, and must leave all values as they are.
struct NodeCheck {
  int node = -1;
  const char* op = "";
  Site rule_at{};      // the row of the operation
  Site backward_at{};  // the rule's function, and where it adds something first (line 0: nowhere)
  Site made_at{};
  std::vector<TensorCheck> operands;
  Verdict verdict = Verdict::ok;
  std::string reason{};  // what is wrong, where that is not a contribution
};
inline constexpr std::size_t check_every_entry_up_to = 256;
NodeCheck check_node(Tape& tape, int node, const Tensor& upstream);

/// The same with the upstream gradient of a pass, and with a random one: a wrong factor can hide
/// behind zeros. Of each operand the worse result is returned, and its `term` says which it is:
/// "this upstream gradient" or "a random upstream gradient". The pass's own (empty where it has not
/// come here) is left out where it decides nothing: zero, not finite, or so small that products
/// with it are rounded as denormal numbers.
NodeCheck check_node_twice(Tape& tape, int node, const Tensor& own_upstream, Rng& rng);

/// Every node up to the root, twice; tape.backward(root) is run first, and adds to the gradients of
/// the parameters. Nodes that want no gradient are left out. Where an operation lacks the backward
/// rule that it needs, no pass can run: then those nodes alone are returned, as WRONG.
std::vector<NodeCheck> check_every_node(Tape& tape, Var root, Rng& rng);

/// The function of the rule, and its line that adds to the operand that is WRONG, or to the first;
/// the operation's row where it adds to none.
Site site_of_rule(const NodeCheck& check);
/// The rules that are WRONG, in forward order, each as one line: the rule with its function, file
/// and line, where its first wrong node was made, the worst entry with the contribution made and
/// the one expected, what all entries have in common (likely_mistake.hpp), and the other nodes at
/// which it is wrong.
std::vector<std::string> blame_each(const std::vector<NodeCheck>& checks);
/// The first of them; empty if there is none.
std::string blame(const std::vector<NodeCheck>& checks);

}  // namespace strata
