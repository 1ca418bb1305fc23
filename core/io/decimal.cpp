#include "core/io/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace strata {
namespace {

// For a number that is far from 1: whether it is far above. 0.002e5 has its first digit 3 places
// after the point, so its magnitude is 10^(5 − 3).
bool is_large(std::string_view digits) {
  const std::size_t end = std::min(digits.find_first_of("eE"), digits.size());
  const std::string_view mantissa = digits.substr(0, end);
  std::string_view exponent_text = digits.substr(std::min(end + 1, digits.size()));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  long exponent = 0;
  const char* last = exponent_text.data() + exponent_text.size();
  if (std::from_chars(exponent_text.data(), last, exponent).ec == std::errc::result_out_of_range)
    return !exponent_text.starts_with('-');
  const auto point = std::ptrdiff_t(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = std::ptrdiff_t(mantissa.find_first_of("123456789"));
  return exponent > first - point;
}

}  // namespace

std::optional<double> parse_decimal(std::string_view digits) {
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    number = is_large(digits) ? std::numeric_limits<double>::infinity() : 0;
    if (digits.starts_with('-')) number = -number;
  }
  return number;
}

}  // namespace strata
