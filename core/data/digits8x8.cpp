#include "core/data/digits8x8.hpp"

namespace strata {
namespace {

int pixel_count(char spelled) {
  if (spelled == '.') return 0;
  return spelled <= '9' ? spelled - '0' : spelled - 'a' + 10;
}

}  // namespace

Dataset digits8x8() {
  constexpr std::size_t pixels = 64;
  Dataset digits{
      "digits", Tensor({digits8x8_count, pixels}), std::vector<int>(digits8x8_count), {8, 8}};
  for (std::size_t i = 0; i < digits8x8_count; ++i) {
    const char* row = digits8x8_rows[i];
    digits.labels[i] = row[0] - '0';
    for (std::size_t p = 0; p < pixels; ++p) digits.X(i, p) = Real(pixel_count(row[2 + p])) / 16;
  }
  return digits;
}

}  // namespace strata
