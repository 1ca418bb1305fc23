#pragma once
// Pictures on a page: tiles, strips of examples over their reconstructions, and units' weights.

#include <string>
#include <vector>

#include "core/charts/image_grid.hpp"
#include "core/data/dataset.hpp"

namespace strata::pages {

/// The rows of X as tiles, `columns` in a row, drawn as large as suits the page. `alt` is escaped
/// here.
std::string tiles(const Tensor& X, ImageShape image, std::size_t columns, GridRange range,
                  const std::string& alt);
/// How many pictures of that shape a figure holds: `most`, or fewer where they are large.
std::size_t tiles_that_fit(ImageShape image, std::size_t most);
/// The side of the largest square of tiles that fits, at most 15.
std::size_t grid_side(ImageShape image);
/// The first rows, as many of them as fit.
Tensor rows_that_fit(const Tensor& X, ImageShape image, std::size_t most);

/// Pictures X (n × pixels) in one row, `name` and `detail` before them (HTML); `alt` is plain text.
struct Strip {
  std::string name, detail;
  Tensor X;
  std::string alt;
  GridRange range = GridRange::unit;
};
/// One strip below the other.
std::string strips(const std::vector<Strip>& rows, ImageShape image);

/// What a method made of some examples.
struct Reconstruction {
  std::string name, words;  // short, before its row; longer, for those who cannot see it
  double error;             // of all the examples that were judged
  Tensor X;                 // the reconstructions, of as many rows as the data
};
/// The first examples of each class in one row, and each method's reconstructions below them; a
/// table of numbers for data that are not pictures. `part`: the rows are "test" or "training" rows.
std::string reconstructions(const Dataset& data, const std::vector<Reconstruction>& all,
                            std::size_t code_size, const std::string& part = "test");

/// Weights (units × pixels) of an encoder with 0 for pixels that hardly vary in X (examples ×
/// pixels). Those weights do little for any example, but some are large (Adam steps as far on rare
/// gradients), and would set the scale of a tile. The sentence says so.
Tensor without_still_pixels(Tensor weights, const Tensor& X);
/// The same of W (inputs × units).
Tensor units_of(const Tensor& W, const Tensor& X);
extern const char* const on_still_pixels;

}  // namespace strata::pages
