#include "core/io/png.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/charts/image_grid.hpp"
#include "core/io/deflate.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata::testing;
using strata::GreyImage;
using strata::GridRange;
using strata::image_grid;
using strata::Real;
using strata::Tensor;

namespace {

// A reader of one deflate block with the fixed code, written independently of the writer: it walks
// the canonical code bit by bit.
struct Inflater {
  std::string_view in;
  std::size_t bit = 0;

  unsigned take(unsigned count) {
    unsigned value = 0;
    for (unsigned i = 0; i < count; ++i, ++bit) {
      value |= ((static_cast<unsigned char>(in.at(bit / 8)) >> (bit % 8)) & 1u) << i;
    }
    return value;
  }

  unsigned take_symbol() {
    unsigned code = 0;
    for (unsigned length = 1; length <= 9; ++length) {
      code = code << 1 | take(1);
      if (length == 7 && code <= 0b0010111) return 256 + code;
      if (length == 8 && code >= 0b00110000 && code <= 0b10111111) return code - 0b00110000;
      if (length == 8 && code >= 0b11000000 && code <= 0b11000111) return 280 + code - 0b11000000;
      if (length == 9) return 144 + code - 0b110010000;
    }
    return 0;
  }

  std::string inflate() {
    std::string out;
    REQUIRE(take(1) == 1);
    REQUIRE(take(2) == 1);
    for (unsigned symbol = take_symbol(); symbol != 256; symbol = take_symbol()) {
      if (symbol < 256) {
        out += char(symbol);
        continue;
      }
      // Lengths come in groups of four symbols of equally many extra bits, distances in groups of
      // two.
      const unsigned l = symbol - 257;
      const unsigned extra = l < 8 || l == 28 ? 0 : l / 4 - 1;
      const unsigned length = l == 28 ? 258
                              : l < 8 ? 3 + l
                                      : 3 + ((4 + l % 4) << extra) + take(extra);
      unsigned d = 0;
      for (int i = 0; i < 5; ++i) d = d << 1 | take(1);
      const unsigned d_extra = d < 4 ? 0 : d / 2 - 1;
      const unsigned distance = d < 4 ? 1 + d : 1 + ((2 + d % 2) << d_extra) + take(d_extra);
      REQUIRE(distance <= out.size());
      for (unsigned i = 0; i < length; ++i) out += out[out.size() - distance];
    }
    return out;
  }
};

std::string unzip(std::string_view stream) {
  REQUIRE(stream.size() > 6);
  CHECK((static_cast<unsigned char>(stream[0]) * 256 + static_cast<unsigned char>(stream[1])) %
            31 ==
        0);
  const std::string bytes = Inflater{stream.substr(2)}.inflate();
  std::uint32_t checksum = 0;
  for (char c : stream.substr(stream.size() - 4))
    checksum = checksum << 8 | static_cast<unsigned char>(c);
  CHECK(checksum == strata::adler32(bytes));
  return bytes;
}

std::size_t number_at(std::string_view bytes, std::size_t at) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

// The pixels of a PNG that has one IDAT chunk and no filters.
std::string decode(std::string_view png, std::size_t width, std::size_t height) {
  CHECK(png.substr(0, 8) == "\x89PNG\r\n\x1A\n");
  std::string rows;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t size = number_at(png, at);
    const std::string_view type = png.substr(at + 4, 4), data = png.substr(at + 8, size);
    CHECK(number_at(png, at + 8 + size) == strata::crc32(png.substr(at + 4, 4 + size)));
    if (type == "IHDR") {
      CHECK(number_at(data, 0) == width);
      CHECK(number_at(data, 4) == height);
      CHECK(data.substr(8) == std::string({8, 0, 0, 0, 0}));
    }
    if (type == "IDAT") rows = unzip(data);
    at += 12 + size;
  }
  CHECK(png.substr(png.size() - 8) == "IEND\xAE\x42\x60\x82");
  std::string pixels;
  REQUIRE(rows.size() == height * (width + 1));
  for (std::size_t r = 0; r < height; ++r) pixels += rows.substr(r * (width + 1) + 1, width);
  return pixels;
}

std::string as_string(const std::vector<unsigned char>& pixels) {
  return {pixels.begin(), pixels.end()};
}

}  // namespace

TEST_CASE("png: checksums have their published values") {
  CHECK(strata::crc32("123456789") == 0xCBF43926);
  CHECK(strata::crc32("IEND") == 0xAE426082);
  CHECK(strata::adler32("Wikipedia") == 0x11E60398);
  CHECK(strata::adler32("") == 1);
  CHECK(strata::adler32(std::string(10000, '\xFF')) ==
        0xB623EB2B);  // from Python's zlib: both sums wrap
}

TEST_CASE("png: what is compressed comes back, short, long, random, repeated") {
  strata::Rng rng(3);
  std::string noise, far = "abcdefgh";
  for (int i = 0; i < 100000; ++i) noise += char(rng.below(256));
  far += noise.substr(0, 32760) + "abcdefgh";  // a match at the largest distance
  const std::string beyond =
      "abcdefgh" + noise.substr(0, 32761) + "abcdefgh";  // and just beyond it
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("ab"), std::string("aaa"), noise, far, beyond,
        std::string(100000, '\0'), noise.substr(0, 700) + noise.substr(0, 700)}) {
    CHECK(unzip(strata::zlib_compress(bytes)) == bytes);
  }
  for (std::size_t length = 1; length < 600; ++length) {  // every length symbol
    const std::string bytes(length, 'x');
    CHECK(unzip(strata::zlib_compress(bytes)) == bytes);
  }
  for (std::size_t distance = 3; distance < 32000; distance = distance * 5 / 4 + 1) {
    const std::string bytes = noise.substr(0, distance) + noise.substr(0, 50);
    CHECK(unzip(strata::zlib_compress(bytes)) == bytes);
  }
  CHECK(strata::zlib_compress(std::string(100000, '\0')).size() < 1000);
}

TEST_CASE("png: grey pictures decode to their pixels") {
  strata::Rng rng(4);
  std::vector<unsigned char> pixels(7 * 5 * 3);
  for (unsigned char& pixel : pixels) pixel = static_cast<unsigned char>(rng.below(256));
  CHECK(decode(strata::png_grey({35, 3, pixels}), 35, 3) == as_string(pixels));
  CHECK(error_of([&] {
          strata::png_grey({7, 5, pixels});
        }) == "png: 105 bytes for 7×5 pixels of 1 (needs 35)");
  CHECK(error_of([&] { strata::png_grey({0, 5, {}}); }) == "png: a picture of 0×5 pixels");
}

TEST_CASE("png: base64 as in RFC 4648") {
  CHECK(strata::base64("") == "");
  CHECK(strata::base64("f") == "Zg==");
  CHECK(strata::base64("fo") == "Zm8=");
  CHECK(strata::base64("foo") == "Zm9v");
  CHECK(strata::base64("foobar") == "Zm9vYmFy");
  CHECK(strata::base64("\xFB\xFF\xFE") == "+//+");
  CHECK(strata::png_data_uri("foo") == "data:image/png;base64,Zm9v");
}

TEST_CASE("image grid: tiles, borders and clamping") {
  const Real not_a_number = Real(std::nan(""));
  const Tensor X = Tensor::matrix({{0, 1}, {Real(0.5), 2}, {-1, not_a_number}});
  const GreyImage grid = image_grid(X, 1, 2, 2);
  CHECK(grid.width == 7);
  CHECK(grid.height == 5);
  CHECK(grid.pixels == std::vector<unsigned char>{80, 80, 80,  80, 80,  80,  80,  //
                                                  80, 0,  255, 80, 128, 255, 80,  //
                                                  80, 80, 80,  80, 80,  80,  80,  //
                                                  80, 0,  0,   80, 80,  80,  80,  //
                                                  80, 80, 80,  80, 80,  80,  80});
  CHECK(image_grid(X, 2, 1, 10).width == 7);
  CHECK(image_grid(X.reshaped({3, 1, 2, 1}), 2, 1, 10).height == 4);
  CHECK(error_of([&] { image_grid(X, 2, 2, 3); }) ==
        "image_grid: X is 3×2, but a picture of 2×2 has 4 numbers");
  CHECK(error_of([&] { image_grid(X, 1, 2, 0); }) ==
        "image_grid: no pictures (X is 3×2, columns 0)");
  CHECK(error_of([&] { image_grid(Tensor(), 1, 2, 1); }) ==
        "image_grid: no pictures (X is empty, columns 1)");
}

TEST_CASE("image grid: filters are scaled tile by tile, 0 is mid grey") {
  const Tensor W = Tensor::matrix({{0, -4}, {Real(0.1), Real(-0.05)}, {0, 0}});
  const GreyImage grid = image_grid(W, 1, 2, 3, GridRange::symmetric);
  const std::vector<unsigned char> middle(grid.pixels.begin() + 10, grid.pixels.begin() + 20);
  CHECK(middle == std::vector<unsigned char>{0, 128, 0, 0, 255, 64, 0, 128, 128, 0});
  const Real largest = std::numeric_limits<Real>::max();
  CHECK(image_grid(Tensor({1, 1}, largest), 1, 1, 1, GridRange::symmetric).pixels[4] == 255);
}

TEST_CASE("image grid: magnified by whole factors") {
  const GreyImage large = strata::magnified({2, 1, {7, 9}}, 2);
  CHECK(large.width == 4);
  CHECK(large.height == 2);
  CHECK(large.pixels == std::vector<unsigned char>{7, 7, 9, 9, 7, 7, 9, 9});
  CHECK(error_of([] { strata::magnified({}, 0); }) == "magnified: the factor is 0");
}
