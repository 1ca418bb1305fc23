#include "core/data/files/csv_cell.hpp"

#include <algorithm>
#include <cmath>

#include "core/io/decimal.hpp"
#include "core/real.hpp"

namespace strata {

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

std::string unquoted(std::string_view cell) {
  if (cell.size() < 2 || !cell.starts_with('"') || !cell.ends_with('"')) return std::string(cell);
  std::string name;
  for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
    name += cell[i];
    if (cell[i] == '"' && cell[i + 1] == '"') ++i;
  }
  return name;
}

ParsedCell parse_cell(std::string_view cell, double& number) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"')
    cell = trimmed(cell.substr(1, cell.size() - 2));
  if (cell.size() >= 2 && cell[0] == '+' && cell[1] != '-')
    cell.remove_prefix(1);  // parse_decimal takes no plus sign
  const std::optional<double> parsed = parse_decimal(cell);
  number = parsed.value_or(0);
  if (!parsed) return ParsedCell::text;
  // infinite and nan do not fit either
  return std::isfinite(Real(number)) ? ParsedCell::number : ParsedCell::out_of_range;
}

bool is_header(const std::vector<std::string_view>& cells) {
  double number;
  return std::any_of(cells.begin(), cells.end(), [&](std::string_view cell) {
    return !unquoted(cell).empty() && parse_cell(cell, number) == ParsedCell::text;
  });
}

}  // namespace strata
