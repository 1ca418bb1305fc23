#include "pretraining/cli/step/blocks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/io/utf8.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

constexpr std::size_t cell = 8;    // columns of a number, the space before it included
constexpr std::size_t margin = 2;  // columns before the first table, and
// Between two: three tables of four numbers a row fit a screen
constexpr std::size_t least_gap = 1, gap = 3;

std::string right(const std::string& words, std::size_t width) {
  return std::string(width - std::min(width, display_width(words)), ' ') + words;
}

// ---- how a table's numbers are written

struct Format {
  int thousands = 0;  // the numbers are shown divided by 1000 to this power
  int decimals = 4;
};

// Such that the largest number takes seven columns with its sign.
Format format_for(double largest) {
  Format format;
  const bool is_small = largest > 0 && largest < 0.01;
  while (is_small && largest < 0.1) {
    largest *= 1000;
    --format.thousands;
  }
  while (largest >= 10000) {
    largest /= 1000;
    ++format.thousands;
  }
  format.decimals = largest >= 1000 ? 1 : largest >= 100 ? 2 : largest >= 10 ? 3 : 4;
  return format;
}

std::string number(Real value, const Format& format) {
  if (value == 0) return "0";
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  // In two factors: 10³²¹ is no double, though 10⁻³²¹ is one.
  const int half = -format.thousands / 2, other_half = -format.thousands - half;
  const double scaled = double(value) * std::pow(1000.0, half) * std::pow(1000.0, other_half);
  return formatted("%.*f", format.decimals, scaled);
}

// " (× 10⁻³)"
std::string power_text(int thousands) {
  if (thousands == 0) return "";
  return text(" (× 10", thousands < 0 ? "⁻" : "", superscript(std::size_t(std::abs(thousands * 3))),
              ")");
}

}  // namespace

std::string all_digits(Real value) {
  return formatted("%.*g", sizeof(Real) == 8 ? 9 : 6, double(value));
}

std::string row_number(std::size_t step) {
  return right(std::to_string(step + 1), 4) + "  ";
}

std::string padded(const std::string& words, std::size_t width) {
  return words + std::string(width - std::min(width, display_width(words)), ' ');
}

std::string shortened(const std::string& words, std::size_t width) {
  if (display_width(words) <= width) return words;
  std::string kept = words;
  while (display_width(kept) >= width || (static_cast<unsigned char>(kept.back()) & 0x80) != 0)
    kept.pop_back();
  return kept + "…";
}

std::string labelled(const std::string& label, const std::string& words) {
  std::string line = text("  ", label);
  line.resize(10, ' ');
  return line + wrapped(words, screen_width - 10, 10) + "\n";
}

std::string labelled(const std::string& label, const std::string& words, const std::string& place,
                     const Style& style) {
  std::string lines = labelled(label, words);
  lines.pop_back();
  const std::size_t last_line =
      lines.find_last_of('\n') == std::string::npos ? 0 : lines.find_last_of('\n') + 1;
  const std::size_t used = display_width(lines.substr(last_line));
  const bool fits = used + 3 + display_width(place) <= screen_width;
  return lines + (fits ? "   " : "\n          ") + style.dim(place) + "\n";
}

Block block_of(const std::string& title, const Snapshot& A, const Bounds& bounds) {
  Block block{title, {}};
  if (A.empty()) {
    block.lines.push_back("empty");
    return block;
  }
  if (A.shape.size() == 1) {
    block.lines.push_back(formatted(" %.6g", double(A.values[0])));
    return block;
  }
  const bool whole = A.is_whole() && A.rows.size() <= bounds.whole && A.cols.size() <= bounds.whole;
  const bool labelled = !whole || bounds.indices;
  const std::size_t rows = whole ? A.rows.size() : std::min(A.rows.size(), bounds.rows);
  const std::size_t cols = whole ? A.cols.size() : std::min(A.cols.size(), bounds.cols);
  const Format format =
      format_for(std::max(std::abs(double(A.smallest)), std::abs(double(A.largest))));
  block.title += power_text(format.thousands);

  const bool is_vector = A.shape.rank == 1;
  const std::size_t label = labelled && !is_vector ? 7 : 0;
  if (labelled) {
    std::string header(label, ' ');
    for (std::size_t j = 0; j < cols; ++j)
      header += right(is_vector ? text("[", A.cols[j], "]") : text("col ", A.cols[j]), cell);
    block.lines.push_back(header);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    std::string line = label > 0 ? padded(text("row ", A.rows[i]), label) : "";
    for (std::size_t j = 0; j < cols; ++j)
      line += right(number(A.values[i * A.cols.size() + j], format), cell);
    block.lines.push_back(line);
  }
  if (!whole) {
    const std::string bad = A.non_finite == 0 ? "" : text(", ", A.non_finite, " not finite");
    const std::string range = formatted("%.3g to %.3g", double(A.smallest), double(A.largest));
    block.lines.push_back(
        text("… ", rows * cols, " of ", A.shape.size(), " entries, ", range, bad));
  }
  return block;
}

Block block_of(const std::string& title, const Tensor& A, const Bounds& bounds) {
  return block_of(title, snapshot(A, A.size()), bounds);
}

std::string table_text(const std::string& title, const Snapshot& A) {
  const Bounds bounds{.whole = 10, .rows = 20, .cols = 10, .indices = true};
  return side_by_side({block_of(title, A, bounds)}, Style{});
}

namespace {

std::size_t width_of(const Block& block) {
  std::size_t width = display_width(block.title);
  for (const std::string& line : block.lines) width = std::max(width, display_width(line));
  return width;
}

// Blocks first … last − 1 in one row, their tops aligned.
std::string row_of(const std::vector<Block>& blocks, std::size_t first, std::size_t last,
                   std::size_t between, const Style& style) {
  std::size_t height = 0;
  for (std::size_t k = first; k < last; ++k) height = std::max(height, blocks[k].lines.size());
  std::string result;
  for (std::size_t line = 0; line <= height; ++line) {  // line 0: the titles
    std::string words(margin, ' ');
    for (std::size_t k = first; k < last; ++k) {
      const Block& block = blocks[k];
      const bool has_line = line == 0 || line <= block.lines.size();
      const std::string own = !has_line ? "" : line == 0 ? block.title : block.lines[line - 1];
      const std::string cell_text = k + 1 == last ? own : padded(own, width_of(block) + between);
      words += line == 0 ? style.bold(cell_text) : cell_text;
    }
    words.erase(words.find_last_not_of(' ') + 1);
    result += words + "\n";
  }
  return result;
}

}  // namespace

std::string side_by_side(const std::vector<Block>& blocks, const Style& style) {
  std::string result;
  for (std::size_t first = 0, last = 0; first < blocks.size(); first = last) {
    std::size_t used = margin + width_of(blocks[last++]);
    while (last < blocks.size() && used + least_gap + width_of(blocks[last]) <= screen_width) {
      used += least_gap + width_of(blocks[last++]);
    }
    const std::size_t gaps = last - first - 1;
    const std::size_t spare = gaps == 0 ? 0 : (screen_width - used) / gaps;
    result += row_of(blocks, first, last, std::min(gap, least_gap + spare), style);
  }
  return result;
}

}  // namespace strata::cli
