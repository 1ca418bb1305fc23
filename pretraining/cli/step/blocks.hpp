#pragma once
// Numbers on a screen of 100 columns (screen_width): small tables with a title, side by side where
// they fit.

#include <string>
#include <vector>

#include "core/inspect/journal.hpp"

namespace strata::cli {

/// Bold and colour for a terminal, nothing for a file.
struct Style {
  bool coloured = false;

  std::string bold(const std::string& words) const { return dressed("1", words); }
  std::string dim(const std::string& words) const { return dressed("2", words); }
  std::string good(const std::string& words) const { return dressed("32", words); }
  std::string bad(const std::string& words) const { return dressed("1;31", words); }

 private:
  std::string dressed(const char* code, const std::string& words) const {
    return coloured ? text("\033[", code, "m", words, "\033[0m") : words;
  }
};

/// With spaces behind it, at least `width` columns.
std::string padded(const std::string& words, std::size_t width);
/// Cut to `width` columns, with … where something is missing.
std::string shortened(const std::string& words, std::size_t width);
/// 9 significant digits, 6 in float.
std::string all_digits(Real value);
/// "   12  ": what a line of a list of steps begins with; `step` is counted from 0.
std::string row_number(std::size_t step);

/// "  rule    words", wrapped below each other.
std::string labelled(const std::string& label, const std::string& words);
/// The same with a place in the source behind it, or below it where there is no room.
std::string labelled(const std::string& label, const std::string& words, const std::string& place,
                     const Style& style);

/// A titled table.
struct Block {
  std::string title;
  std::vector<std::string> lines;
};

/// How much of a large tensor is shown. One of at most `whole` × `whole` entries is shown whole; of
/// others the first rows and columns, with their indices, and the title says so.
struct Bounds {
  std::size_t whole = 8;
  std::size_t rows = 4, cols = 5;
  bool indices = false;  // also where the tensor is shown whole
};

/// Four decimals, after a power of 1000 is taken out where all numbers are small or large (the
/// title says × 10⁻³). An exact zero is 0, so that 0.0000 is a small number. A tensor of one number
/// shows 6 digits of it.
Block block_of(const std::string& title, const Snapshot& A, const Bounds& bounds = {});
Block block_of(const std::string& title, const Tensor& A, const Bounds& bounds = {});

/// Left to right as many as fit into the screen, then the next row.
std::string side_by_side(const std::vector<Block>& blocks, const Style& style);

/// One table by itself, with indices: what `print` shows.
std::string table_text(const std::string& title, const Snapshot& A);

}  // namespace strata::cli
