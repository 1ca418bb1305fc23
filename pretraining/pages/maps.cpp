#include "pretraining/pages/maps.hpp"

#include <algorithm>
#include <set>

#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

constexpr std::size_t most_points = 1000, most_classes = 20;

// The classes of the examples, numbered from 0 in ascending order of their labels.
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
  for (int label : data.labels)
    classes.of_example.push_back(std::size_t(std::distance(labels.begin(), labels.find(label))));
  return classes;
}

// A plane through the codes. A code of two numbers is its own plane; of more, it is the plane of
// its two leading principal directions through the mean code.
Pca plane_of(const Tensor& codes) {
  if (codes.cols() != 2) return fit_pca(codes, 2);
  Pca plane;
  plane.mean = Tensor({2});
  plane.components = Tensor::matrix({{1, 0}, {0, 1}});
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
  for (std::size_t i = 0; i < n; ++i)
    range.push_back(low + (high - low) * Real(i) / Real(std::max<std::size_t>(n - 1, 1)));
  return range;
}

// The codes of a grid on the plane (n² × code), from the top left as a map is drawn: the second
// number falls from row to row.
Tensor grid_codes(const Tensor& codes, std::size_t n) {
  const Pca plane = plane_of(codes);
  const Tensor points = plane.transform(codes);
  const std::vector<Real> xs = middle_range(points, 0, n), ys = middle_range(points, 1, n);
  Tensor grid({n * n, 2});
  for (std::size_t i = 0; i < n * n; ++i) {
    grid(i, 0) = xs[i % n];
    grid(i, 1) = ys[n - 1 - i / n];
  }
  return plane.inverse_transform(grid);
}

}  // namespace

std::string drawn(std::size_t examples, const std::string& part) {
  const std::size_t every = (examples + most_points - 1) / most_points;
  if (every == 1) return say("{} {} examples", examples, part);
  return say("{} of the {} {} examples", (examples + every - 1) / every, examples, part);
}

std::string what_to_look_for(const Dataset& data) {
  return classes_of(data).of_example.empty()
             ? "Look for clumps, and for arms that bend: a straight map has none."
             : "The labels only colour the map, no method was given them. Look for classes that "
               "lie apart, and for those that are mixed up.";
}

std::string map_chart(const std::string& title, const Tensor& points, const Dataset& data,
                      double size, const std::string& x_label, const std::string& y_label) {
  const Classes classes = classes_of(data);
  return scatter_plot(
      points, classes.of_example,
      {title, x_label, y_label, size, size, classes.names, classes.can_be_markers, most_points});
}

std::string small_map(const std::string& title, const Tensor& codes, const Dataset& data,
                      double size) {
  if (codes.cols() > 1) return map_chart(title, plane_of(codes).transform(codes), data, size);
  Tensor points({codes.rows(), 2});  // one number to the right, the examples one above the other
  for (std::size_t i = 0; i < codes.rows(); ++i) {
    points(i, 0) = codes[i];
    points(i, 1) = Real(i);
  }
  return map_chart(title, points, data, size);
}

std::string labelled_map(const std::string& title, const Tensor& codes, const Dataset& data) {
  const std::string axis = codes.cols() == 2 ? "number" : "principal direction";
  return map_chart(title, plane_of(codes).transform(codes), data, 440, "first " + axis,
                   "second " + axis);
}

std::string code_map(const Tensor& codes, const Dataset& data, const std::string& part,
                     const std::string& title) {
  if (codes.rows() < 3 || codes.cols() < 2) return "";
  const std::string along =
      codes.cols() == 2
          ? ""
          : say(", along the leading principal directions of {} numbers", codes.cols());
  return figure(labelled_map(title, codes, data),
                say("{}{}. {}", drawn(codes.rows(), part), along, what_to_look_for(data)));
}

DecodedPlaces decoded_places(const Tensor& codes, ImageShape image, const std::string& by_whom,
                             const Decode& decode) {
  if (codes.cols() == 1) {
    const std::size_t n = tiles_that_fit(image, 12);
    const std::vector<Real> line = middle_range(codes, 0, n);
    const std::string alt =
        say("{} pictures decoded along the code{}", n, by_whom.empty() ? "" : " of " + by_whom);
    return {n, line.front(), line.back(),
            tiles(decode(Tensor({n, 1}, line)), image, 6, GridRange::unit, alt)};
  }
  const std::size_t n = grid_side(image);
  const std::string alt = say("{}×{} pictures decoded from the plane of the code{}", n, n,
                              by_whom.empty() ? "" : " by " + by_whom);
  return {n, 0, 0, tiles(decode(grid_codes(codes, n)), image, n, GridRange::unit, alt)};
}

std::string decoded_map(const Dataset& data, const Tensor& codes, Autoencoder& model,
                        Workers* workers) {
  if (!data.has_pictures() || codes.rows() < 3) return "";
  const DecodedPlaces places = decoded_places(codes, data.image, "", [&](const Tensor& of_places) {
    return model.decode(of_places, workers);
  });
  if (codes.cols() == 1)
    return figure(places.tiles,
                  "Pictures decoded along the code, row by row, over its middle 90 %. Look for one "
                  "picture turning into another.");
  return figure(places.tiles,
                say("What {}×{} places of the map decode to, over its middle 90 % in each "
                    "direction. Look for regions where the picture hardly changes, with narrow "
                    "borders between them, and find them in the map.",
                    places.count, places.count));
}

}  // namespace strata::pages
