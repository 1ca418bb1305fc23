// Where the walk leaves the tape.

#include <algorithm>
#include <cmath>
#include <limits>

#include "autoencoders/explicit/walk.hpp"
#include "core/autodiff/names.hpp"
#include "core/gradcheck/likely_mistake.hpp"

namespace strata {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Of entry i. Equal numbers that are not finite (a model that overflows) are no difference; others
// are an infinite one.
double difference_of_entry(const ExplicitStep& step, std::size_t i) {
  const Real ours = step.numbers[i], theirs = step.counterpart.numbers[i];
  if (ours == theirs || (std::isnan(ours) && std::isnan(theirs))) return 0;
  const double difference = std::abs(double(ours) - double(theirs));
  return std::isfinite(difference) ? difference : infinity;
}

double largest_finite(const Tensor& A) {
  Real largest = 0;
  for (Real a : A.values) {
    if (std::isfinite(a)) largest = std::max(largest, std::abs(a));
  }
  return double(largest);
}

}  // namespace

double most_difference_from_tape() {
  return sizeof(Real) == 8 ? 1e-12 : 1e-4;
}

std::string mistake_of(const ExplicitStep& step) {
  const Tensor &ours = step.numbers, &theirs = step.counterpart.numbers;
  if (ours.empty()) return "it was never computed";
  if (!step.mistake.empty() || theirs.empty() || ours.shape == theirs.shape) return step.mistake;
  return text("it is ", ours.shape, ", but ", step.counterpart.words, " is ", theirs.shape);
}

std::size_t worst_entry(const ExplicitStep& step) {
  std::size_t worst = 0;
  for (std::size_t i = 1; i < step.numbers.size(); ++i) {
    if (difference_of_entry(step, i) > difference_of_entry(step, worst)) worst = i;
  }
  return worst;
}

double difference_from_tape(const ExplicitStep& step) {
  if (!mistake_of(step).empty()) return infinity;
  const Tensor &ours = step.numbers, &theirs = step.counterpart.numbers;
  if (theirs.empty()) return 0;
  const double difference = difference_of_entry(step, worst_entry(step));
  if (difference <= vanished) return 0;
  const double of_entries = std::max(largest_finite(ours), largest_finite(theirs));
  const double scale = std::isfinite(step.scale) ? std::max(step.scale, of_entries) : of_entries;
  return scale == 0 ? difference : difference / scale;
}

std::size_t first_difference(const std::vector<ExplicitStep>& steps) {
  std::size_t i = 0;
  while (i < steps.size() && difference_from_tape(steps[i]) <= most_difference_from_tape()) ++i;
  return i;
}

// ": it is 5.000 times as large as it should be in every entry, and m, the rows of z¹, is 5"; empty
// where all entries have nothing in common.
static std::string in_common(const std::vector<ExplicitStep>& steps, const ExplicitStep& step) {
  std::vector<KnownNumber> known;
  const Shape& first = steps.front().numbers.shape;
  if (first.rank == 2)
    known.push_back(
        {double(first[0]), text("m, the rows of ", steps.front().name, ", is ", first[0])});
  add_sizes(known, step.name, step.numbers.shape);
  std::vector<RightEntry> right;
  for (std::size_t i = 0; i < step.numbers.size(); ++i)
    right.push_back({i, double(step.counterpart.numbers[i])});
  const std::string mistake = likely_mistake(step.numbers, right, known);
  return mistake.empty() ? "" : ": " + mistake;
}

std::string explain_first_difference(const std::vector<ExplicitStep>& steps) {
  const std::size_t first = first_difference(steps);
  if (first == steps.size()) return "";
  const ExplicitStep& step = steps[first];
  const Site& at = step.computed_at;  // nowhere, where the pass never comes to it
  const std::string place = at.line == 0 ? "" : text(" (", at.function, ", ", at, ")");
  const std::string what = step.name + place + " is the first that differs from the tape: ";
  const std::string mistake = mistake_of(step);
  if (!mistake.empty()) return what + mistake;
  const std::size_t worst = worst_entry(step);
  return text(what, "entry ", entry_place(step.numbers.shape, worst), " is ", step.numbers[worst],
              ", but ", step.counterpart.words, " is ", step.counterpart.numbers[worst],
              in_common(steps, step));
}

}  // namespace strata
