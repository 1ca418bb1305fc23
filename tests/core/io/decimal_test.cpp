// Decimals: the double nearest to the digits, whatever the standard library and the language.

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "core/io/decimal.hpp"
#include "core/random/rng.hpp"

namespace strata {
namespace {

std::string shortest(double number) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

TEST_CASE("every double that is drawn comes back from its digits") {
  Rng rng(1);
  for (int i = 0; i < 200000; ++i) {
    const auto number = std::bit_cast<double>(rng.next());
    if (!std::isfinite(number)) continue;
    const std::string digits = shortest(number);
    INFO(digits);
    REQUIRE(parse_decimal(digits) == number);
  }
}

TEST_CASE("numbers that are hard to round") {
  const struct {
    const char* digits;
    double nearest;
  } cases[] = {
      {"9007199254740993", 9007199254740992.0},  // halfway: to the even one
      {"9007199254740993.00000000000001", 0x1.0000000000001p53},
      {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},  // the largest denormal
      {"2.2250738585072012e-308", 0x1p-1022},
      {"4.9406564584124654e-324", 0x1p-1074},
      {"2.4703282292062328e-324", 0x1p-1074},  // more than half of the smallest
      {"2.4703282292062327e-324", 0},
      {"1.7976931348623158e308", 0x1.fffffffffffffp1023},
      {"1.7976931348623159e308", std::numeric_limits<double>::infinity()},
      {"-1e400", -std::numeric_limits<double>::infinity()},
      {"0.000001e309", 1e303},
      {"1e-400", 0},
      {".5", 0.5},
      {"5.", 5},
      {"-0", 0},
      {"Infinity", std::numeric_limits<double>::infinity()},
  };
  for (const auto& example : cases) {
    INFO(example.digits);
    CHECK(parse_decimal(example.digits) == example.nearest);
  }
  CHECK(std::signbit(parse_decimal("-0").value()));
  CHECK(std::signbit(parse_decimal("-1e-400").value()));
  CHECK(std::isnan(parse_decimal("nan").value()));
  CHECK(parse_decimal("1e99999999999999999999") == std::numeric_limits<double>::infinity());
  CHECK(parse_decimal("0." + std::string(400, '0') + "1e401") == 1);
}

TEST_CASE("what is no decimal number") {
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1,5", "0x10", "1e", "e5", "1.2.3", "--1",
                           "-+1", "infinite", "one", "1e400x", "."}) {
    INFO("'", text, "'");
    CHECK_FALSE(parse_decimal(text).has_value());
  }
  CHECK_FALSE(parse_decimal(std::string_view("1\0", 2)).has_value());
}

TEST_CASE("a language with decimal commas changes nothing") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* language : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "ru_RU.UTF-8"}) {
    if (std::setlocale(LC_ALL, language)) break;  // where there is none, this tests little
  }
  CHECK(parse_decimal("1.5") == 1.5);
  CHECK(parse_decimal("1.5e-400") == 0);
  CHECK_FALSE(parse_decimal("1,5e-400").has_value());
  std::setlocale(LC_ALL, before.c_str());
}

}  // namespace
}  // namespace strata
