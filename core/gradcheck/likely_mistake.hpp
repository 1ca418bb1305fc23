#pragma once
// What a wrong gradient has in common with the right one. Mistakes that many make leave their mark
// on all entries at once: a factor that is missing, a sign, a matrix that is transposed, a sum that
// is left out.

#include <string>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

/// An entry as it should be.
struct RightEntry {
  std::size_t index = 0;
  double value = 0;
};

/// A number of the graph that may be the missing factor, and what it is: {5, "X has 5 rows"}.
struct KnownNumber {
  double value = 0;
  std::string words{};
};
/// Adds how many rows and columns, or entries, the tensor has, unless such a number is known
/// already.
void add_sizes(std::vector<KnownNumber>& known, const std::string& letter, const Shape& shape);

/// "it is 5.000 times as large as it should be in every entry, and X has 5 rows", "its sign is
/// wrong in every entry", "it is transposed", …: what makes the right entries of these wrong ones,
/// exactly or within rounding. Empty where nothing simple does.
std::string likely_mistake(const Tensor& wrong, const std::vector<RightEntry>& right,
                           const std::vector<KnownNumber>& known);

}  // namespace strata
