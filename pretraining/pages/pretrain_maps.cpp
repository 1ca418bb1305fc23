// The maps of the code in the report: report_figures.hpp.

#include <algorithm>
#include <set>

#include "core/charts/html.hpp"
#include "core/charts/svg.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

constexpr std::size_t most_points = 1000, most_classes = 20;

// The classes of the test examples, numbered from 0 in ascending order of their labels.
struct Classes {
  // Empty: no labels, or too many different ones to tell by colour
  std::vector<std::size_t> of_example;
  std::vector<std::string> names;
  bool can_be_markers = false;
};

Classes classes_of(const Dataset& data) {
  const std::set<int> labels(data.labels.begin(), data.labels.end());
  Classes classes;
  if (labels.empty() || labels.size() > most_classes) return classes;
  classes.can_be_markers = true;
  for (int label : labels) {
    classes.names.push_back(text(label));
    classes.can_be_markers = classes.can_be_markers && classes.names.back().size() <= 2;
  }
  for (int label : data.labels) {
    classes.of_example.push_back(std::size_t(std::distance(labels.begin(), labels.find(label))));
  }
  return classes;
}

// A plane through the codes. A code of two numbers is its own plane; of more, it is the plane of
// its two leading principal directions through the mean code.
struct Plane {
  Pca axes;
  Tensor points;  // (examples × 2)
};

Plane plane_of(const Tensor& codes) {
  Plane plane;
  if (codes.cols() == 2) {
    plane.axes.mean = Tensor({2});
    plane.axes.components = Tensor::matrix({{1, 0}, {0, 1}});
  } else {
    plane.axes = fit_pca(codes, 2);
  }
  plane.points = plane.axes.transform(codes);
  return plane;
}

// n numbers at equal distances, from the 5 % to the 95 % quantile of a column.
std::vector<Real> middle_range(const Tensor& points, std::size_t column, std::size_t n) {
  std::vector<Real> values;
  for (std::size_t i = 0; i < points.rows(); ++i) values.push_back(points(i, column));
  std::sort(values.begin(), values.end());
  const auto quantile = [&](double share) {
    return values[std::size_t(share * double(values.size() - 1) + 0.5)];
  };
  const Real low = quantile(0.05), high = quantile(0.95);
  std::vector<Real> range;
  for (std::size_t i = 0; i < n; ++i) {
    range.push_back(low + (high - low) * Real(i) / Real(std::max<std::size_t>(n - 1, 1)));
  }
  return range;
}

// The codes of a grid on the plane (n² × code), from the top left as a map is drawn: the second
// number falls from row to row.
Tensor grid_codes(const Plane& plane, std::size_t n) {
  const std::vector<Real> xs = middle_range(plane.points, 0, n),
                          ys = middle_range(plane.points, 1, n);
  Tensor grid({n * n, 2});
  for (std::size_t i = 0; i < n * n; ++i) {
    grid(i, 0) = xs[i % n];
    grid(i, 1) = ys[n - 1 - i / n];
  }
  return plane.axes.inverse_transform(grid);
}

// How many of the `part` examples are on a map.
std::string drawn(std::size_t examples, const std::string& part = "test") {
  const std::size_t every = (examples + most_points - 1) / most_points;
  if (every == 1) return text(examples, " ", part, " examples");
  return text((examples + every - 1) / every, " of the ", examples, " ", part, " examples");
}

std::string map(const std::string& title, const Tensor& points, const Classes& classes,
                const std::string& x_label, const std::string& y_label) {
  ScatterOptions options;
  options.title = title;
  options.x_label = x_label;
  options.y_label = y_label;
  options.width = 440;
  options.height = 440;
  options.marker_is_label = classes.can_be_markers;
  options.most_points = most_points;
  options.class_names = classes.names;
  return scatter_plot(points, classes.of_example, options);
}

const char* what_to_look_for(const Classes& classes) {
  return classes.of_example.empty()
             ? "Look for clumps, and for arms that bend: a straight map has none."
             : "The labels only colour the map, no method was given them. Look for "
               "classes that lie apart, and for those that are mixed up.";
}

std::string with_neighbours(const Comparison& c, const std::string& name,
                            const std::string& method) {
  const std::string words = neighbours_in_words(c, c.method(method));
  return words.empty() ? "" : " " + name + ":" + words;
}

std::string maps_of_one_number(Comparison& c, const Classes& classes) {
  const Tensor& linear = c.method("pca").test_codes;
  const Tensor& deep = c.method("greedy_finetuned").test_codes;
  Tensor points({c.test.size(), 2});
  for (std::size_t i = 0; i < c.test.size(); ++i) {
    points(i, 0) = linear[i];
    points(i, 1) = deep[i];
  }
  std::string out =
      figure(map("PCA's number and the autoencoder's", points, classes, "PCA's number",
                 "the autoencoder's number"),
             text("The code is one number, so both codes fit on one map: ", drawn(c.test.size()),
                  ", PCA's number to the right, the fine-tuned autoencoder's upwards. Points on "
                  "one rising or "
                  "falling curve would mean that both put the examples in the same order. ",
                  what_to_look_for(classes), with_neighbours(c, "PCA", "pca"),
                  with_neighbours(c, "The fine-tuned autoencoder", "greedy_finetuned")));
  if (c.test.image == ImageShape{}) return out;
  const std::size_t n = tiles_that_fit(c.test.image, 12);
  const auto line = [&](const Tensor& codes, const Tensor& decoded, const std::string& name) {
    const std::vector<Real> range = middle_range(codes, 0, n);
    return figure(tiles(decoded, c.test.image, 6, GridRange::unit,
                        text(n, " pictures decoded along the code of ", name)),
                  text("<b>", name, "</b>: pictures decoded from codes of ",
                       number(double(range.front())), " to ", number(double(range.back())),
                       ", row by row (the middle 90 % of the test codes). Look for one picture "
                       "turning into another."));
  };
  const auto codes = [&](const Tensor& points_of) {
    return Tensor({n, 1}, middle_range(points_of, 0, n));
  };
  return out + beside({line(linear, c.pca.inverse_transform(codes(linear)), "PCA"),
                       line(deep, c.deep.decode(codes(deep)), "fine-tuned autoencoder")});
}

std::size_t grid_side(ImageShape image) {
  std::size_t n = 15;
  while (n > 2 && tiles_that_fit(image, n * n) < n * n) --n;
  return n;
}

std::string maps_of_planes(Comparison& c, const Classes& classes) {
  const bool is_plane = c.code_size() == 2;
  const Plane linear = plane_of(c.method("pca").test_codes);
  const Plane deep = plane_of(c.method("greedy_finetuned").test_codes);
  const std::string x = is_plane ? "first number" : "first principal direction";
  const std::string y = is_plane ? "second number" : "second principal direction";
  const std::string of_what =
      is_plane ? "The code is two numbers, so it is a map: "
               : text("The code has ", c.code_size(),
                      " numbers; the map shows its two leading principal directions: ");
  std::string out =
      beside({figure(map("PCA", linear.points, classes, x, y),
                     text(of_what, drawn(c.test.size()), ". ", what_to_look_for(classes),
                          neighbours_in_words(c, c.method("pca")))),
              figure(map("Autoencoder, fine-tuned", deep.points, classes, x, y),
                     "The same examples, placed by the pretrained and fine-tuned autoencoder. Its "
                     "axes have no "
                     "units and no order, and a mirror image or a turned map is as good. Compare "
                     "with PCA: is there "
                     "less overlap?" +
                         neighbours_in_words(c, c.method("greedy_finetuned")))});
  if (c.test.image == ImageShape{}) return out;

  const std::size_t n = grid_side(c.test.image);
  const auto grid = [&](const Tensor& decoded, const std::string& name,
                        const std::string& caption) {
    return figure(tiles(decoded, c.test.image, n, GridRange::unit,
                        text(n, "×", n, " pictures decoded from the plane of the code by ", name)),
                  "<b>" + name + "</b>: " + caption);
  };
  return out + beside({grid(c.pca.inverse_transform(grid_codes(linear, n)), "PCA",
                            text("what ", n, "×", n,
                                 " places of the map above decode to, over the middle 90 % of the "
                                 "test codes in each "
                                 "direction. Look for pictures that are blends, neither one class "
                                 "nor another.")),
                       grid(c.deep.decode(grid_codes(deep, n)), "Autoencoder, fine-tuned",
                            "the same for its map. Look for regions where the picture hardly "
                            "changes, with narrow "
                            "borders between them, and find them in the map above.")});
}

}  // namespace

std::string small_map(const std::string& title, const Tensor& codes, const Dataset& data,
                      double size) {
  ScatterOptions options;
  options.title = title;
  options.width = options.height = size;
  options.most_points = most_points;
  const Classes classes = classes_of(data);
  options.marker_is_label = classes.can_be_markers;
  options.class_names = classes.names;
  if (codes.cols() > 1) return scatter_plot(plane_of(codes).points, classes.of_example, options);
  Tensor points({codes.rows(), 2});  // one number to the right, the examples one above the other
  for (std::size_t i = 0; i < codes.rows(); ++i) {
    points(i, 0) = codes[i];
    points(i, 1) = Real(i);
  }
  return scatter_plot(points, classes.of_example, options);
}

std::string code_map(const Tensor& codes, const Dataset& data, const std::string& part,
                     const std::string& title) {
  if (codes.rows() < 3 || codes.cols() < 2) return "";
  const bool is_plane = codes.cols() == 2;
  const Classes classes = classes_of(data);
  return figure(map(title, plane_of(codes).points, classes,
                    is_plane ? "first number" : "first principal direction",
                    is_plane ? "second number" : "second principal direction"),
                text(drawn(codes.rows(), part),
                     is_plane ? ""
                              : text(", along the leading principal directions of ", codes.cols(),
                                     " numbers"),
                     ". ", what_to_look_for(classes)));
}

std::string decoded_map(const Dataset& data, const Tensor& codes, Autoencoder& model,
                        Workers* workers) {
  if (data.image == ImageShape{} || codes.rows() < 3) return "";
  if (codes.cols() == 1) {
    const std::size_t n = tiles_that_fit(data.image, 12);
    const Tensor decoded = model.decode(Tensor({n, 1}, middle_range(codes, 0, n)), workers);
    return figure(
        tiles(decoded, data.image, 6, GridRange::unit, text(n, " pictures decoded along the code")),
        "Pictures decoded along the code, row by row, over its middle 90 %. Look for one picture "
        "turning into another.");
  }
  const std::size_t n = grid_side(data.image);
  const Tensor decoded = model.decode(grid_codes(plane_of(codes), n), workers);
  return figure(
      tiles(decoded, data.image, n, GridRange::unit,
            text(n, "×", n, " pictures decoded from the plane of the code")),
      text("What ", n, "×", n,
           " places of the map decode to, over its middle 90 % in each direction. Look for regions "
           "where the "
           "picture hardly changes, with narrow borders between them, and find them in the map."));
}

std::string maps(Comparison& c) {
  if (c.test.size() < 3) return "<p>There are too few test examples for a map.</p>\n";
  const Classes classes = classes_of(c.test);
  return c.code_size() == 1 ? maps_of_one_number(c, classes) : maps_of_planes(c, classes);
}

}  // namespace strata::report
