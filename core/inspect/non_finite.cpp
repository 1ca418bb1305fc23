#include "core/inspect/non_finite.hpp"

#include <algorithm>
#include <cmath>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "core/inspect/journal.hpp"

namespace strata {
namespace {

std::size_t first_bad_entry(const Tensor& A) {
  const auto found = std::find_if(A.values.begin(), A.values.end(),
                                  [](Real value) { return !std::isfinite(value); });
  return std::size_t(found - A.values.begin());
}

// The backward pass once more, rule by rule from the root down: the first rule that turns a
// gradient non-finite, although its own upstream gradient is finite. Where it adds to several, the
// one that the pass comes to first.
NonFinite first_in_the_pass(Tape& tape) {
  std::vector<Tensor> sums(std::size_t(tape.size()));  // of the contributions so far
  for (int i = tape.size() - 1; i >= 0; --i) {
    const Node& node = tape.nodes[i];
    if (!node.reached) continue;
    if (!all_finite(tape.grad(i))) return {i, true, -1, first_bad_entry(tape.grad(i))};
    if (node.op->backward == nullptr) continue;
    const std::vector<Tensor> added = contributions_alone(tape, i, node.grad);
    const std::vector<int> operands = trained_operands(tape, i);
    for (std::size_t k = operands.size(); k-- > 0;) {
      Tensor& sum = sums[operands[k]];
      if (sum.empty()) sum = Tensor(added[k].shape);
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += added[k][j];
      if (!all_finite(sum)) return {operands[k], true, i, first_bad_entry(sum)};
    }
    sums[i] = Tensor();
  }
  return {};
}

std::string range_text(const Tensor& A) {
  const Snapshot s = snapshot(A, 1);
  if (s.non_finite == A.size()) return text("has no finite entry");
  const std::string bad = s.non_finite == 0 ? "" : text(", ", s.non_finite, " not finite");
  return text("goes from ", s.smallest, " to ", s.largest, bad);
}

}  // namespace

NonFinite find_non_finite(Tape& tape) {
  NonFinite found;
  found.node = first_non_finite(tape);
  if (found.node >= 0) {
    found.rule = tape.nodes[found.node].op->forward != nullptr ? found.node : -1;
    found.entry = first_bad_entry(tape.value(found.node));
    return found;
  }
  return first_in_the_pass(tape);
}

std::string explain_non_finite(Tape& tape) {
  const NonFinite found = find_non_finite(tape);
  if (found.node < 0) return "";
  const Tensor& where = found.is_gradient ? tape.grad(found.node) : tape.value(found.node);
  std::string clause =
      text(found.is_gradient ? "all values are finite; the first gradient that is not is that of "
                             : "the first value that is not finite is ",
           describe(tape, found.node), ": entry ", entry_place(where.shape, found.entry), " is ",
           where[found.entry]);
  if (found.rule < 0) return clause;
  const Node& maker = tape.nodes[found.rule];
  if (found.is_gradient) {
    clause += text("; the rule of ", describe(tape, found.rule), " (", maker.op->written_at,
                   ") made it of an upstream gradient that ", range_text(maker.grad));
  }
  for (int input : maker.inputs) {
    clause += text("; its operand node ", input, ", ", tape.nodes[input].op->name,
                   tape.nodes[input].name.empty() ? "" : " ", tape.nodes[input].name, ", ",
                   range_text(tape.value(input)));
  }
  return clause;
}

std::string explain_non_finite_sum(Tape& tape) {
  const std::string found = explain_non_finite(tape);
  return found.empty() ? "each number is finite, but their squares are too large to be summed"
                       : found;
}

}  // namespace strata
