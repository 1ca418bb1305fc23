#include "pretraining/pages/pictures.hpp"

#include <algorithm>
#include <cmath>

#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"

namespace strata::pages {

const char* const on_still_pixels =
    " Pixels whose variance in the training data is below a tenth of the mean variance are drawn "
    "as 0 (grey), whatever their weights: they do little for any example, and some large ones "
    "among them would set the scale.";

namespace {

std::string picture(const GreyImage& image, const std::string& alt, std::size_t scale) {
  return say("<img class=\"pixels\" width=\"{}\" height=\"{}\" alt=\"{}\" src=\"{}\">",
             image.width * scale, image.height * scale, escape_html(alt),
             png_data_uri(png_grey(image)));
}

}  // namespace

std::string tiles(const Tensor& X, ImageShape image, std::size_t columns, GridRange range,
                  const std::string& alt) {
  constexpr std::size_t widest_picture = 440, widest_tile = 64;
  const GreyImage grid = image_grid(X, image.height, image.width, columns, range);
  const std::size_t scale = std::min(widest_picture / grid.width, widest_tile / (image.width + 1));
  return picture(grid, alt, std::max<std::size_t>(scale, 1));
}

std::size_t tiles_that_fit(ImageShape image, std::size_t most) {
  constexpr std::size_t most_pixels = 300'000;
  return std::clamp<std::size_t>(most_pixels / (image.height * image.width), 1, most);
}

std::size_t grid_side(ImageShape image) {
  std::size_t side = 15;
  while (side > 2 && tiles_that_fit(image, side * side) < side * side) --side;
  return side;
}

Tensor rows_that_fit(const Tensor& X, ImageShape image, std::size_t most) {
  return slice_rows(X, 0, std::min(X.rows(), tiles_that_fit(image, most)));
}

std::string strips(const std::vector<Strip>& rows, ImageShape image) {
  std::string out = "<div class=\"strips\">\n";
  for (const Strip& row : rows) {
    const GreyImage grid = image_grid(row.X, image.height, image.width, row.X.rows(), row.range);
    out += say("<p>{} <span>{}</span></p>\n{}\n", row.name, row.detail,
               picture(grid, row.alt, std::max<std::size_t>(1, 540 / grid.width)));
  }
  return out + "</div>";
}

namespace {

std::string reconstruction_strips(const Dataset& data, const std::vector<Reconstruction>& all,
                                  std::size_t code_size, const std::string& part) {
  const std::vector<std::size_t> chosen = rows_to_show(data, 10);
  std::string labels;
  for (std::size_t i : chosen) {
    if (data.has_labels()) labels += text(labels.empty() ? " of classes " : ", ", data.labels[i]);
  }
  std::vector<Strip> rows = {{"original", "", rows_at(data.X, chosen),
                              say("{} {} pictures{}", chosen.size(), part, labels)}};
  for (const Reconstruction& one : all) {
    rows.push_back({one.name, "error " + number(one.error), rows_at(one.X, chosen),
                    "the same pictures, reconstructed by: " + one.words});
  }
  return figure(strips(rows, data.image),
                say("{} pictures{}, and below each what {} makes of it from {}. The error is that "
                    "of all {} pictures. Look down a column: what becomes blurred, and which "
                    "pictures turn into another.",
                    capitalised(part), labels, all.size() > 1 ? "every method" : "the model",
                    counted(code_size, "number"), part));
}

// One feature of a test example, and what each method makes of it, to four digits of the largest.
Cells feature_row(const Dataset& data, const std::vector<Reconstruction>& all, std::size_t i,
                  std::size_t j) {
  std::vector<double> values = {double(data.X(i, j))};
  for (const Reconstruction& one : all) values.push_back(double(one.X(i, j)));
  double largest = 0;
  for (double value : values) largest = std::max(largest, std::abs(value));
  const int decimals = largest > 0 ? std::clamp(3 - int(std::floor(std::log10(largest))), 0, 9) : 0;
  Cells row = {say("row {}, feature&nbsp;{}", i + 1, j + 1)};
  for (double value : values) row.push_back(fixed_number(value, decimals));
  return row;
}

std::string reconstruction_table(const Dataset& data, const std::vector<Reconstruction>& all,
                                 std::size_t code_size, const std::string& part) {
  constexpr std::size_t most_features = 6;
  std::vector<std::size_t> chosen = rows_to_show(data, 3);
  std::sort(chosen.begin(), chosen.end());
  const std::size_t features = std::min(data.features(), most_features);
  const bool several = all.size() > 1;
  const std::string caption = say(
      "{}, {}{} features, as {} them from {}.{}", counted(chosen.size(), part + " example"),
      features < data.features() ? text("the first ", features, " of ") : "all ", data.features(),
      several ? "each method reconstructs" : "the model reconstructs", counted(code_size, "number"),
      several ? " Look for the features that only some methods keep." : "");
  Cells columns = {part + " row, feature", "original"};
  for (const Reconstruction& one : all) columns.push_back(one.name);
  std::vector<Cells> rows;
  for (std::size_t i : chosen) {
    for (std::size_t j = 0; j < features; ++j) rows.push_back(feature_row(data, all, i, j));
  }
  return table(caption, columns, rows);
}

}  // namespace

std::string reconstructions(const Dataset& data, const std::vector<Reconstruction>& all,
                            std::size_t code_size, const std::string& part) {
  return data.has_pictures() ? reconstruction_strips(data, all, code_size, part)
                             : reconstruction_table(data, all, code_size, part);
}

Tensor without_still_pixels(Tensor weights, const Tensor& X) {
  check(weights.cols() == X.cols(), "still pixels: weights ", weights.shape, " of data ", X.shape);
  const Tensor mean = column_means(X);
  std::vector<double> variance(X.cols(), 0);
  double mean_variance = 0;
  for (std::size_t j = 0; j < X.cols(); ++j) {
    for (std::size_t i = 0; i < X.rows(); ++i)
      variance[j] += std::pow(double(X(i, j)) - double(mean[j]), 2) / double(X.rows());
    mean_variance += variance[j] / double(X.cols());
  }
  for (std::size_t j = 0; j < X.cols(); ++j) {
    if (variance[j] >= 0.1 * mean_variance && variance[j] > 0) continue;
    for (std::size_t k = 0; k < weights.rows(); ++k) weights(k, j) = 0;
  }
  return weights;
}

Tensor units_of(const Tensor& W, const Tensor& X) {
  return without_still_pixels(transposed(W), X);
}

}  // namespace strata::pages
