#pragma once
// Many small pictures in one: digits and their reconstructions, or the filters that a layer has
// learnt.

#include <cstddef>

#include "core/io/png.hpp"
#include "core/tensor.hpp"

namespace strata {

/// How numbers become greys.
///   unit       0 black, 1 white, clamped: images
///   symmetric  −M black, 0 mid grey, +M white, with M = max |w| of each tile by itself: filters
enum class GridRange { unit, symmetric };

/// The rows of X (n × image_height·image_width), or the images of a tensor (n, 1, h, w), as tiles
/// from the top left, `columns` in a row (n when there are fewer), each with a border of one pixel.
/// Numbers that are not finite are drawn as 0. Throws Error when X is empty or its rows are not of
/// that size.
GreyImage image_grid(const Tensor& X, std::size_t image_height, std::size_t image_width,
                     std::size_t columns, GridRange range = GridRange::unit);

/// Each pixel as a square of factor × factor pixels. (A page can do without: `image-rendering:
/// pixelated`.)
GreyImage magnified(const GreyImage& image, std::size_t factor);

}  // namespace strata
