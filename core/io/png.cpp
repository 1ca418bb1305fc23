#include "core/io/png.hpp"

#include <cstdint>

#include "core/check.hpp"
#include "core/io/deflate.hpp"

namespace strata {
namespace {

constexpr std::size_t longest_side = 0x7FFFFFFF;

std::string big_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += char((number >> shift) & 0xFF);
  return bytes;
}

// length, type, data, CRC of type and data
std::string chunk(const std::string& type, const std::string& data) {
  const std::string checked = type + data;
  return big_endian(data.size()) + checked + big_endian(crc32(checked));
}

}  // namespace

std::string png_grey(const GreyImage& image) {
  const auto& [width, height, pixels] = image;
  check(width > 0 && height > 0 && width <= longest_side && height <= longest_side,
        "png: a picture of ", width, "×", height, " pixels");
  check(pixels.size() == width * height, "png: ", pixels.size(), " bytes for ", width, "×", height,
        " pixels of 1 (needs ", width * height, ")");
  std::string rows;
  rows.reserve(height * (width + 1));
  for (std::size_t r = 0; r < height; ++r) {
    rows += '\0';  // the filter of this row: none
    const auto first = pixels.begin() + std::ptrdiff_t(r * width);
    rows.append(first, first + std::ptrdiff_t(width));
  }
  std::string header = big_endian(width) + big_endian(height);
  header += char(8);               // bits per pixel
  header += char(0);               // grey
  header += std::string(3, '\0');  // deflate, the standard filters, not interlaced
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", header) + chunk("IDAT", zlib_compress(rows)) +
         chunk("IEND", "");
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      three = three << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool padding = at + i > bytes.size();
      out += padding ? '=' : letters[(three >> (18 - 6 * i)) & 63];
    }
  }
  return out;
}

std::string png_data_uri(std::string_view png) {
  return "data:image/png;base64," + base64(png);
}

}  // namespace strata
