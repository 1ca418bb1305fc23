#include "core/charts/parts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/charts/html.hpp"
#include "core/io/utf8.hpp"

namespace strata::chart {

std::string pixels(double value) {
  std::array<char, 48> buffer;
  const double rounded = std::round(value * 10) / 10;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded == 0 ? 0.0 : rounded);
  return std::string(buffer.data(), end.ptr);
}

std::string line_between(double x1, double y1, double x2, double y2, const std::string& css_class) {
  return say("<path class=\"{}\" d=\"M{} {}L{} {}\"/>\n", css_class, pixels(x1), pixels(y1),
             pixels(x2), pixels(y2));
}

std::string marker(std::size_t shape, double x, double y) {
  constexpr const char* outlines[] = {"m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
                                      "m-2.7-2.7h5.4v5.4h-5.4z", "m0-3.6l3.3 6h-6.6z",
                                      "m0-3.8l3.8 3.8l-3.8 3.8l-3.8-3.8z", "m0 3.6l3.3-6h-6.6z"};
  return say("M{} {}{}", pixels(x), pixels(y), outlines[shape % 5]);
}

std::vector<std::size_t> rows_to_draw(const Tensor& points, std::size_t most) {
  const std::size_t n = points.empty() ? 0 : points.rows();
  const std::size_t every = n <= most ? 1 : (n - 1) / std::max<std::size_t>(most, 1) + 1;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < n; i += every) {
    if (can_be_drawn(double(points(i, 0))) && can_be_drawn(double(points(i, 1)))) rows.push_back(i);
  }
  return rows;
}

Axis axis_over(Span span, int wanted_ticks) {
  if (span.empty()) span = {0, 1};
  const double room = (span.high - span.low) * 0.03;
  return make_axis(span.low - room, span.high + room, false, false, wanted_ticks);
}

namespace {

constexpr double character_width = 6.6;  // about, of a system font at that size

double text_width(const std::string& text) {
  return double(count_characters(text)) * character_width;
}

// A <text>; `more` holds further attributes.
std::string text_at(double x, double y, const std::string& css_class, const std::string& words,
                    const std::string& more = "") {
  return say("<text class=\"{}\" x=\"{}\" y=\"{}\"{}>{}</text>\n", css_class, pixels(x), pixels(y),
             more, escape_html(words));
}

std::string open_chart(const Words& words, const std::string& width, const std::string& height) {
  const std::string out =
      say("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">\n"
          "<title>{}</title>\n<desc>{}</desc>\n",
          width, height, width, height, escape_html(words.title), escape_html(words.description));
  return words.title.empty() ? out : out + text_at(8, 17, "chart-title", words.title);
}

// The entries in lines below y, from the left; y moves down by the lines needed.
std::string draw_legend(const std::vector<LegendEntry>& entries, double width, double& y) {
  constexpr double sample_width = 24, gap = 10, left = 8, line_height = text_size * 1.5;
  std::string out;
  double x = left;
  for (const LegendEntry& entry : entries) {
    const double needed = sample_width + text_width(entry.name) + gap;
    if (x > left && x + needed > width) {
      x = left;
      y += line_height;
    }
    out += say("<g transform=\"translate({} {})\">{}</g>\n", pixels(x),
               pixels(y - text_size * 0.35), entry.sample);
    out += text_at(x + sample_width, y, "chart-text", entry.name);
    x += needed;
  }
  if (!entries.empty()) y += line_height;
  return out;
}

void lay_out(Frame& frame, const Words& words, double top) {
  double widest = 0;
  for (const AxisTick& tick : frame.y.ticks) widest = std::max(widest, text_width(tick.text));
  frame.left = 8 + widest + 6;
  frame.right = frame.width - 16;
  frame.top = top + text_size * (words.y_label.empty() ? 0 : 1.3);
  frame.bottom =
      std::max(frame.top + 40, frame.height - text_size * (words.x_label.empty() ? 2 : 3.4));
  frame.x.start = frame.left;
  frame.x.end = frame.right;
  frame.y.start = frame.bottom;
  frame.y.end = frame.top;
}

void make_aspect_equal(Frame& frame) {
  const double x_unit = (frame.right - frame.left) / (frame.x.high - frame.x.low);
  const double y_unit = (frame.bottom - frame.top) / (frame.y.high - frame.y.low);
  Axis& axis = x_unit > y_unit ? frame.x : frame.y;
  const double room =
      (axis.high - axis.low) * (std::max(x_unit, y_unit) / std::min(x_unit, y_unit) - 1) / 2;
  const double start = axis.start, end = axis.end;
  axis = make_axis(axis.low - room, axis.high + room, false, false, x_unit > y_unit ? 8 : 6);
  axis.start = start;
  axis.end = end;
}

std::string draw_axes(const Frame& frame, const Words& words) {
  std::string out;
  for (const AxisTick& tick : frame.y.ticks) {
    const double y = frame.y.place(tick.value);
    out += line_between(frame.left, y, frame.right, y, "chart-grid");
    out += text_at(frame.left - 6, y + text_size * 0.35, "chart-tick", tick.text,
                   " text-anchor=\"end\"");
  }
  for (const AxisTick& tick : frame.x.ticks) {
    const double x = frame.x.place(tick.value);
    out += line_between(x, frame.bottom, x, frame.bottom + 4, "chart-axis");
    out += text_at(x, frame.bottom + text_size * 1.4, "chart-tick", tick.text,
                   " text-anchor=\"middle\"");
  }
  out += line_between(frame.left, frame.bottom, frame.right, frame.bottom, "chart-axis");
  // The label of y stands level above its axis, where it is read without turning the head.
  if (!words.y_label.empty())
    out += text_at(8, frame.top - text_size * 0.8, "chart-label", words.y_label);
  if (!words.x_label.empty()) {
    out += text_at(frame.right, frame.bottom + text_size * 2.8, "chart-label", words.x_label,
                   " text-anchor=\"end\"");
  }
  return out;
}

}  // namespace

std::string begin_chart(Frame& frame, const Words& words, const std::vector<LegendEntry>& legend,
                        bool equal_aspect) {
  std::string out = open_chart(words, pixels(frame.width), pixels(frame.height));
  double y = words.title.empty() ? 16 : 38;
  out += draw_legend(legend, frame.width, y);
  lay_out(frame, words, y);
  if (equal_aspect) make_aspect_equal(frame);
  return out + draw_axes(frame, words);
}

std::string end_chart(const Frame& frame, bool empty) {
  const std::string words = text_at((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2,
                                    "chart-label", "no data", " text-anchor=\"middle\"");
  return (empty ? words : "") + "</svg>\n";
}

}  // namespace strata::chart
