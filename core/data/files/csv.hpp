#pragma once
// Tables of numbers as text: one example a line, the cells separated by commas, semicolons or tabs.
//   height,width,label
//   1.5,0.25,3
// Numbers are read and written with a decimal point whatever the language settings of the machine
// are.

#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace strata {

/// The table of a file in UTF-8. The first line decides the separator: a tab if it has one, else a
/// semicolon if it has one, else a comma. It is a header if a cell of it is neither empty nor a
/// number. Cells may be quoted ("a, b"; a quote inside is written twice), lines may end in \r\n,
/// and blank lines at the end do not count. A column called label, class, digit, target or y, in
/// small or capital letters, becomes the labels, which are integers; y is no label where there is a
/// column x. All other columns become X (n×d). The name is the file's, without its ending. Throws
/// Error naming FILE:LINE:COLUMN, the column being the number of the cell, both counted from 1: a
/// cell that is empty, text, infinite, not a number or beyond the range of Real, a label that is no
/// integer, a line with another number of cells than the first, a blank line between others; and
/// FILE where it is empty or a header alone.
Dataset read_csv(const std::string& path);

/// X (n×d) row by row, separated by commas, each number with the fewest digits that read back as
/// the same Real. A header has d names, and at least one that is no number (or it would be read as
/// data). Throws Error where it has not.
void write_csv(const std::string& path, const Tensor& X,
               const std::vector<std::string>& header = {});
/// The text that write_csv writes.
std::string csv_text(const Tensor& X, const std::vector<std::string>& header = {});

}  // namespace strata
