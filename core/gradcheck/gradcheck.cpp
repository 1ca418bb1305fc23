#include "core/gradcheck/gradcheck.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

#include "core/gradcheck/keep_gradients.hpp"

namespace strata {
namespace {

// Relative to the larger of the two numbers; then, relative to the tensor's largest gradient, what
// passes as rounding in an entry that is small beside it, and how exact a difference must be to
// decide anything.
constexpr double tolerance = sizeof(Real) == 8 ? 1e-6 : 1e-2;
constexpr double small_beside_scale = sizeof(Real) == 8 ? 1e-9 : 1e-3;
constexpr double resolution = sizeof(Real) == 8 ? 1e-4 : 5e-2;
// What rounding can do to a difference of the objective, in units of its own rounding: a step may
// have to be this small before the objective is smooth on it.
constexpr double smallest_step = 1e-4;

// Whether anything flows from `leaf` to `root`.
bool has_path(const Tape& tape, int leaf, int root) {
  return leaf <= root && nodes_that_depend_on(tape, leaf, root)[root];
}

std::vector<std::size_t> every_entry(const Tensor& X) {
  std::vector<std::size_t> entries(X.size());
  std::iota(entries.begin(), entries.end(), std::size_t(0));
  return entries;
}

std::uint64_t branches_from(Tape& tape, int first) {
  std::uint64_t mixed = 0;
  for (int i = first; i < tape.size(); ++i) {
    const Node& node = tape.nodes[i];
    if (node.op->branch != nullptr) mixed = mixed * 1099511628211u ^ node.op->branch(tape, node);
  }
  return mixed;
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  return verdict == Verdict::ok ? "OK" : verdict == Verdict::wrong ? "WRONG" : "UNDECIDED";
}

bool worse(Verdict a, Verdict b) {
  const auto rank = [](Verdict v) {
    return v == Verdict::wrong ? 2 : v == Verdict::undecided ? 1 : 0;
  };
  return rank(a) > rank(b);
}

EntryCheck compare_entry(std::size_t index, double analytic, const Derivative& numeric,
                         double scale, double noise) {
  EntryCheck entry{index, analytic, numeric.value, numeric.error};
  const auto verdict = [&entry](Verdict v, const char* reason) {
    entry.verdict = v;
    entry.reason = reason;
    return entry;
  };
  if (!numeric.decided) return verdict(Verdict::undecided, numeric.why_not.c_str());
  if (!std::isfinite(analytic)) {
    // right where the number does not fit its type, and sums on the way to it neither
    const bool overflows =
        std::abs(numeric.value) > double(std::numeric_limits<Real>::max()) / 1000;
    return overflows ? verdict(Verdict::undecided, "too large for its type")
                     : verdict(Verdict::wrong, "the analytic gradient is not finite");
  }
  const double difference = std::abs(analytic - numeric.value);
  const double size = std::max(std::abs(analytic), std::abs(numeric.value));
  const double allowed = tolerance * size + small_beside_scale * scale;
  if (difference > allowed + 4 * numeric.error) {
    if (difference <= noise) return verdict(Verdict::undecided, "lost in rounding");
    entry.differs = true;
    return verdict(Verdict::wrong, "analytic and numeric differ");
  }
  if (scale == 0) return verdict(Verdict::undecided, "the loss does not move: saturated or dead");
  if (numeric.error > resolution * scale)
    return verdict(Verdict::undecided, "saturated: lost in rounding");
  // The error of the numeric value explains the difference: that decides only where it is small
  if (difference > allowed && numeric.error > resolution * size)
    return verdict(Verdict::undecided, "lost in the rounding of the objective");
  return entry;
}

TensorCheck compare_gradients(const Tensor& analytic, const std::vector<Derivative>& numeric,
                              bool depends, double noise) {
  return compare_gradients(analytic, every_entry(analytic), numeric, depends, noise);
}

TensorCheck compare_gradients(const Tensor& analytic, const std::vector<std::size_t>& entries,
                              const std::vector<Derivative>& numeric, bool depends, double noise) {
  check(entries.size() == numeric.size(), "compare_gradients: ", entries.size(),
        " analytic entries but ", numeric.size(), " numeric ones");
  TensorCheck result;
  result.shape = analytic.shape;
  result.checked = entries.size();
  for (std::size_t k = 0; k < numeric.size(); ++k) {
    const double by_rule = double(analytic[entries[k]]);
    if (std::isfinite(by_rule)) result.scale = std::max(result.scale, std::abs(by_rule));
    if (numeric[k].decided) {
      // A value below its own error is no evidence that the gradient is that large.
      const double sure = std::abs(numeric[k].value) - numeric[k].error;
      result.scale = std::max(result.scale, std::max(0.0, sure));
    }
  }
  double largest = -1;
  for (std::size_t k = 0; k < numeric.size(); ++k) {
    EntryCheck entry =
        compare_entry(entries[k], double(analytic[entries[k]]), numeric[k], result.scale, noise);
    const bool both_zero = entry.analytic == 0 && std::abs(entry.numeric) <= entry.error;
    if (!depends && numeric[k].decided && both_zero) entry.verdict = Verdict::ok;
    result.wrong += entry.verdict == Verdict::wrong;
    result.undecided += entry.verdict == Verdict::undecided;
    const bool compares =
        numeric[k].decided && (std::isfinite(entry.analytic) || entry.verdict == Verdict::wrong);
    const double difference = compares ? std::abs(entry.analytic - entry.numeric) : 0;
    const bool decides = worse(entry.verdict, result.verdict);
    if (decides || (entry.verdict == result.verdict && difference > largest)) {
      result.worst = entry;
      result.verdict = entry.verdict;
      largest = difference;
    }
    if (result.scale > 0)
      result.largest_difference = std::max(result.largest_difference, difference / result.scale);
    result.entries.push_back(std::move(entry));
  }
  return result;
}

// A copy of a tape that can be replayed beside it: its parameters are its own.
struct Replica {
  Tape tape;
  std::deque<Parameter> parameters;

  explicit Replica(const Tape& original) {
    tape.nodes = original.nodes;
    for (Node& node : tape.nodes) {
      if (node.parameter != nullptr) node.parameter = &parameters.emplace_back(*node.parameter);
    }
  }
};

// The values of these terms where the parameter of this leaf is what it is now.
static Probe value_of_terms(Tape& tape, const std::vector<Term>& terms, int leaf) {
  tape.replay(Randomness::keep, leaf);
  Probe probe;
  double all_terms = 0;
  for (const Term& term : terms) {
    probe.values.push_back(double(tape.value(term.value.index)[0]));
    all_terms += std::abs(probe.values.back());
  }
  probe.magnitudes.assign(terms.size(), all_terms);  // they share activations, and so rounding
  probe.branch = branches_from(tape, leaf);
  return probe;
}

// numeric[t][k]: the derivative of term t to the k-th of these entries of the leaf's parameter.
static std::vector<std::vector<Derivative>> differences(const Tape& tape,
                                                        const std::vector<Term>& terms, int leaf,
                                                        const std::vector<std::size_t>& entries,
                                                        Workers* workers) {
  std::vector<std::vector<Derivative>> numeric(terms.size(),
                                               std::vector<Derivative>(entries.size()));
  for_ranges(workers, entries.size(), 1, [&](std::size_t begin, std::size_t end) {
    Replica replica(tape);
    Tensor& W = replica.tape.nodes[leaf].parameter->value;
    for (std::size_t k = begin; k < end; ++k) {
      const std::vector<Derivative> of_entry =
          differentiate(W[entries[k]], [&] { return value_of_terms(replica.tape, terms, leaf); });
      for (std::size_t t = 0; t < terms.size(); ++t) numeric[t][k] = of_entry[t];
    }
  });
  return numeric;
}

std::vector<TensorCheck> check_objective(Tape& tape, const Objective& objective,
                                         const std::vector<Parameter*>& parameters,
                                         const ObjectiveCheck& how) {
  check(how.entries.empty() || how.entries.size() == parameters.size(),
        "check_objective: ", parameters.size(), " parameters but entries of ", how.entries.size());
  std::vector<Term> terms = objective.terms;
  terms.push_back({"total", objective.total});

  // analytic[t][p]: the gradient of term t with respect to parameter p, by the tape
  std::vector<std::vector<Tensor>> analytic;
  KeepGradients kept(parameters);
  for (const Term& term : terms) {
    kept.set_to_zero();
    tape.backward(term.value);
    analytic.emplace_back();
    for (Parameter* p : parameters) analytic.back().push_back(p->grad);
  }

  std::vector<TensorCheck> results;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Tensor& W = parameters[p]->value;
    const int leaf = tape.parameter(*parameters[p]).index;
    const std::vector<std::size_t> entries = how.entries.empty() ? every_entry(W) : how.entries[p];
    const double rounding = double(std::numeric_limits<Real>::epsilon()) *
                            value_of_terms(tape, terms, leaf).magnitudes.front();
    const auto numeric = differences(tape, terms, leaf, entries, how.workers);
    for (std::size_t t = 0; t < terms.size(); ++t) {
      results.push_back(compare_gradients(analytic[t][p], entries, numeric[t],
                                          has_path(tape, leaf, terms[t].value.index),
                                          rounding / smallest_step));
      results.back().tensor = parameters[p]->name;
      results.back().term = terms[t].name;
    }
  }
  return results;
}

}  // namespace strata
