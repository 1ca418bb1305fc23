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

}  // namespace strata
