#pragma once
// Tables of numbers as text: one example per line, cells separated by commas, semicolons or tabs.
//   height,width,label
//   1.5,0.25,3
// Numbers are read and written with a decimal point, whatever the language settings of the machine.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace strata {

/// The table in a UTF-8 file. The first line decides the separator: a tab if it has one, otherwise
/// a semicolon if it has one, otherwise a comma. The first line is a header if any of its cells is
/// neither empty nor a number. Cells may be quoted ("a, b"; a quote inside is written twice), lines
/// may end in \r\n, and blank lines at the end do not count. A column called label, class, digit,
/// target or y, in lower or upper case, becomes the labels, which are integers; y is not a label if
/// there is a column x. All other columns become X (n×d). The data set is named after the file,
/// without its extension. Throws Error naming FILE:LINE:COLUMN, where the column is the number of
/// the cell and both count from 1, for a cell that is empty, text, infinite, not a number or beyond
/// the range of Real, for a label that is not an integer, for a line with a different number of
/// cells from the first, and for a blank line between others; and naming FILE if it is empty or
/// only a header.
Dataset read_csv(const std::string& path);

/// Writes X (n×d) row by row, separated by commas, each number with the fewest digits that read
/// back as the same Real. A header has d names, at least one of which is not a number (or it would
/// be read as data). Throws Error otherwise.
void write_csv(const std::string& path, const Tensor& X,
               const std::vector<std::string>& header = {});
/// The text that write_csv writes.
std::string csv_text(const Tensor& X, const std::vector<std::string>& header = {});

}  // namespace strata
