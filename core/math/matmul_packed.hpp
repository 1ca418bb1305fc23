#pragma once
// The fast matrix product behind core/math/matmul.hpp: packed and blocked for the caches, its inner
// loop in registers. docs/guide/fast-matmul.md builds it up step by step and measures each step.

#include "core/math/matmul.hpp"
#include "core/math/simd.hpp"

namespace strata {

/// C = or += scale · A B, n×p entries, each a sum of k terms. A and B are read through strides:
/// entry (i, l) of A is A[i·a_row + l·a_col]. A transposed operand has the same numbers with its
/// two strides exchanged.
struct Product {
  std::size_t n, k, p;
  const Real* A = nullptr;
  std::size_t a_row = 0, a_col = 0;
  const Real* B = nullptr;
  std::size_t b_row = 0, b_col = 0;
  Real* C = nullptr;
  std::size_t c_row = 0;
  Real scale = 1;
  Store store = Store::overwrite;
};

// A tile of C is two vectors wide. Its sums, two vectors of B and one number of A leave one
// register free: 14×2 + 3 of 32, or 6×2 + 3 of 16. Each step of l then takes 2 + 14 loads for 28
// multiply-adds (2 + 6 for 12), and the loads can keep up.
inline constexpr std::size_t tile_cols = 2 * lanes;
inline constexpr std::size_t tile_rows = vector_registers / 2 - 2;

/// Runs on the calling thread alone. k > 0, and for each operand one of the two strides is 1.
void multiply_packed(const Product& product);

}  // namespace strata
