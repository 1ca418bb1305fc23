#include "core/charts/axis.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace strata {
namespace {

// 1, 2 or 5 times a power of ten, at least `rough`.
double round_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string formatted(double value, std::chars_format format, int precision) {
  std::array<char, 64> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  std::string digits(buffer.data(), end.ptr);
  const std::size_t exponent = digits.find('e');  // 2e+06 and 2e-06 become 2e6 and 2e-6
  if (exponent != std::string::npos) {
    const std::size_t sign = exponent + 1;
    while (digits.size() > sign + 2 && digits[sign + 1] == '0') digits.erase(sign + 1, 1);
    if (digits[sign] == '+') digits.erase(sign, 1);
  }
  // The minus sign, wider than a hyphen
  return digits.starts_with('-') ? "−" + digits.substr(1) : digits;
}

// As many decimals as tell two ticks apart: 0.25 where the step is 0.05; 2e6 for very large or
// small numbers.
std::string tick_text(double value, double step, double largest) {
  if (value == 0) return "0";
  const int step_exponent = int(std::floor(std::log10(step) + 1e-9));
  if (largest >= 1e6 || largest < 1e-3) {
    const int digits = int(std::floor(std::log10(std::abs(value)) + 1e-9)) - step_exponent;
    return formatted(value, std::chars_format::scientific, std::clamp(digits, 0, 8));
  }
  return formatted(value, std::chars_format::fixed, std::clamp(-step_exponent, 0, 12));
}

void add_linear_ticks(Axis& axis, bool to_ticks, int wanted, double least_step) {
  const double step = round_step(std::max(least_step, (axis.high - axis.low) / wanted));
  if (to_ticks) {
    axis.low = std::floor(axis.low / step + 1e-9) * step;
    axis.high = std::ceil(axis.high / step - 1e-9) * step;
  }
  const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
  const double first = std::ceil(axis.low / step - 1e-9);
  const double last = std::floor(axis.high / step + 1e-9);
  for (double i = first; i <= last; ++i)
    axis.ticks.push_back({i * step, tick_text(i * step, step, largest)});
}

// Round numbers from at or below `low` to at or above `high`: powers of ten, thinned out when there
// are many, with others between them when there are few.
std::vector<double> logarithmic_candidates(double low, double high, int wanted) {
  const double decades = std::log10(high) - std::log10(low);
  const int every = std::max(1, int(std::ceil(decades / wanted)));
  std::vector<double> factors{1};
  if (decades < 2.5) factors = {1, 2, 5};
  if (decades < 0.7) factors = {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
  const int first = int(std::floor(std::log10(low) + 1e-9)),
            last = int(std::ceil(std::log10(high) - 1e-9));
  std::vector<double> values;
  for (int power = first; power < last + every; power += every) {
    for (double factor : factors) values.push_back(factor * std::pow(10, power));
  }
  return values;
}

void add_logarithmic_ticks(Axis& axis, bool to_ticks, int wanted) {
  const std::vector<double> values = logarithmic_candidates(axis.low, axis.high, wanted);
  if (to_ticks) {
    axis.low = *std::prev(std::upper_bound(values.begin(), values.end(), axis.low * (1 + 1e-9)));
    axis.high = *std::lower_bound(values.begin(), values.end(), axis.high * (1 - 1e-9));
  }
  for (double value : values) {
    if (value < axis.low * (1 - 1e-9) || value > axis.high * (1 + 1e-9)) continue;
    const double exponent = std::floor(std::log10(value) + 1e-9);
    const double leading = value / std::pow(10, exponent);
    const double unit =
        std::pow(10, exponent - (std::abs(leading - std::round(leading)) > 0.1 ? 1 : 0));
    axis.ticks.push_back({value, tick_text(value, unit, value)});
  }
}

}  // namespace

bool can_be_drawn(double value, bool logarithmic) {
  return std::abs(value) < 1e300 && (!logarithmic || value > 1e-300);
}

double Axis::place(double value) const {
  const double share = logarithmic
                           ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low))
                           : (value - low) / (high - low);
  return start + share * (end - start);
}

Axis make_axis(double low, double high, bool logarithmic, bool to_ticks, int wanted,
               double least_step) {
  Axis axis;
  axis.logarithmic = logarithmic;
  const bool equal = high - low <= 1e-12 * std::max(std::abs(low), std::abs(high));
  const double room = low == 0 ? 1 : std::abs(low) * 0.1;
  axis.low = !equal ? low : logarithmic ? low / 2 : low - room;
  axis.high = !equal ? high : logarithmic ? high * 2 : high + room;
  if (logarithmic) {
    add_logarithmic_ticks(axis, to_ticks, wanted);
  } else {
    add_linear_ticks(axis, to_ticks, wanted, least_step);
  }
  return axis;
}

}  // namespace strata
