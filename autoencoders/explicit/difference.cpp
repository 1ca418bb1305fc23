// Where the walk leaves the tape: see explicit_walk.hpp.

#include <algorithm>
#include <cmath>
#include <limits>

#include "autoencoders/explicit/walk.hpp"
#include "core/autodiff/names.hpp"

namespace strata {
namespace {

// Of the two tensors' entry i. Equal numbers that are not finite (a model that overflows) are no
// difference; others are an infinite one.
double gap(const Tensor& A, const Tensor& B, std::size_t i) {
  const bool are_equal = A[i] == B[i] || (std::isnan(A[i]) && std::isnan(B[i]));
  if (are_equal) return 0;
  const double difference = std::abs(double(A[i]) - double(B[i]));
  return std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity();
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

double difference_from_tape(const ExplicitStep& step) {
  if (!step.mistake.empty()) return std::numeric_limits<double>::infinity();
  if (step.twin.part == TapeTwin::Part::none) return 0;
  const Tensor &ours = step.numbers, &theirs = step.twin.numbers;
  if (ours.shape != theirs.shape) return std::numeric_limits<double>::infinity();
  double largest_gap = 0;
  for (std::size_t i = 0; i < ours.size(); ++i)
    largest_gap = std::max(largest_gap, gap(ours, theirs, i));
  if (largest_gap <= vanished) return 0;
  const double of_entries = std::max(largest_finite(ours), largest_finite(theirs));
  const double scale = std::isfinite(step.scale) ? std::max(step.scale, of_entries) : of_entries;
  return scale == 0 ? largest_gap : largest_gap / scale;
}

std::size_t first_difference(const std::vector<ExplicitStep>& steps) {
  std::size_t i = 0;
  while (i < steps.size() && difference_from_tape(steps[i]) <= most_difference_from_tape()) ++i;
  return i;
}

std::string explain_first_difference(const std::vector<ExplicitStep>& steps) {
  const std::size_t first = first_difference(steps);
  if (first == steps.size()) return "";
  const ExplicitStep& step = steps[first];
  const Tensor &ours = step.numbers, &theirs = step.twin.numbers;
  if (ours.empty())
    return step.name +
           " is the first that differs from the tape: the rule by hand never computes it";
  const std::string what = text(step.name, " (", step.computed_at.function, ", ", step.computed_at,
                                ") is the first that differs from the tape: ");
  if (!step.mistake.empty()) return what + step.mistake;
  if (ours.shape != theirs.shape) {
    return text(what, "it is ", ours.shape, ", but ", step.twin.words, " is ", theirs.shape);
  }
  std::size_t worst = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (gap(ours, theirs, i) > gap(ours, theirs, worst)) worst = i;
  }
  return text(what, "entry ", entry_place(ours.shape, worst), " is ", ours[worst], ", but ",
              step.twin.words, " is ", theirs[worst]);
}

}  // namespace strata
