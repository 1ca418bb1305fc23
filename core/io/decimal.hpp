#pragma once
// Decimal numbers as text, with a point whatever the language settings of the machine are.

#include <optional>
#include <string_view>

namespace strata {

/// The double nearest to the number that the whole text is, such as -1.5e-3; nothing where it is no
/// number. Infinity and NaN are read as "inf" and "nan". What is too small for a double is rounded
/// to 0, what is too large to infinity.
std::optional<double> parse_decimal(std::string_view digits);

}  // namespace strata
