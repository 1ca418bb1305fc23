#pragma once
// 1797 handwritten digits of 8×8 pixels, built into the program: data to run on without a download.
//
// "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak (1998), UCI Machine
// Learning Repository, https://doi.org/10.24432/C50P49, licensed CC BY 4.0
// (https://creativecommons.org/licenses/by/4.0/). This is its test set, written by 13 people.
// Bitmaps of 32×32 were divided into blocks of 4×4, and the pixels that are on were counted in each
// block: 0 to 16. It is taken from the file that Debian's python3-sklearn ships, and changed:
// spelled out as text, divided by 16 on reading. tests/reference/make_digits.py writes
// digits8x8_data.cpp.

#include <cstddef>

#include "core/data/dataset.hpp"

namespace strata {

inline constexpr std::size_t digits8x8_count = 1797;
/// One example per row: the label, a space, then 64 characters, one for each pixel, row by row from
/// the top left. '.' is a count of 0, '1' to '9' are 1 to 9, 'a' to 'g' are 10 to 16.
extern const char digits8x8_rows[digits8x8_count][67];

/// All of them, in the order of the file: X (1797×64) = count / 16 in [0, 1], labels 0 to 9, image
/// 8×8, name "digits".
Dataset digits8x8();

}  // namespace strata
