#pragma once
// What the readers and writers of binary files share: turning bytes into numbers and back, and the
// checks that come before any memory is allocated.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/check.hpp"
#include "core/tensor.hpp"

namespace strata {

/// The unsigned number in `count` bytes (1 to 8) from bytes[at], which must be there.
inline std::uint64_t read_unsigned(std::string_view bytes, std::size_t at, std::size_t count,
                                   std::endian order) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // Big-endian
    const std::size_t next = order == std::endian::big ? i : count - 1 - i;
    number = number << 8 | static_cast<unsigned char>(bytes[at + next]);
  }
  return number;
}

/// Appends the lowest `count` bytes of a number, or the bytes of a Real, in little-endian order.
inline void append_little_endian(std::string& out, std::uint64_t number, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out += char(number >> (8 * i) & 0xFF);
}
inline void append_little_endian(std::string& out, Real number) {
  using Bits = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;
  append_little_endian(out, std::bit_cast<Bits>(number), sizeof(Real));
}

/// The number whose bits (IEEE 754) these are, in 8 bytes or in 4.
inline double float_of_bits(std::uint64_t bits, std::size_t count) {
  return count == 8 ? std::bit_cast<double>(bits)
                    : double(std::bit_cast<float>(std::uint32_t(bits)));
}

/// Rounded to Real. Infinite numbers and NaN are kept; a number beyond the range of Real throws
/// Error, which begins with `place`.
inline Real to_real(double number, std::string_view place = "") {
  const bool fits =
      !std::isfinite(number) || std::abs(number) <= double(std::numeric_limits<Real>::max());
  check(fits, place, "holds ", number, ", which a ", real_name,
        " cannot hold (use the double build)");
  return Real(number);
}

/// The product of the lengths and bytes_each, or the largest possible number if it would overflow.
inline std::size_t bytes_needed(const Shape& shape, std::size_t bytes_each) {
  std::size_t bytes = bytes_each;
  for (std::size_t length : shape.lengths) {
    if (length == 0) return 0;
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    bytes = bytes > most / length ? most : bytes * length;
  }
  return bytes;
}

/// Throws Error unless `found` bytes hold exactly a tensor of this shape.
inline void check_size(const Shape& shape, std::size_t bytes_each, std::size_t found) {
  const std::size_t needed = bytes_needed(shape, bytes_each);
  check(needed != std::numeric_limits<std::size_t>::max(), "its shape ", shape,
        " is larger than any file");
  check(found >= needed, "is cut off: its shape ", shape, " needs ", needed,
        " bytes after the header, found ", found);
  check(found <= needed, "is too long: its shape ", shape, " needs ", needed,
        " bytes after the header, found ", found);
}

/// The first bytes in hexadecimal: 1f 8b 08 00.
inline std::string first_bytes(std::string_view bytes, std::size_t count) {
  const std::string_view digits = "0123456789abcdef";
  std::string spelled;
  for (char c : bytes.substr(0, count)) {
    const unsigned byte = static_cast<unsigned char>(c);
    if (!spelled.empty()) spelled += ' ';
    spelled += digits[byte >> 4];
    spelled += digits[byte & 15];
  }
  return spelled;
}

/// Throws Error, with the name of the file and the command to type, if its bytes are gzipped.
inline void check_not_gzipped(const std::string& path, std::string_view bytes) {
  const bool gzipped = bytes.starts_with("\x1f\x8b");
  if (path.ends_with(".gz")) check(!gzipped, path, ": is gzipped: gunzip ", path);
  // gunzip leaves files with other names alone.
  check(!gzipped, path, ": is gzipped: mv ", path, " ", path, ".gz && gunzip ", path, ".gz");
}

}  // namespace strata
