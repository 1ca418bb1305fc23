// One rule alone, against differences: see gradcheck.hpp.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/gradcheck/likely_mistake.hpp"
#include "core/gradcheck/rule_alone.hpp"

namespace strata {
namespace {

constexpr std::size_t single_entries = 16;  // of an operand that has too many
constexpr std::size_t directions = 2;       // in which all its entries move at once

// Σ upstream ⊙ forward(operands): what a rule differentiates.
Probe weighted_sum(Tape& tape, Node& node, const Tensor& upstream) {
  node.op->forward(tape, node);
  double value = 0, magnitude = 0;
  for (std::size_t i = 0; i < upstream.size(); ++i) {
    const double product = double(upstream[i]) * double(node.value[i]);
    value += product;
    magnitude += std::abs(product);
  }
  return {{value}, {magnitude}, node.op->branch != nullptr ? node.op->branch(tape, node) : 0};
}

// What rounding may make of a contribution, in the rule or in its differences.
double rounding_of(const Tensor& upstream, const Tensor& value) {
  constexpr double roundings = 64;  // of the largest product, in a rule of a few lines
  double largest = 0;
  for (std::size_t i = 0; i < upstream.size(); ++i) {
    const double product = std::abs(double(upstream[i]) * double(value[i]));
    if (std::isfinite(product)) largest = std::max(largest, product);
  }
  return std::max(vanished, roundings * double(std::numeric_limits<Real>::epsilon()) * largest);
}

// ---- many entries: along directions

// The entries [begin, end) of V, zeros elsewhere.
struct Direction {
  const Tensor& V;
  std::size_t begin, end;
};

struct Slopes {
  double analytic = 0;  // Σ contribution ⊙ V
  Derivative numeric{};
  double scale = 0;  // √Σ (contribution ⊙ V)²
};

Slopes slopes_along(const Direction& d, Tensor& X, const Tensor& contribution,
                    const std::function<Probe()>& f) {
  Slopes slopes;
  for (std::size_t i = d.begin; i < d.end; ++i) {
    const double part = double(contribution[i]) * double(d.V[i]);
    slopes.analytic += part;
    slopes.scale += part * part;
  }
  slopes.scale = std::sqrt(slopes.scale);
  const Tensor start = X;
  Real t = 0;
  slopes.numeric = differentiate(t, [&] {
    for (std::size_t i = d.begin; i < d.end; ++i) X[i] = start[i] + t * d.V[i];
    return f();
  })[0];
  X = start;
  return slopes;
}

// Of a direction in which the slopes differ, the entry that is at fault: the half that differs
// more, again and again.
std::size_t entry_at_fault(Direction d, Tensor& X, const Tensor& contribution,
                           const std::function<Probe()>& f) {
  const auto gap = [&](std::size_t begin, std::size_t end) {
    const Slopes slopes = slopes_along({d.V, begin, end}, X, contribution, f);
    return slopes.numeric.decided ? std::abs(slopes.analytic - slopes.numeric.value) : 0;
  };
  while (d.end - d.begin > 1) {
    const std::size_t middle = d.begin + (d.end - d.begin) / 2;
    (gap(d.begin, middle) >= gap(middle, d.end) ? d.end : d.begin) = middle;
  }
  return d.begin;
}

Tensor plus_minus_one(const Shape& shape, Rng& rng) {
  Tensor V = uniform_tensor(shape, rng, -1, 1);
  for (Real& v : V.values) v = v < 0 ? Real(-1) : Real(1);
  return V;
}

// Adds what the entry says to what is known of the tensor.
void take_entry(TensorCheck& result, const EntryCheck& entry) {
  result.wrong += entry.verdict == Verdict::wrong;
  result.undecided += entry.verdict == Verdict::undecided;
  if (entry.verdict == Verdict::wrong) result.entries.push_back(entry);
  if (!worse(entry.verdict, result.verdict)) return;
  result.verdict = entry.verdict;
  result.worst = entry;
}

// The largest contribution, the last one, and others at random; each once.
std::vector<std::size_t> pick_entries(const Tensor& contribution, Rng& rng) {
  std::size_t largest = 0;
  for (std::size_t i = 0; i < contribution.size(); ++i) {
    if (std::isnan(contribution[largest])) break;  // nothing is worse
    const bool is_nan = std::isnan(contribution[i]);
    if (is_nan || std::abs(contribution[i]) > std::abs(contribution[largest])) largest = i;
  }
  std::vector<std::size_t> picks = {largest};
  for (std::size_t i = contribution.size() - 1; picks.size() < single_entries;
       i = rng.below(contribution.size())) {
    if (std::find(picks.begin(), picks.end(), i) == picks.end()) picks.push_back(i);
  }
  return picks;
}

TensorCheck check_some_entries(Tensor& X, const Tensor& contribution,
                               const std::function<Probe()>& f, double noise, Rng& rng) {
  const std::vector<std::size_t> picks = pick_entries(contribution, rng);
  std::vector<Derivative> numeric;
  for (std::size_t i : picks) numeric.push_back(differentiate(X[i], f)[0]);
  TensorCheck result = compare_gradients(contribution, picks, numeric, true, noise);
  result.directions = directions;
  for (std::size_t k = 0; k < directions && result.verdict != Verdict::wrong; ++k) {
    const Tensor V = plus_minus_one(X.shape, rng);
    const Slopes slopes = slopes_along({V, 0, X.size()}, X, contribution, f);
    const double noise_of_all = noise * std::sqrt(double(X.size()));
    EntryCheck along =
        compare_entry(0, slopes.analytic, slopes.numeric, slopes.scale, noise_of_all);
    if (along.verdict == Verdict::wrong) {
      const std::size_t i = entry_at_fault({V, 0, X.size()}, X, contribution, f);
      along = compare_entry(i, double(contribution[i]), differentiate(X[i], f)[0], result.scale);
      along.verdict = Verdict::wrong;  // the direction has decided
      along.differs = true;
      along.reason = "analytic and numeric differ";
    } else {
      along.is_direction = true;
      if (!along.reason.empty()) along.reason = "all entries moved at once: " + along.reason;
    }
    take_entry(result, along);
    const double gap =
        slopes.numeric.decided ? std::abs(slopes.analytic - slopes.numeric.value) : 0;
    if (slopes.scale > 0)
      result.largest_difference = std::max(result.largest_difference, gap / slopes.scale);
  }
  return result;
}

TensorCheck check_operand(Tensor& X, const Tensor& contribution, const std::function<Probe()>& f,
                          double noise, Rng& rng) {
  if (X.size() == 0) return compare_gradients(contribution, {});  // of an empty batch
  if (X.size() > check_every_entry_up_to) return check_some_entries(X, contribution, f, noise, rng);
  return compare_gradients(contribution, differentiate_every_entry(X, f)[0], true, noise);
}

// ---- what differences from zero gradients cannot see

// Random numbers of the contribution's size, none near zero.
Tensor start_beside(const Tensor& contribution, Rng& rng) {
  const Real largest = largest_magnitude(contribution);
  const Real scale = largest > 0 && std::isfinite(largest) ? largest : Real(1);
  Tensor start = uniform_tensor(contribution.shape, rng, -1, 1);
  for (Real& s : start.values) s = scale * (s < 0 ? s - 1 : s + 1);
  return start;
}

// A rule adds: from another start the contribution is the same.
void check_that_it_adds(Tape& tape, int index, const Tensor& upstream,
                        const std::vector<Tensor>& contributions, NodeCheck& result, Rng& rng) {
  std::vector<Tensor> starts;
  for (const Tensor& contribution : contributions)
    starts.push_back(start_beside(contribution, rng));
  const RuleRun run = run_rule_alone(tape, index, upstream, starts);
  const double rounding = sizeof(Real) == 8 ? 1e-10 : 1e-3;
  for (std::size_t k = 0; k < contributions.size(); ++k) {
    TensorCheck& operand = result.operands[k];
    const double allowed = rounding * double(largest_magnitude(starts[k]));
    for (std::size_t i = 0; i < starts[k].size() && operand.verdict != Verdict::wrong; ++i) {
      const double from_zero = double(contributions[k][i]);
      const double added = double(run.gradients[k][i]) - double(starts[k][i]);
      if (std::abs(added - from_zero) <= allowed || !std::isfinite(from_zero)) continue;
      take_entry(operand,
                 {i, added, from_zero, 0, Verdict::wrong,
                  "the gradient that stood there is lost: the rule must add (+=), not set (=)"});
    }
    const bool must_reach = largest_magnitude(contributions[k]) != 0;
    if (must_reach && !run.reached[k]) {
      result.reason =
          text("it adds to d", operand.letter,
               " without Tape::input_grad: backward does not go on to ", operand.tensor);
      result.verdict = Verdict::wrong;
    }
  }
}

// What differences say of the entries that were tried.
std::vector<RightEntry> right_entries(const TensorCheck& operand) {
  std::vector<RightEntry> right;
  for (const EntryCheck& entry : operand.entries) {
    const bool is_known = entry.verdict == Verdict::ok || entry.differs;
    if (is_known) right.push_back({entry.index, entry.numeric});
  }
  return right;
}

// Whether the letter stands in the formula by itself.
bool has_letter(std::string_view formula, char letter) {
  const auto is_letter = [&](std::size_t i) {
    return i < formula.size() && std::isalpha(static_cast<unsigned char>(formula[i])) != 0;
  };
  for (std::size_t i = 0; i < formula.size(); ++i) {
    if (formula[i] == letter && !is_letter(i - 1) && !is_letter(i + 1)) return true;
  }
  return false;
}

// What a rule may have forgotten to multiply with or to divide by.
std::vector<KnownNumber> known_numbers(const Tape& tape, const Node& node) {
  std::vector<KnownNumber> known;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Shape& shape = tape.value(node.inputs[k]).shape;
    const std::string letter = operand_letter(*node.op, k);
    if (k == 0 && shape.rank == 2 && has_letter(node.op->formula, 'm'))
      known.push_back({double(shape[0]), text("m, the rows of ", letter, ", is ", shape[0])});
    add_sizes(known, letter, shape);
  }
  add_sizes(known, result_letter(*node.op), node.value.shape);
  const double number = double(node.settings.number);
  known.push_back({std::abs(number), text("the operation's own number is ", number)});
  return known;
}

// A rule leaves values alone: other rules still need them.
std::string changed_value(Tape& tape, int index, const Tensor& upstream, Site& backward_at) {
  std::vector<int> watched = tape.nodes[index].inputs;
  watched.push_back(index);
  std::vector<Tensor> before;
  for (int i : watched) before.push_back(tape.value(i));
  for (const Site& site : run_rule_alone(tape, index, upstream).adds_at) {
    const bool is_first = site.line > 0 && (backward_at.line == 0 || site.line < backward_at.line);
    if (is_first) backward_at = site;
  }
  std::string reason;
  for (std::size_t k = 0; k < watched.size(); ++k) {
    Tensor& now = tape.value(watched[k]);
    const auto same = [](Real a, Real b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    if (std::equal(now.values.begin(), now.values.end(), before[k].values.begin(), same)) continue;
    reason = text("its backward changes the value of node ", watched[k]);
    now = before[k];
  }
  return reason;
}

}  // namespace

NodeCheck check_node(Tape& tape, int index, const Tensor& upstream) {
  Node& node = tape.nodes[index];
  NodeCheck result{index, node.op->name, node.op->written_at, {}, node.made_at, {}, Verdict::ok,
                   ""};
  if (node.op->forward == nullptr || !node.wants_grad) return result;
  Rng rng(20, std::uint64_t(index));
  result.reason = missing_rule(tape, index);
  if (result.reason.empty())
    result.reason = changed_value(tape, index, upstream, result.backward_at);
  if (!result.reason.empty()) {
    result.verdict = Verdict::wrong;
    return result;
  }
  const RuleRun run = run_rule_alone(tape, index, upstream);
  const std::vector<Tensor>& contributions = run.gradients;
  const std::vector<int> operands = trained_operands(tape, index);

  const double noise = rounding_of(upstream, node.value);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const auto first_use = std::find(node.inputs.begin(), node.inputs.end(), operands[k]);
    TensorCheck operand = check_operand(
        tape.value(operands[k]), contributions[k],
        [&] { return weighted_sum(tape, node, upstream); }, noise, rng);
    operand.tensor = text("node ", operands[k]);
    operand.letter = operand_letter(*node.op, std::size_t(first_use - node.inputs.begin()));
    operand.term = "upstream";
    operand.adds_at = run.adds_at[k];
    if (operand.verdict == Verdict::wrong && operand.worst.differs)
      operand.likely_mistake =
          likely_mistake(contributions[k], right_entries(operand), known_numbers(tape, node));
    result.operands.push_back(std::move(operand));
  }
  node.op->forward(tape, node);
  check_that_it_adds(tape, index, upstream, contributions, result, rng);
  for (const TensorCheck& operand : result.operands) {
    if (worse(operand.verdict, result.verdict)) result.verdict = operand.verdict;
  }
  return result;
}

NodeCheck check_node_twice(Tape& tape, int index, const Tensor& own_upstream, Rng& rng) {
  const bool own_decides = !own_upstream.empty() && all_finite(own_upstream) &&
                           double(largest_magnitude(own_upstream)) > vanished;
  NodeCheck result = check_node(tape, index, normal_tensor(tape.value(index).shape, rng));
  for (TensorCheck& operand : result.operands) {
    operand.term = "a random upstream gradient";
    operand.random_upstream = true;
  }
  if (!own_decides || !result.reason.empty()) return result;
  NodeCheck with_own = check_node(tape, index, own_upstream);
  if (!with_own.reason.empty()) return with_own;
  for (std::size_t k = 0; k < result.operands.size(); ++k) {
    if (worse(result.operands[k].verdict, with_own.operands[k].verdict)) continue;
    result.operands[k] = std::move(with_own.operands[k]);
    result.operands[k].term = "this upstream gradient";
  }
  if (worse(with_own.verdict, result.verdict)) result.verdict = with_own.verdict;
  return result;
}

std::vector<NodeCheck> check_every_node(Tape& tape, Var root, Rng& rng) {
  std::vector<NodeCheck> missing, results;
  for (int i = 0; i <= root.index; ++i) {
    if (!missing_rule(tape, i).empty()) missing.push_back(check_node(tape, i, Tensor()));
  }
  if (!missing.empty()) return missing;  // a pass would stop there
  tape.backward(root);
  for (int i = 0; i <= root.index; ++i) {
    const Node& node = tape.nodes[i];
    if (node.op->backward == nullptr || !node.wants_grad) continue;
    const Tensor own = node.reached ? node.grad : Tensor();
    results.push_back(check_node_twice(tape, i, own, rng));
  }
  return results;
}

}  // namespace strata
