#include "pretraining/pages/words.hpp"

#include <cctype>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace strata::pages {

std::string fixed_number(double value, int decimals) {
  std::ostringstream out;
  out << (value < 0 ? "−" : "") << std::fixed << std::setprecision(decimals) << std::abs(value);
  return out.str();
}

std::string number(double value) {
  const double size = std::abs(value);
  if (size == 0 || (size >= 0.1 && size < 1e5)) return fixed_number(value, 3);
  std::ostringstream out;
  out << (value < 0 ? "−" : "") << std::setprecision(4) << size;
  return out.str();
}

std::string in_words(double value) {
  return value != 0 && std::abs(value) < 0.001 ? "below 0.001" : number(value);
}

std::string percent(double share, int decimals) {
  return fixed_number(100 * share, decimals) + " %";
}

std::string seconds_text(double seconds) {
  if (seconds < 0.005) return "&lt;0.01";
  return fixed_number(seconds, seconds < 10 ? 2 : seconds < 100 ? 1 : 0);
}

std::string counted(std::size_t count, const std::string& thing) {
  return text(count, " ", thing, count == 1 ? "" : "s");
}

std::string capitalised(std::string words) {
  if (!words.empty()) words[0] = char(std::toupper(static_cast<unsigned char>(words[0])));
  return words;
}

}  // namespace strata::pages
