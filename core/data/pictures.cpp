#include "core/data/pictures.hpp"

namespace strata {

Tensor shifted(const Tensor& X, ImageShape image, int down, int right) {
  const int height = int(image.height), width = int(image.width);
  check(X.cols() == image.height * image.width, "shifted: X is ", X.shape, ", but pictures of ",
        height, "×", width, " have ", height * width, " pixels");
  Tensor moved(X.shape);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const int from_y = y - down, from_x = x - right;
        if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
        moved(i, std::size_t(y * width + x)) = X(i, std::size_t(from_y * width + from_x));
      }
    }
  }
  return moved;
}

Dataset framed(const Dataset& data, std::size_t border) {
  check(data.image != ImageShape{}, "framed: ", data.name, " has no pictures");
  const std::size_t height = data.image.height + 2 * border, width = data.image.width + 2 * border;
  Dataset larger{data.name, Tensor({data.size(), height * width}), data.labels, {height, width}};
  for (std::size_t i = 0; i < data.size(); ++i) {
    for (std::size_t y = 0; y < data.image.height; ++y) {
      for (std::size_t x = 0; x < data.image.width; ++x) {
        larger.X(i, (y + border) * width + x + border) = data.X(i, y * data.image.width + x);
      }
    }
  }
  return larger;
}

}  // namespace strata
