#pragma once
// How a page writes numbers and puts them into sentences.

#include <string>

#include "core/charts/html.hpp"

namespace strata::pages {

/// For people: three decimals, or four digits where that says too little.
std::string number(double value);
/// In a sentence: "below 0.001" instead of 1.577e-05.
std::string in_words(double value);
/// With `decimals` digits after the point, and a minus sign as long as a plus sign.
std::string fixed_number(double value, int decimals);
/// "97.3 %" of a share of 0 to 1.
std::string percent(double share, int decimals = 1);
/// As HTML: "<0.01", "1.23", "12.3", "123".
std::string seconds_text(double seconds);
/// "1 number", "2 numbers".
std::string counted(std::size_t count, const std::string& thing);
/// With a capital at its beginning.
std::string capitalised(std::string words);

}  // namespace strata::pages
