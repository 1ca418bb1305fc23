#pragma once
// A vector field as SVG: arrows from points of the plane, over the data, in the manner of the
// charts of svg.hpp (whose chart_css they need).

#include <string>

#include "core/tensor.hpp"

namespace strata {

struct ArrowPlotOptions {
  std::string title = {};
  std::string points_name = "data", arrows_name = "field";  // in the legend
  double scale = 1;                                         // of the arrows' lengths
  double width = 560, height = 560;
  std::size_t most_points = 1000;  // of more points every k-th is drawn
};

/// An arrow from each row of `starts` (n×2) to starts + scale · arrows (n×2), over the rows of
/// `points` (k×2, or none). One unit is equally long in both directions. Rows that are not finite
/// are left out. Throws Error for other shapes.
std::string arrow_plot(const Tensor& points, const Tensor& starts, const Tensor& arrows,
                       const ArrowPlotOptions& options = {});

}  // namespace strata
