#pragma once
// One cell of a table, as csv.hpp describes it: what reading and writing must agree on.

#include <string>
#include <string_view>
#include <vector>

namespace strata {

/// The cell without the spaces and tabs around it.
std::string_view trimmed(std::string_view cell);

/// What a quoted cell stands for: "say ""a""" is say "a". Other cells stand for themselves.
std::string unquoted(std::string_view cell);

enum class ParsedCell { number, out_of_range, text };

/// The number in a cell, which may be quoted. A number too small for a double is rounded to 0; a
/// number beyond the range of Real, infinity and NaN are out of range.
ParsedCell parse_cell(std::string_view cell, double& number);

/// Whether a line of these cells is a header: one of them is neither empty nor a number.
bool is_header(const std::vector<std::string_view>& cells);

}  // namespace strata
