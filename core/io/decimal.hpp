#pragma once
// Decimal numbers as text, with a decimal point whatever the language settings of the machine.

#include <optional>
#include <string_view>

namespace strata {

/// The double nearest to the number that the whole text spells, such as -1.5e-3; nothing if it is
/// not a number. Infinity and NaN are read from "inf" and "nan". A number too small for a double is
/// rounded to 0, one too large to infinity.
std::optional<double> parse_decimal(std::string_view digits);

}  // namespace strata
