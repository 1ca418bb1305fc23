#include "core/charts/svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/charts/html.hpp"
#include "core/charts/parts.hpp"

namespace strata {

using chart::colour, chart::Frame, chart::LegendEntry, chart::marker, chart::palette_size,
    chart::pixels, chart::Span, chart::Words;

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
  const std::string number = std::to_string(colour(index));
  std::string out = "<path class=\"chart-line stroke-" + number + "\" d=\"" + path + "\"/>\n";
  if (!dots.empty()) out += "<path class=\"fill-" + number + "\" d=\"" + dots + "\"/>\n";
  return path.empty() ? "" : out;
}

}  // namespace

std::string line_chart(const std::vector<Series>& series, const LineChartOptions& options) {
  Span x_span, y_span;
  bool whole_x = true;  // epochs, say: no ticks between them
  std::vector<LegendEntry> entries;
  std::string listed;
  for (const Series& line : series) {
    check(line.x.size() == line.y.size(), "line_chart: series ", line.name, " has ", line.x.size(),
          " x but ", line.y.size(), " y");
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!can_be_drawn(line.x[i], options.log_x) || !can_be_drawn(line.y[i], options.log_y))
        continue;
      x_span.include(line.x[i]);
      y_span.include(line.y[i]);
      whole_x = whole_x && line.x[i] == std::trunc(line.x[i]);
    }
    const std::string css_class = "chart-line stroke-" + std::to_string(colour(entries.size()));
    entries.push_back({line.name, chart::line_between(0, 0, 18, 0, css_class)});
    listed += (listed.empty() ? "" : ", ") + line.name;
  }
  const bool empty = x_span.empty();
  if (options.y_from_0 && !options.log_y && !empty) y_span.include(0);
  if (empty) {
    x_span = {options.log_x ? 0.1 : 0.0, 1};
    y_span = {options.log_y ? 0.1 : 0.0, 1};
  }
  Words words{options.title, options.description, options.x_label, options.y_label};
  if (words.description.empty()) words.description = "Line chart of " + listed + ".";

  Frame frame;
  frame.width = options.width;
  frame.height = options.height;
  frame.x = make_axis(x_span.low, x_span.high, options.log_x, false, 8, whole_x ? 1 : 0);
  frame.y = make_axis(y_span.low, y_span.high, options.log_y, true, 5);
  std::string out = chart::open_chart(words, options.width, options.height);
  double y = words.title.empty() ? 16 : 38;
  if (series.size() > 1) out += chart::legend(entries, options.width, y);
  chart::lay_out(frame, words, y);
  out += chart::draw_axes(frame, words);
  for (std::size_t i = 0; i < series.size(); ++i) out += draw_line(series[i], frame, i);
  if (empty) out += chart::no_data(frame);
  return out + "</svg>\n";
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
    marks.path +=
        // Ten colours, five shapes: the eleventh class must differ from the first
        marker(c + c / 10, x, y);
  } else if (name.size() == 1) {
    if (!marks.xs.empty()) {
      marks.xs += ' ';
      marks.ys += ' ';
    }
    marks.xs += pixels(x);
    marks.ys += pixels(y + 4);
    marks.letters += name;
  } else {
    marks.texts += "<text x=\"" + pixels(x) + "\" y=\"" + pixels(y + 4) + "\">" +
                   escape_html(name) + "</text>";
  }
}

std::string draw_marks(const ClassMarks& marks, std::size_t c) {
  std::string out = "<g class=\"chart-mark fill-" + std::to_string(colour(c)) + "\">";
  if (!marks.path.empty()) out += "<path d=\"" + marks.path + "\"/>";
  if (!marks.letters.empty()) {
    out += "<text x=\"" + marks.xs + "\" y=\"" + marks.ys + "\">" + escape_html(marks.letters) +
           "</text>";
  }
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

  Words words{options.title, options.description, options.x_label, options.y_label};
  if (words.description.empty())
    words.description = text("Scatter plot of ", rows.size(), " points.");
  std::string out = chart::open_chart(words, options.width, options.height);
  std::vector<LegendEntry> entries;
  for (std::size_t c = 0; c < class_count && !classes.empty(); ++c) {
    ClassMarks sample;
    add_mark(sample, options.marker_is_label ? 0 : c, "", false, 14, 0);
    entries.push_back({class_name(options, c), draw_marks(sample, c)});
  }
  double y = words.title.empty() ? 16 : 38;
  out += chart::legend(entries, options.width, y);

  Frame frame;
  frame.width = options.width;
  frame.height = options.height;
  frame.x = scatter_axis(points, rows, 0, 8);
  frame.y = scatter_axis(points, rows, 1, 6);
  chart::lay_out(frame, words, y);
  if (options.equal_aspect) chart::make_aspect_equal(frame);
  out += chart::draw_axes(frame, words);

  std::vector<ClassMarks> marks(class_count);
  for (std::size_t i : rows) {
    const std::size_t c = classes.empty() ? 0 : classes[i];
    add_mark(marks[c], c, class_name(options, c), options.marker_is_label,
             frame.x.place(double(points(i, 0))), frame.y.place(double(points(i, 1))));
  }
  for (std::size_t c = 0; c < class_count; ++c) out += draw_marks(marks[c], c);
  if (rows.empty()) out += chart::no_data(frame);
  return out + "</svg>\n";
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
    const std::string number = std::to_string(i + 1);
    light += " --series-" + number + ": " + on_light[i] + ";";
    dark += " --series-" + number + ": " + on_dark[i] + ";";
    classes += ".fill-" + number + " { fill: var(--series-" + number + "); }\n";
    classes += ".stroke-" + number + " { stroke: var(--series-" + number +
               "); stroke-dasharray: " + dashes[i % dashes.size()] + "; }\n";
  }
  return "\n:root {" + light + " }\n@media screen and (prefers-color-scheme: dark) { :root {" +
         dark + " } }\n" + R"css(
.chart { max-width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
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
  const std::string page_colours =
      "\n:root { --ink: #1c2126; --muted: #5d6670; --grid: #9994; --paper: #ffffff; }\n"
      "@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ea; --muted: #9aa4ae; --paper: "
      "#14171a; } "
      "}\n"
      "svg { background: var(--paper); }\n";
  return opening + "xmlns=\"http://www.w3.org/2000/svg\" " +
         chart.substr(opening.size(), inside - opening.size()) + "\n<style>" + page_colours +
         chart_css() + "</style>" + chart.substr(inside);
}

}  // namespace strata
