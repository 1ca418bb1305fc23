#pragma once
// Grey images of 8 bits per pixel as PNG files (ISO/IEC 15948), and as data URIs for pages.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

/// Row by row from the top left, 0 black to 255 white.
struct GreyImage {
  std::size_t width = 0, height = 0;
  std::vector<unsigned char> pixels;
};

/// The bytes of a PNG file. There must be width·height pixels, at least 1; throws Error otherwise.
std::string png_grey(const GreyImage& image);

/// RFC 4648 with padding: base64("Ma") is "TWE=".
std::string base64(std::string_view bytes);

/// "data:image/png;base64,…", for the src of an <img>.
std::string png_data_uri(std::string_view png);

}  // namespace strata
