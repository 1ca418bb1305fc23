#include "core/charts/image_grid.hpp"

#include <algorithm>
#include <cmath>

namespace strata {
namespace {

// Each seen next to the usual background of its tiles
constexpr unsigned char unit_border = 80, symmetric_border = 0;

// The numbers of one tile to be black and white.
struct Range {
  double black, white;
};

Range range_of_tile(const Real* tile, std::size_t size, GridRange range) {
  if (range == GridRange::unit) return {0, 1};
  double largest = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (std::isfinite(tile[i])) largest = std::max(largest, std::abs(double(tile[i])));
  }
  return largest > 0 ? Range{-largest, largest} : Range{-1, 1};
}

unsigned char grey(double value, const Range& range) {
  const double finite = std::isfinite(value) ? value : 0;
  // Halved, so that the difference of the two largest numbers does not overflow.
  const double share = (finite / 2 - range.black / 2) / (range.white / 2 - range.black / 2);
  return static_cast<unsigned char>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
}

}  // namespace

GreyImage image_grid(const Tensor& X, std::size_t image_height, std::size_t image_width,
                     std::size_t columns, GridRange range) {
  const std::size_t n = X.rows(), size = image_height * image_width;
  check(!X.empty() && columns > 0, "image_grid: no pictures (X is ", X.shape, ", columns ", columns,
        ")");
  check(X.cols() == size, "image_grid: X is ", X.shape, ", but a picture of ", image_height, "×",
        image_width, " has ", size, " numbers");
  columns = std::min(columns, n);
  const std::size_t tile_rows = (n + columns - 1) / columns;
  GreyImage grid{columns * (image_width + 1) + 1, tile_rows * (image_height + 1) + 1, {}};
  grid.pixels.assign(grid.width * grid.height,
                     range == GridRange::unit ? unit_border : symmetric_border);
  for (std::size_t t = 0; t < n; ++t) {
    const Real* tile = X.row(t);
    const Range greys = range_of_tile(tile, size, range);
    const std::size_t top = 1 + t / columns * (image_height + 1),
                      left = 1 + t % columns * (image_width + 1);
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t row = top + i / image_width, col = left + i % image_width;
      grid.pixels[row * grid.width + col] = grey(double(tile[i]), greys);
    }
  }
  return grid;
}

GreyImage magnified(const GreyImage& image, std::size_t factor) {
  check(factor > 0, "magnified: the factor is 0");
  GreyImage large{image.width * factor, image.height * factor, {}};
  large.pixels.reserve(large.width * large.height);
  for (std::size_t row = 0; row < large.height; ++row) {
    for (std::size_t col = 0; col < large.width; ++col) {
      large.pixels.push_back(image.pixels[row / factor * image.width + col / factor]);
    }
  }
  return large;
}

}  // namespace strata
