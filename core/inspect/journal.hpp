#pragma once
// The journal of a pass: what each visit of a rule did, in order. A Tape writes it where it is told
// to (tape.observer), and at no cost where not. Once it is written, stepping back in time is an
// index going down.
//
//   const Journal journal = journal_of(tape, objective);
//   journal.visits[k]    // who added how much to whose gradient, what it was before and after

#include <map>

#include "core/autodiff/objective.hpp"

namespace strata {

/// The numbers of a tensor at one moment: all of them, or where there are too many those on an even
/// grid of its rows and columns. What is said about all entries is said about all, kept or not.
struct Snapshot {
  Shape shape{};                        // of the tensor
  std::vector<std::size_t> rows, cols;  // those that are kept, rising
  std::vector<Real> values;             // rows.size() × cols.size(), row by row
  Real smallest = 0, largest = 0;       // of the finite entries
  std::size_t non_finite = 0;           // how many entries are NaN or infinite

  bool empty() const { return values.empty(); }
  bool is_whole() const { return values.size() == shape.size(); }
};
/// At most `most_entries` (at least 1) of A's entries; a tensor of rank above 2 as rows() × cols().
Snapshot snapshot(const Tensor& A, std::size_t most_entries);

/// The part of a contribution that comes from one term of the objective. Backward is linear in its
/// seeds: the parts of all terms sum to the contribution.
struct TermPart {
  std::size_t term = 0;  // position among the objective's terms
  Snapshot contribution{};
};

/// One step: a forward rule computed a node's value, a pass was seeded, or a backward rule added to
/// one operand's gradient.
struct Visit {
  enum class Kind { forward, seed, backward };
  Kind kind = Kind::forward;
  /// Whose rule ran: its op, its rule's line and the line that made it are on the tape. Of a seed:
  /// the root.
  int node = -1;
  /// Backward: the node whose gradient was added to. Of a seed the root itself; forward −1.
  int operand = -1;
  /// Forward: what was computed.
  Snapshot value{};
  /// Seed and backward, of the operand's gradient. after − before is the contribution, rounded
  /// where before is not zero.
  Snapshot before{}, contribution{}, after{};
  /// Where journal_of wrote it.
  std::vector<TermPart> by_term{};
  /// Backward: the line of the rule that takes up the operand's gradient.
  Site adds_at{};
};

struct Journal : Observer {
  std::vector<Visit> visits;
  std::size_t most_entries;        // that are kept of each tensor
  std::vector<std::string> terms;  // the names that TermPart::term counts

  explicit Journal(std::size_t most_entries_ = 4096) : most_entries(most_entries_) {}

  void after_forward(Tape& tape, int node) override;
  void before_backward(Tape& tape, int node) override;
  void adds_to(Tape&, int operand, Site site) override { adds_at_[operand] = site; }
  void after_backward(Tape& tape, int node) override;

  /// The last step up to `step` that changed this node's gradient; −1: it has not been reached yet,
  /// and has no gradient.
  int last_change(int node, int step) const;
  /// The first backward or seed step; visits.size() if there is none.
  std::size_t first_backward() const;

 private:
  int last_visited_ = -1;       // by the pass under way: nodes come in falling order
  std::vector<Tensor> before_;  // the gradients of the present node's operands
  std::map<int, Site> adds_at_;
};

/// The whole story of a recorded objective: a forward visit for each node up to its total, leaves
/// included; then the backward pass from the total, gradients starting from zero, each contribution
/// also split by term. Nothing is drawn anew. The tape's own gradients are afterwards those of the
/// total; gradients of parameters are as before.
Journal journal_of(Tape& tape, const Objective& objective, std::size_t most_entries = 4096);

}  // namespace strata
