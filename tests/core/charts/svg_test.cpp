#include "core/charts/svg.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/charts/axis.hpp"
#include "core/charts/html.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"
#include "tests/markup.hpp"

using namespace strata::testing;
using strata::Axis;
using strata::line_chart;
using strata::make_axis;
using strata::numbered;
using strata::scatter_plot;
using strata::Tensor;
using strata::YAxis;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

// Every start tag has its end tag, in the right order, and no number is nan or inf.
void check_well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    REQUIRE(end != std::string::npos);
    const std::string tag = svg.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag.starts_with("/")) {
      REQUIRE(!open.empty());
      CHECK("/" + open.back() == tag);
      open.pop_back();
    } else if (!tag.ends_with("/")) {
      open.push_back(name);
    }
    CHECK_FALSE(contains(tag, "nan"));
    CHECK_FALSE(contains(tag, "inf"));
    CHECK(count(tag, "\"") % 2 == 0);
  }
  CHECK(open.empty());
}

std::string ticks(const Axis& axis) {
  std::string out;
  for (const auto& tick : axis.ticks) out += (out.empty() ? "" : " ") + tick.text;
  return out;
}

}  // namespace

TEST_CASE("svg: ticks stand at round numbers") {
  CHECK(ticks(make_axis(0, 99, false, false, 8)) == "0 20 40 60 80");
  CHECK(ticks(make_axis(0.13, 0.94, false, true, 5)) == "0 0.2 0.4 0.6 0.8 1.0");
  CHECK(ticks(make_axis(-0.04, 0.06, false, true, 5)) == "−0.04 −0.02 0 0.02 0.04 0.06");
  CHECK(ticks(make_axis(1e6, 3.5e6, false, false, 8)) == "1.0e6 1.5e6 2.0e6 2.5e6 3.0e6 3.5e6");
  CHECK(ticks(make_axis(1, 3, false, false, 8, 1)) == "1 2 3");
  CHECK(ticks(make_axis(0.013, 4.2, true, true, 5)) == "0.01 0.1 1 10");
  CHECK(ticks(make_axis(0.3, 4.2, true, true, 5)) == "0.2 0.5 1 2 5");
  CHECK(ticks(make_axis(1.2, 3.8, true, true, 5)) == "1 1.5 2 3 4");
  CHECK(ticks(make_axis(1e-9, 1e9, true, true, 5)) == "1e-9 1e-5 0.1 1000 1e7 1e11");
}

TEST_CASE("svg: an axis spans its numbers and places them in order") {
  strata::Rng rng(5);
  for (int i = 0; i < 2000; ++i) {
    const bool logarithmic = i % 2 == 0;
    const double a = std::pow(10, rng.uniform(-12, 12)),
                 b = a * (1 + std::pow(10, rng.uniform(-6, 6)));
    Axis axis = make_axis(a, b, logarithmic, true, 5);
    axis.start = 100;
    axis.end = 20;
    CHECK(axis.low <= a * (1 + 1e-6));
    CHECK(axis.high >= b * (1 - 1e-6));
    CHECK(axis.ticks.size() >= 2);
    CHECK(axis.ticks.size() <= 13);
    check_close(axis.place(axis.low), 100, 1e-9);
    check_close(axis.place(axis.high), 20, 1e-9);
    CHECK(axis.place(a) > axis.place(b));
    for (std::size_t t = 1; t < axis.ticks.size(); ++t)
      CHECK(axis.ticks[t].value > axis.ticks[t - 1].value);
  }
  const Axis decades = make_axis(1, 100, true, true, 5);
  check_close(decades.place(10), 0.5, 1e-12);
}

TEST_CASE("say: each {} is the next of the values, which are not looked into") {
  CHECK(strata::say("{} of {}{}", 3, "ten {}", '!') == "3 of ten {}!");
  CHECK(strata::say("none") == "none");
  CHECK(contains(error_of([] { strata::say("{} and {}", 1); }), "more places than the 1 values"));
  CHECK(contains(error_of([] { strata::say("{}", 1, 2); }), "1 places for 2 values"));
}

TEST_CASE("svg: a line chart draws its points, names and labels") {
  const std::string svg =
      line_chart({{"a & b", {0, 1, 2}, {0, 5, 10}}, {"second", {0, 1}, {10, 0}}},
                 {.title = "Loss <1>", .x_label = "epoch", .y_label = "error"});
  check_well_formed(svg);
  CHECK(contains(svg, "<title>Loss &lt;1&gt;</title>"));
  CHECK(contains(svg, "<desc>Line chart of a &amp; b, second.</desc>"));
  CHECK(contains(svg, ">a &amp; b</text>"));
  CHECK(contains(svg, ">epoch</text>"));
  CHECK(contains(svg, ">error</text>"));
  CHECK(contains(svg, "viewBox=\"0 0 640 360\""));
  // From the lower left to the upper right corner in a straight line, and down again.
  const std::string start = "class=\"chart-line stroke-1\" d=\"";
  const std::size_t last = svg.rfind(start);
  const std::string path =
      svg.substr(last + start.size(), svg.find('"', last + start.size()) - last - start.size());
  double x0, y0, x1, y1, x2, y2;
  REQUIRE(std::sscanf(path.c_str(), "M%lf %lfL%lf %lfL%lf %lf", &x0, &y0, &x1, &y1, &x2, &y2) == 6);
  check_close(x1, (x0 + x2) / 2, 0, 0.11);
  check_close(y1, (y0 + y2) / 2, 0, 0.11);
  CHECK(x2 > x0 + 400);
  CHECK(y2 < y0 - 200);
  CHECK_FALSE(
      // One line needs no legend
      contains(line_chart({{"only", {0, 1}, {0, 1}}}, {}), ">only</text>"));
  CHECK(error_of([] {
          line_chart({{"a", {1, 2}, {1}}}, {});
        }) == "line_chart: series a has 2 x but 1 y");
}

TEST_CASE("svg: an axis begins at 0 where that is asked for") {
  const auto chart_of = [](double level, YAxis y) {
    return line_chart({numbered("a line", {level, level + 0.1, level + 0.2})}, {.y = y});
  };
  CHECK(contains(chart_of(5.1, YAxis::from_0), ">0</text>\n"));
  CHECK(contains(chart_of(5.1, YAxis::from_0), ">6</text>"));
  CHECK_FALSE(contains(chart_of(5.1, YAxis::linear), ">6</text>"));
  CHECK(contains(chart_of(-5.1, YAxis::from_0), ">−6</text>"));
  CHECK(line_chart({}, {.y = YAxis::from_0}) == line_chart({}, {}));
}

TEST_CASE(
    "svg: an axis that suits the lines is logarithmic where they span more than a factor of 4") {
  const auto chart_of = [](std::vector<double> values, YAxis y) {
    return line_chart({numbered("short", {2, infinity}), numbered("long", values)}, {.y = y});
  };
  const auto is_suited_by = [&](std::vector<double> values, YAxis y) {
    return chart_of(values, YAxis::suited) == chart_of(values, y);
  };
  CHECK(is_suited_by({1, 4}, YAxis::linear));
  CHECK(is_suited_by({1, 4.1}, YAxis::logarithmic));
  CHECK(is_suited_by({8.1}, YAxis::logarithmic));  // the lines together
  CHECK(is_suited_by({0, 100}, YAxis::linear));
}

TEST_CASE("svg: gaps, points alone, nothing at all") {
  const std::string gap = line_chart(
      {{"a", {0, 1, 2, 3, 4, 5}, {1, 2, infinity, 3, std::nan(""), 1e308}}}, {.title = "t"});
  check_well_formed(gap);
  CHECK(count(gap, "class=\"fill-1\"") == 1);  // the point between two gaps
  for (const std::string& svg :
       {line_chart({}, {}), line_chart({{"a", {}, {}}, {"b", {1}, {std::nan("")}}}, {}),
        line_chart({{"a", {1}, {-1}}}, {.y = YAxis::logarithmic}), scatter_plot(Tensor(), {}, {}),
        scatter_plot(Tensor({1, 2}, strata::Real(std::nan(""))), {}, {})}) {
    check_well_formed(svg);
    CHECK(contains(svg, ">no data</text>"));
  }
  for (const std::string& svg :
       {line_chart({{"a", {3}, {7}}}, {}), line_chart({{"a", {1, 2}, {5, 5}}}, {}),
        line_chart({{"a", {0, 0}, {0, 0}}}, {}),
        line_chart({{"a", {1, 2}, {0, 3}}}, {.y = YAxis::logarithmic}),
        line_chart({{"a", {1, 2}, {-1e299, 1e299}}}, {}),
        line_chart({{"a", {1, 2}, {1e-299, 1e299}}}, {.y = YAxis::logarithmic}),
        line_chart({{"a", {1, 2}, {1, 2}}}, {.width = 20, .height = 10})}) {
    check_well_formed(svg);
    CHECK_FALSE(contains(svg, "no data"));
    CHECK(contains(svg, "class=\"chart-tick\""));
  }
}

TEST_CASE("svg: a scatter plot draws each point by its class") {
  const Tensor points = Tensor::matrix({{0, 0}, {1, 1}, {2, 0}, {1, 0}});
  const std::string shapes = scatter_plot(points, {0, 1, 1, 12}, {.title = "codes"});
  check_well_formed(shapes);
  // Discs: one of class 0, and the legend's 0 and 5
  CHECK(count(shapes, "a3 3 0 1 0 6 0a") == 1 + 2);
  CHECK(count(shapes, "h5.4v5.4h-5.4z") ==
        2 + 3);  // squares: two of class 1, and the legend's 1, 6 and 10
  CHECK(contains(shapes, ">12</text>"));
  CHECK(contains(shapes, "Scatter plot of 4 points."));

  const std::string digits = scatter_plot(points, {0, 1, 1, 12}, {.marker_is_label = true});
  check_well_formed(digits);
  CHECK(contains(digits, ">11</text></g>"));  // both points of class 1 in one element
  CHECK(count(digits, ">12</text>") == 2);    // the legend's and the point's
  const std::string named =
      scatter_plot(points, {0, 1, 1, 0}, {.class_names = {"cat", "dog", "<cow>"}});
  CHECK(contains(named, ">&lt;cow&gt;</text>"));
  CHECK_FALSE(contains(scatter_plot(points, {}, {}), ">0</text></g>"));

  CHECK(error_of([&] { scatter_plot(points, {1}, {}); }) == "scatter_plot: 1 classes for 4 points");
  CHECK(error_of([&] { scatter_plot(transposed(points), {}, {}); }) ==
        "scatter_plot: points are 2×4, not n×2");
  CHECK(error_of([&] {
          scatter_plot(points, {0, 0, 0, std::size_t(-1)}, {});
        }).find("at most 999") != std::string::npos);
}

TEST_CASE("svg: of many points every k-th is drawn, compactly") {
  strata::Rng rng(6);
  const Tensor points = strata::normal_tensor({5000, 2}, rng);
  const std::vector<std::size_t> classes(5000, 3);
  const std::string svg = scatter_plot(points, classes, {.marker_is_label = true});
  CHECK(contains(svg, std::string(1667, '3') + "</text>"));
  CHECK(svg.size() < 30000);
}

TEST_CASE("svg: with equal aspect one unit is equally long in both directions") {
  const Tensor points = Tensor::matrix({{-1, -3}, {3, 3}});
  const std::string svg = scatter_plot(points, {}, {.equal_aspect = true});
  const std::string start = "<path d=\"M";
  double x0, y0, x1, y1;
  const std::string path = svg.substr(svg.find(start) + start.size());
  REQUIRE(std::sscanf(path.c_str(), "%lf %lf", &x0, &y0) == 2);
  REQUIRE(std::sscanf(path.substr(path.find('M') + 1).c_str(), "%lf %lf", &x1, &y1) == 2);
  check_close((x1 - x0) / 4, (y0 - y1) / 6, 0.01);
}

TEST_CASE(
    "svg: an arrow plot draws each arrow from its start, of its length times the scale, over the "
    "points") {
  const Tensor points = Tensor::matrix({{0, 0}, {4, 0}, {0, 4}, {4, 4}});
  const Tensor starts = Tensor::matrix({{1, 1}, {3, 3}}),
               arrows = Tensor::matrix({{2, 0}, {0, -1}});
  // Of the first arrow's shaft and of the second's, in pixels
  const auto ends = [&](double scale) {
    const std::string svg =
        strata::arrow_plot(points, starts, arrows, {.title = "field <1>", .scale = scale});
    check_well_formed(svg);
    CHECK(contains(svg, "<title>field &lt;1&gt;</title>"));
    CHECK(contains(svg, "2 arrows over 4 points."));
    const std::string start = "class=\"chart-arrow stroke-1\" d=\"";
    const std::string path = svg.substr(svg.rfind(start) + start.size());
    std::array<double, 8> at{};
    REQUIRE(std::sscanf(path.c_str(), "M%lf %lfL%lf %lf", &at[0], &at[1], &at[2], &at[3]) == 4);
    CHECK(count(path.substr(0, path.find('"')), "M") == 4);  // a shaft and a head each
    std::size_t second = path.find('M', 1);                  // of the first arrow's head
    second = path.find('M', second + 1);
    REQUIRE(std::sscanf(path.c_str() + second, "M%lf %lfL%lf %lf", &at[4], &at[5], &at[6],
                        &at[7]) == 4);
    return at;
  };
  const std::array<double, 8> whole = ends(1), half = ends(0.5);
  const double unit = (whole[2] - whole[0]) / 2;
  CHECK(unit > 50);
  check_close(whole[1], whole[3], 0, 0.01);            // to the right
  check_close(whole[7] - whole[5], unit, 0, 0.2);      // down, and a unit is as long as across
  check_close(whole[4] - whole[0], 2 * unit, 0, 0.2);  // (3, 3) lies two units from (1, 1)
  check_close(half[2] - half[0], unit, 0, 0.2);
  CHECK(contains(strata::arrow_plot(Tensor(), Tensor(), Tensor()), ">no data</text>"));

  const strata::Real nan = strata::Real(std::nan(""));
  const std::string gaps = strata::arrow_plot(Tensor::matrix({{nan, 0}, {1, 1}}),
                                              Tensor::matrix({{0, 0}, {1, 1}, {2, 2}}),
                                              Tensor::matrix({{nan, 0}, {1, 0}, {0, 0}}));
  check_well_formed(gaps);
  CHECK(contains(gaps, "2 arrows over 1 points."));
  CHECK(contains(gaps, "h0.1"));  // an arrow of no length is a dot
  CHECK(error_of([&] { strata::arrow_plot(points, starts, points); }) ==
        "arrow_plot: the starts are 2×2 but the arrows 4×2");
  CHECK(error_of([&] {
          strata::arrow_plot(Tensor({2, 3}), starts, arrows);
        }) == "arrow_plot: the points are 2×3, not n×2");
}

TEST_CASE("svg: the style sheet has every colour for light and for dark") {
  const std::string css = strata::chart_css();
  for (int i = 1; i <= 10; ++i) {
    const std::string name = "-" + std::to_string(i);
    CHECK(count(css, "--series" + name + ":") == 2);
    CHECK(contains(css, ".fill" + name + " {"));
    CHECK(contains(css, ".stroke" + name + " {"));
  }
  CHECK(contains(css, "@media screen and (prefers-color-scheme: dark)"));
}

TEST_CASE("svg: a chart as a file of its own has the name space, its style and the whole chart") {
  const std::string chart = strata::line_chart({{"loss", {1, 2}, {3, 4}}}, {.title = "Loss"});
  const std::string file = strata::svg_file(chart);
  CHECK(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\""));
  CHECK(count(file, "<style>") == 1);
  CHECK(contains(file, "--series-1:"));
  CHECK(contains(file, "--paper"));
  CHECK(file.ends_with(chart.substr(chart.find('>') + 1)));
  check_well_formed(file);
  CHECK(error_of([] { strata::svg_file("<p>no chart</p>"); }) ==
        "svg_file: the text does not begin with <svg");
}

TEST_CASE("html: text is escaped, and a page stands alone") {
  CHECK(strata::escape_html("a<b> & \"c\" 'd' é") ==
        "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; é");
  const std::string page = strata::html_page("1 < 2", "<p>body</p>", ".x { color: red; }");
  CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  CHECK(contains(page, "<meta charset=\"utf-8\">"));
  CHECK(contains(page, "name=\"viewport\""));
  CHECK(contains(page, "<title>1 &lt; 2</title>"));
  CHECK(contains(page, "<p>body</p>"));
  CHECK(contains(page, ".x { color: red; }</style>"));
  CHECK(contains(page, "@media print"));
  CHECK(contains(page, "@media screen and (prefers-color-scheme: dark)"));
  CHECK_FALSE(contains(page, "http"));
  CHECK_FALSE(contains(page, "<script"));
  CHECK(count(page, "{") == count(page, "}"));
}

TEST_CASE(
    "a line chart with a logarithmic x axis: equal factors are equal distances, and 0 leaves a "
    "gap") {
  const std::string svg = line_chart({{"a", {0, 10, 100, 1000}, {5, 1, 2, 3}}}, {.log_x = true});
  check_well_formed(svg);
  const std::size_t at = svg.find(" d=\"M", svg.find("class=\"chart-line stroke-1\""));
  REQUIRE(at != std::string::npos);
  double x[3], y[3];
  REQUIRE(std::sscanf(svg.c_str() + at, " d=\"M%lf %lfL%lf %lfL%lf %lf\"", &x[0], &y[0], &x[1],
                      &y[1], &x[2], &y[2]) == 6);
  check_close(x[1] - x[0], x[2] - x[1], 0, 0.2);
  CHECK(x[1] - x[0] > 100);
}
