#include "core/io/decimal.hpp"

#include <charconv>
#include <clocale>
#include <cstdlib>
#include <string>
#include <system_error>

namespace strata {

std::optional<double> parse_decimal(std::string_view digits) {
#ifdef __cpp_lib_to_chars  // libc++, the library of Macs, has it since its version 20
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc()) return stop == end ? std::optional(number) : std::nullopt;
  if (error == std::errc::invalid_argument) return std::nullopt;
#endif
  // Also for what from_chars leaves open: whether a number out of range is too large or too small.
  // strtod takes more (white space, a plus sign, hexadecimal digits), and writes the point as the
  // language settings have it.
  const bool is_plain = digits.find_first_not_of("0123456789+-.eEaAfFiInNtTyY") == digits.npos;
  if (!is_plain || digits.empty() || digits.front() == '+') return std::nullopt;
  std::string text(digits);
  if (const std::size_t point = text.find('.'); point != text.npos)
    text.replace(point, 1, std::localeconv()->decimal_point);
  char* stop_at = nullptr;
  const double nearest = std::strtod(text.c_str(), &stop_at);
  return stop_at == text.c_str() + text.size() ? std::optional(nearest) : std::nullopt;
}

}  // namespace strata
