// Arrow plots: svg.hpp.

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/charts/html.hpp"
#include "core/charts/parts.hpp"
#include "core/charts/svg.hpp"

namespace strata {

using chart::Frame, chart::pixels;

namespace {

struct Arrow {
  double x0, y0, x1, y1;  // from, to: in the data's units
};

void check_pairs(const char* what, const Tensor& X) {
  check(X.empty() || (X.rank() == 2 && X.cols() == 2), "arrow_plot: the ", what, " are ", X.shape,
        ", not n×2");
}

bool is_drawable(const Arrow& a) {
  return can_be_drawn(a.x0) && can_be_drawn(a.y0) && can_be_drawn(a.x1) && can_be_drawn(a.y1);
}

std::vector<Arrow> arrows_to_draw(const Tensor& starts, const Tensor& arrows, double scale) {
  std::vector<Arrow> drawn;
  for (std::size_t i = 0; i < (starts.empty() ? 0 : starts.rows()); ++i) {
    const double x = double(starts(i, 0)), y = double(starts(i, 1));
    const Arrow arrow{x, y, x + scale * double(arrows(i, 0)), y + scale * double(arrows(i, 1))};
    if (is_drawable(arrow)) drawn.push_back(arrow);
  }
  return drawn;
}

// A shaft and two strokes for the head, all in pixels. One too short to have a direction is a dot.
std::string draw_arrow(double x0, double y0, double x1, double y1) {
  constexpr double longest_head = 5, half_angle = 0.45;
  const double dx = x1 - x0, dy = y1 - y0, length = std::hypot(dx, dy);
  const std::string from = "M" + pixels(x0) + " " + pixels(y0);
  if (length < 1) return from + "h0.1";
  const double head = std::min(longest_head, length / 2), direction = std::atan2(dy, dx);
  const auto barb = [&](double angle) {
    return pixels(x1 - head * std::cos(direction + angle)) + " " +
           pixels(y1 - head * std::sin(direction + angle));
  };
  const std::string tip = pixels(x1) + " " + pixels(y1);
  return from + "L" + tip + "M" + barb(half_angle) + "L" + tip + "L" + barb(-half_angle);
}

}  // namespace

std::string arrow_plot(const Tensor& points, const Tensor& starts, const Tensor& arrows,
                       const ArrowPlotOptions& o) {
  check_pairs("points", points);
  check_pairs("starts", starts);
  check(starts.shape == arrows.shape, "arrow_plot: the starts are ", starts.shape,
        " but the arrows ", arrows.shape);
  const std::vector<Arrow> drawn = arrows_to_draw(starts, arrows, o.scale);
  const std::vector<std::size_t> rows = chart::rows_to_draw(points, 1000);
  chart::Span x_span, y_span;
  for (const Arrow& a : drawn) {
    for (const double x : {a.x0, a.x1}) x_span.include(x);
    for (const double y : {a.y0, a.y1}) y_span.include(y);
  }
  for (const std::size_t i : rows) {
    x_span.include(double(points(i, 0)));
    y_span.include(double(points(i, 1)));
  }

  const chart::Words words{o.title, say("{} arrows over {} points.", drawn.size(), rows.size()), "",
                           ""};
  Frame frame{chart::axis_over(x_span, 8), chart::axis_over(y_span, 6), 560, 560};
  std::string out = chart::begin_chart(
      frame, words,
      {{o.points_name, say("<path class=\"fill-2\" d=\"{}\"/>", chart::marker(0, 9, 0))},
       {o.arrows_name,
        say("<path class=\"chart-arrow stroke-1\" d=\"{}\"/>", draw_arrow(0, 0, 18, 0))}},
      true);
  std::string discs, shafts;
  for (const std::size_t i : rows)
    discs +=
        chart::marker(0, frame.x.place(double(points(i, 0))), frame.y.place(double(points(i, 1))));
  for (const Arrow& a : drawn)
    shafts += draw_arrow(frame.x.place(a.x0), frame.y.place(a.y0), frame.x.place(a.x1),
                         frame.y.place(a.y1));
  if (!discs.empty()) out += say("<path class=\"chart-points fill-2\" d=\"{}\"/>\n", discs);
  if (!shafts.empty()) out += say("<path class=\"chart-arrow stroke-1\" d=\"{}\"/>\n", shafts);
  return out + chart::end_chart(frame, rows.empty() && drawn.empty());
}

}  // namespace strata
