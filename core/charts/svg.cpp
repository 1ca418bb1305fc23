#include "core/charts/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/charts/html.hpp"
#include "core/charts/parts.hpp"

namespace strata {

using chart::colour, chart::Frame, chart::LegendEntry, chart::marker, chart::palette_size,
    chart::pixels, chart::Span, chart::Words;

Series numbered(const std::string& name, std::vector<double> y, double first) {
  Series line{name, {}, std::move(y)};
  for (std::size_t i = 0; i < line.y.size(); ++i) line.x.push_back(first + double(i));
  return line;
}

namespace {

// The line, broken where a point cannot be drawn; a point alone between gaps becomes a disc.
std::string draw_line(const Series& line, const Frame& frame, std::size_t index) {
  std::string path, dots;
  const auto drawable = [&](std::size_t i) {
    return i < line.x.size() && can_be_drawn(line.x[i], frame.x.logarithmic) &&
           can_be_drawn(line.y[i], frame.y.logarithmic);
  };
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (!drawable(i)) continue;
    const double x = frame.x.place(line.x[i]), y = frame.y.place(line.y[i]);
    const bool begins = i == 0 || !drawable(i - 1);
    path += begins ? 'M' : 'L';
    path += pixels(x) + " " + pixels(y);
    if (begins && !drawable(i + 1)) dots += marker(0, x, y);
  }
  if (path.empty()) return "";
  const std::size_t number = colour(index);
  const std::string out = say("<path class=\"chart-line stroke-{}\" d=\"{}\"/>\n", number, path);
  return dots.empty() ? out : out + say("<path class=\"fill-{}\" d=\"{}\"/>\n", number, dots);
}

bool has_logarithmic_y(const std::vector<Series>& series, YAxis y) {
  if (y != YAxis::suited) return y == YAxis::logarithmic;
  Span span;
  for (const Series& line : series) {
    for (double value : line.y) {
      if (std::isfinite(value)) span.include(value);
    }
  }
  return span.low > 0 && span.high > 4 * span.low;
}

}  // namespace

std::string line_chart(const std::vector<Series>& series, const LineChartOptions& options) {
  const bool log_y = has_logarithmic_y(series, options.y);
  Span x_span, y_span;
  bool whole_x = true;  // epochs, say: no ticks between them
  std::vector<LegendEntry> entries;
  std::string listed;
  for (const Series& line : series) {
    check(line.x.size() == line.y.size(), "line_chart: series ", line.name, " has ", line.x.size(),
          " x but ", line.y.size(), " y");
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!can_be_drawn(line.x[i], options.log_x) || !can_be_drawn(line.y[i], log_y)) continue;
      x_span.include(line.x[i]);
      y_span.include(line.y[i]);
      whole_x = whole_x && line.x[i] == std::trunc(line.x[i]);
    }
    const std::string css_class = "chart-line stroke-" + std::to_string(colour(entries.size()));
    entries.push_back({line.name, chart::line_between(0, 0, 18, 0, css_class)});
    listed += (listed.empty() ? "" : ", ") + line.name;
  }
  const bool empty = x_span.empty();
  if (options.y == YAxis::from_0 && !empty) y_span.include(0);
  if (empty) {
    x_span = {options.log_x ? 0.1 : 0.0, 1};
    y_span = {log_y ? 0.1 : 0.0, 1};
  }
  const Words words{options.title, "Line chart of " + listed + ".", options.x_label,
                    options.y_label};

  Frame frame{make_axis(x_span.low, x_span.high, options.log_x, false, 8, whole_x ? 1 : 0),
              make_axis(y_span.low, y_span.high, log_y, true, 5), options.width, options.height};
  if (entries.size() == 1) entries.clear();
  std::string out = chart::begin_chart(frame, words, entries);
  for (std::size_t i = 0; i < series.size(); ++i) out += draw_line(series[i], frame, i);
  return out + chart::end_chart(frame, empty);
}

namespace {

std::string class_name(const ScatterOptions& options, std::size_t c) {
  return c < options.class_names.size() ? options.class_names[c] : std::to_string(c);
}

// The points of one class, in one element where possible: SVG places the letters of a text one by
// one when it is given lists of x and y.
struct ClassMarks {
  std::string path, xs, ys, letters, texts;
};

void add_mark(ClassMarks& marks, std::size_t c, const std::string& name, bool as_label, double x,
              double y) {
  if (!as_label) {
    // Ten colours, five shapes: the eleventh class must differ from the first
    marks.path += marker(c + c / 10, x, y);
  } else if (name.size() == 1) {
    const char* const between = marks.xs.empty() ? "" : " ";
    marks.xs += between + pixels(x);
    marks.ys += between + pixels(y + 4);
    marks.letters += name;
  } else {
    marks.texts +=
        say("<text x=\"{}\" y=\"{}\">{}</text>", pixels(x), pixels(y + 4), escape_html(name));
  }
}

std::string draw_marks(const ClassMarks& marks, std::size_t c) {
  std::string out = say("<g class=\"chart-mark fill-{}\">", colour(c));
  if (!marks.path.empty()) out += say("<path d=\"{}\"/>", marks.path);
  if (!marks.letters.empty())
    out += say("<text x=\"{}\" y=\"{}\">{}</text>", marks.xs, marks.ys, escape_html(marks.letters));
  return out + marks.texts + "</g>\n";
}

Axis scatter_axis(const Tensor& points, const std::vector<std::size_t>& rows, std::size_t column,
                  int wanted) {
  Span span;
  for (std::size_t i : rows) span.include(double(points(i, column)));
  return chart::axis_over(span, wanted);
}

std::size_t count_classes(const std::vector<std::size_t>& classes, const ScatterOptions& options) {
  if (classes.empty()) return 1;
  std::size_t count =
      std::max(options.class_names.size(), *std::max_element(classes.begin(), classes.end()) + 1);
  check(count >= 1 && count <= 1000, "scatter_plot: the largest class is ", count - 1,
        " (at most 999)");
  return count;
}

}  // namespace

std::string scatter_plot(const Tensor& points, const std::vector<std::size_t>& classes,
                         const ScatterOptions& options) {
  const std::size_t n = points.empty() ? 0 : points.rows();
  check(n == 0 || (points.rank() == 2 && points.cols() == 2), "scatter_plot: points are ",
        points.shape, ", not n×2");
  check(classes.empty() || classes.size() == n, "scatter_plot: ", classes.size(), " classes for ",
        n, " points");
  const std::vector<std::size_t> rows = chart::rows_to_draw(points, options.most_points);
  const std::size_t class_count = count_classes(classes, options);

  const Words words{options.title, say("Scatter plot of {} points.", rows.size()), options.x_label,
                    options.y_label};
  std::vector<LegendEntry> entries;
  for (std::size_t c = 0; c < class_count && !classes.empty(); ++c) {
    ClassMarks sample;
    add_mark(sample, options.marker_is_label ? 0 : c, "", false, 14, 0);
    entries.push_back({class_name(options, c), draw_marks(sample, c)});
  }
  Frame frame{scatter_axis(points, rows, 0, 8), scatter_axis(points, rows, 1, 6), options.width,
              options.height};
  std::string out = chart::begin_chart(frame, words, entries, options.equal_aspect);
  std::vector<ClassMarks> marks(class_count);
  for (std::size_t i : rows) {
    const std::size_t c = classes.empty() ? 0 : classes[i];
    add_mark(marks[c], c, class_name(options, c), options.marker_is_label,
             frame.x.place(double(points(i, 0))), frame.y.place(double(points(i, 1))));
  }
  for (std::size_t c = 0; c < class_count; ++c) out += draw_marks(marks[c], c);
  return out + chart::end_chart(frame, rows.empty());
}

std::string chart_css() {
  // Contrast to the paper is 3.5:1 or more. Any two differ by 15 or more in CIELAB, also as seen
  // with any of the three colour blindnesses (simulated after Machado, Oliveira and Fernandes
  // 2009).
  constexpr std::array<const char*, palette_size> on_light{
      "#04509b", "#861f00", "#037458", "#aa2f7e", "#7b6a00",
      "#1391a8", "#674fc9", "#ed4d43", "#3f494f", "#79442e"};
  constexpr std::array<const char*, palette_size> on_dark{
      "#67acfa", "#f39751", "#85d7aa", "#cd75ae", "#e2ca44",
      "#66d8f1", "#937dca", "#da5f4a", "#bcc3c9", "#ca9a74"};
  constexpr std::array<const char*, 5> dashes{"none", "7 3", "2 3", "9 3 2 3", "4 2"};
  std::string light, dark, classes;
  for (std::size_t i = 0; i < palette_size; ++i) {
    light += say(" --series-{}: {};", i + 1, on_light[i]);
    dark += say(" --series-{}: {};", i + 1, on_dark[i]);
    classes += say(".fill-{} { fill: var(--series-{}); }\n", i + 1, i + 1) +
               say(".stroke-{} { stroke: var(--series-{}); stroke-dasharray: {}; }\n", i + 1, i + 1,
                   dashes[i % dashes.size()]);
  }
  return "\n:root {" + light + " }\n@media screen and (prefers-color-scheme: dark) { :root {" +
         dark + " } }\n" + R"css(
.chart { max-width: 100%; height: auto;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.chart text { fill: var(--ink, currentColor); }
.chart .chart-title { font-size: 14px; font-weight: 600; }
.chart .chart-tick, .chart .chart-label { fill: var(--muted, #6b7480); }
.chart-tick { font-variant-numeric: tabular-nums; }
.chart-grid { stroke: var(--grid, #9994); fill: none; }
.chart-axis { stroke: var(--muted, #6b7480); fill: none; }
.chart-line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: butt; }
.chart-mark path { fill-opacity: 0.8; }
.chart-points { fill-opacity: 0.45; }
.chart-arrow { fill: none; stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
.chart-mark text { fill: inherit; text-anchor: middle; font-size: 11px; font-weight: 600; }
)css" + classes;
}

std::string svg_file(const std::string& chart) {
  const std::string opening = "<svg ";
  check(chart.starts_with(opening), "svg_file: the text does not begin with <svg");
  const std::size_t inside = chart.find('>') + 1;
  constexpr const char* page_colours = R"css(
:root { --ink: #1c2126; --muted: #5d6670; --grid: #9994; --paper: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --muted: #9aa4ae; --paper: #14171a; }
}
svg { background: var(--paper); }
)css";
  return opening + "xmlns=\"http://www.w3.org/2000/svg\" " +
         chart.substr(opening.size(), inside - opening.size()) + "\n<style>" + page_colours +
         chart_css() + "</style>" + chart.substr(inside);
}

}  // namespace strata
