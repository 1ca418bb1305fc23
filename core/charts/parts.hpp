#pragma once
// What the charts of svg.hpp share: the frame with its axes, the legend, and SVG text for the
// pieces.

#include <limits>
#include <string>
#include <vector>

#include "core/charts/axis.hpp"
#include "core/tensor.hpp"

namespace strata::chart {

inline constexpr double text_size = 12;
inline constexpr std::size_t palette_size = 10;

/// 1 to 10, the number of the colour --series-N.
inline std::size_t colour(std::size_t index) {
  return index % palette_size + 1;
}

/// The smallest and the largest of some numbers.
struct Span {
  double low = std::numeric_limits<double>::infinity(),
         high = -std::numeric_limits<double>::infinity();
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

struct Words {
  std::string title, description, x_label, y_label;
};

/// The space for the data, in pixels from the top left of the chart, and its two axes.
struct Frame {
  Axis x, y;
  double width, height;  // of the whole chart
  double left = 0, right = 0, top = 0, bottom = 0;
};

/// A length in pixels: one decimal is as fine as anyone sees.
std::string pixels(double value);
std::string line_between(double x1, double y1, double x2, double y2, const std::string& css_class);
/// The outline of a marker about (x, y) as part of a path: disc, square, triangle up, diamond,
/// triangle down.
std::string marker(std::size_t shape, double x, double y);

/// A name and the sample in front of it, drawn from (0, 0) to (18, 0).
struct LegendEntry {
  std::string name, sample;
};

/// The rows of points (n×2) to be drawn: every k-th where there are more than `most`, and only
/// those that are finite.
std::vector<std::size_t> rows_to_draw(const Tensor& points, std::size_t most);
/// An axis over a span, with a little room at both ends; over 0 to 1 where it is empty.
Axis axis_over(Span span, int wanted_ticks);

/// The chart as far as its axes: start tag, title and description, the legend in lines below the
/// title, and the frame, which is laid out in what is left, with room on the left for the widest
/// tick text. For an equal aspect the axis whose unit is longer on the page is widened about its
/// middle: a unit is then equally long on both. What is drawn in the frame follows, then
/// end_chart: "no data" in the middle where nothing is, and the end tag.
std::string begin_chart(Frame& frame, const Words& words, const std::vector<LegendEntry>& legend,
                        bool equal_aspect = false);
std::string end_chart(const Frame& frame, bool empty);

}  // namespace strata::chart
