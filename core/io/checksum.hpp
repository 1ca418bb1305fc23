#pragma once
// A 64-bit checksum that tells whether numbers are still the same: FNV-1a (Fowler, Noll and Vo)
// over words of 64 bits instead of bytes. Any change of a single word changes it. It does not
// protect against deliberate changes.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/tensor.hpp"

namespace strata {

class Checksum {
 public:
  void add(std::uint64_t word) { bits_ = (bits_ ^ word) * 0x100000001b3; }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(std::string_view text) {
    add(std::uint64_t(text.size()));
    for (const char c : text) add(std::uint64_t(static_cast<unsigned char>(c)));
  }
  /// Adds the shape and the numbers of a tensor.
  void add(const Tensor& A) {
    for (const std::size_t length : A.shape.lengths) add(std::uint64_t(length));
    for (const Real number : A.values) add(double(number));
  }
  /// 16 hexadecimal digits.
  std::string text() const {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(bits_));
    return digits;
  }

 private:
  std::uint64_t bits_ = 0xcbf29ce484222325;
};

}  // namespace strata
