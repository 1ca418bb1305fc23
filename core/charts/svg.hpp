#pragma once
// Charts as SVG text, to be put into a page: lines over epochs, and points in two dimensions
// coloured by class. They scale to the width they are given, follow light and dark through CSS
// variables, need no script, and carry a title and a description for screen readers. Classes differ
// by shape too (or are drawn as digits), lines by their dashes, for readers who do not tell the
// colours apart.

#include <string>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

struct Series {
  std::string name;
  std::vector<double> x = {}, y = {};  // of equal length; points that are not finite leave a gap
};

/// A line through y at x = first, first + 1, …, such as epochs.
Series numbered(const std::string& name, std::vector<double> y, double first = 1);

enum class YAxis {
  linear,
  from_0,       // linear and with 0 on it, so that heights can be compared
  logarithmic,  // y ≤ 0 leaves a gap
  suited        // logarithmic where the lines span more than a factor of four, else linear
};

struct LineChartOptions {
  std::string title = {}, x_label = {}, y_label = {};
  double width = 640, height = 360;
  YAxis y = YAxis::linear;
  bool log_x = false;  // x ≤ 0 then leaves a gap
};

/// One line a series, with a legend when there are two or more. Throws Error when x and y of a
/// series differ in length.
std::string line_chart(const std::vector<Series>& series, const LineChartOptions& options);

struct ScatterOptions {
  std::string title = {}, x_label = {}, y_label = {};
  double width = 640, height = 480;
  std::vector<std::string> class_names = {};  // "0", "1", … when empty
  bool marker_is_label = false;    // draw the class's name (the digit) instead of a shape
  std::size_t most_points = 2000;  // of more points every k-th is drawn
  bool equal_aspect = false;       // one unit is equally long in both directions
};

/// The rows of `points` (n×2), coloured by their class (0 or more; an empty list: all of class 0
/// and no legend). Throws Error unless `points` has two columns, and a class for each row or
/// none.
std::string scatter_plot(const Tensor& points, const std::vector<std::size_t>& classes,
                         const ScatterOptions& options);

// ---- a vector field: arrows from points of the plane, over the data
struct ArrowPlotOptions {
  std::string title = {};
  std::string points_name = "data", arrows_name = "field";  // in the legend
  double scale = 1;                                         // of the arrows' lengths
};

/// An arrow from each row of `starts` (n×2) to starts + scale · arrows (n×2), over the rows of
/// `points` (k×2, or none; of more than 1000 every k-th). One unit is equally long in both
/// directions. Rows that are not finite are left out. Throws Error for other shapes.
std::string arrow_plot(const Tensor& points, const Tensor& starts, const Tensor& arrows,
                       const ArrowPlotOptions& options = {});

/// The style sheet of the charts, once a page: the colours --series-1 … --series-10 for light, dark
/// and print, and the classes that the charts use. --ink, --muted and --grid come from html_page or
/// are given plain values here.
std::string chart_css();

/// A chart as a file of its own, such as a slide or a Markdown page takes it: with the style sheet
/// inside, on paper of its own colour for light and dark. Throws Error for a text that is no chart.
std::string svg_file(const std::string& chart);

}  // namespace strata
