#include "core/math/matmul_packed.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

// After Goto and van de Geijn (2008), "Anatomy of high-performance matrix multiplication". Parts of
// A and B are copied ("packed") into panels, in the exact order in which the inner loop reads them:
//
//   for each block of k, block_depth deep
//     for each block of columns of C, block_cols wide   pack this block of B in panels of tile_cols
//       for each tile_rows rows of C                    pack this panel of A
//         for each panel of B                           one tile of C, its sums in registers

namespace strata {
namespace {

// The panel of A (256 × 16 floats: 16 KB) stays in the first-level cache while all panels of B pass
// by; the block of B (1 MB) stays in the second level, or in the third if that is too small, while
// all panels of A pass by. C is written along its rows.
constexpr std::size_t block_depth = 256;
constexpr std::size_t block_cols = 1024 * 1024 / (block_depth * sizeof(Real));
// Panels of A store 14 rows as 16, because squares are transposed into them.
constexpr std::size_t a_width = (tile_rows + lanes - 1) / lanes * lanes;

SimdVector load(const Real* from) {
  SimdVector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

// Prefetches memory that will be needed soon. An address beyond the matrix does no harm: the
// processor ignores it. (The address is computed as a number, since a pointer may not go there.)
void prefetch(const Real* from, std::size_t ahead) {
  __builtin_prefetch(
      reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(from) + ahead * sizeof(Real)));
}

// ---- packing

// Rows become columns: squares of 1×1, then 2×2, 4×4, … numbers change places across the diagonal
// (Eklundh 1972). Of two rows that are `step` apart, the upper one keeps the entries at places
// without the bit `step`. Its other entries move to the lower row, `step` places to the left, in
// exchange for entries that move to the right: with step 1, a₀a₁ and b₀b₁ become a₀b₀ and a₁b₁.
template <std::size_t step, std::size_t... place>
void exchange(SimdVector& upper, SimdVector& lower, std::index_sequence<place...>) {
  const SimdVector a = upper, b = lower;
  upper = __builtin_shufflevector(a, b, (place & step ? lanes + place - step : place)...);
  lower = __builtin_shufflevector(a, b, (place & step ? lanes + place : place + step)...);
}

template <std::size_t step = 1>
void transpose(SimdVector (&square)[lanes]) {
  for (std::size_t r = 0; r < lanes; ++r) {
    if (!(r & step)) exchange<step>(square[r], square[r + step], std::make_index_sequence<lanes>());
  }
  if constexpr (2 * step < lanes) transpose<2 * step>(square);
}

// to[l·width + j] = from[l·l_step + j·j_step] for l < depth and j < width; one of the two steps is
// 1. If the matrix ends before that, at j = count, anything may follow: those sums are not stored.
// In a panel of B, j counts columns; in one of A it counts rows: A is packed transposed, so that
// the inner loop reads both in the same way.
template <std::size_t width>
void pack(const Real* from, std::size_t l_step, std::size_t j_step, std::size_t depth,
          std::size_t count, Real* to) {
  if (j_step == 1) {
    for (std::size_t l = 0; l < depth; ++l) {
      const Real* row = from + l * l_step;
      // Rows are far apart, so the processor cannot anticipate them. (8 ahead: found by trial.)
      prefetch(row, 8 * l_step);
      prefetch(row, 8 * l_step + width - 1);
      if (count >= width) {
        std::memcpy(to + l * width, row, width * sizeof(Real));
      } else {
        std::copy_n(row, count, to + l * width);
      }
    }
    return;
  }
  const std::size_t whole = depth / lanes * lanes;
  for (std::size_t l = 0; l < whole; l += lanes) {
    for (std::size_t j = 0; j < width; j += lanes) {
      SimdVector square[lanes];
      for (std::size_t r = 0; r < lanes; ++r) {
        const Real* place = from + std::min(j + r, count - 1) * j_step + l;
        prefetch(place, 4 * lanes);
        square[r] = load(place);
      }
      transpose(square);
      for (std::size_t r = 0; r < lanes; ++r)
        std::memcpy(to + (l + r) * width + j, &square[r], sizeof(SimdVector));
    }
  }
  for (std::size_t l = whole; l < depth; ++l) {
    for (std::size_t j = 0; j < std::min(width, count); ++j)
      to[l * width + j] = from[l + j * j_step];
  }
}

// ---- the inner loop

// body(0), …, body(n − 1), written out one after the other: an array with only constant indices can
// live in registers. Without the attribute a compiler may call body as a function, which needs the
// array in memory.
template <class Body, std::size_t... i>
[[gnu::always_inline]] inline void unrolled(const Body& body, std::index_sequence<i...>) {
  (body(i), ...);
}

// One tile of C: `rows` rows from a panel of A, and the first `width` columns of a panel of B.
template <std::size_t rows>
void tile(const Product& x, const Real* a, const Real* b, std::size_t depth, Real* c,
          std::size_t width) {
  // Where the sums will go: fetched while they are being computed
  for (std::size_t r = 0; r < rows; ++r) {
    prefetch(c, r * x.c_row);
    prefetch(c, r * x.c_row + lanes);
  }
  constexpr auto each_row = std::make_index_sequence<rows>();
  SimdVector left[rows], right[rows];  // the sums
  unrolled([&](std::size_t r) { left[r] = right[r] = SimdVector{}; }, each_row);
#pragma GCC unroll 2  // fewer loop instructions between the multiply-adds
  for (std::size_t l = 0; l < depth; ++l) {
    const SimdVector b_left = load(b + l * tile_cols), b_right = load(b + l * tile_cols + lanes);
    unrolled(
        [&](std::size_t r) {
          const Real a_rl = a[l * a_width + r];
          left[r] += a_rl * b_left;
          right[r] += a_rl * b_right;
        },
        each_row);
  }

  Real edge[rows * tile_cols];  // if C ends within the tile, it is written here first
  const bool ends = width < tile_cols, adds = x.store == Store::add;
  const Real scale = x.scale;
  Real* const out = ends ? edge : c;
  const std::size_t out_row = ends ? tile_cols : x.c_row;
  for (std::size_t r = 0; ends && adds && r < rows; ++r) {
    std::fill_n(std::copy_n(c + r * x.c_row, width, edge + r * tile_cols), tile_cols - width,
                Real(0));
  }
  unrolled(
      [&](std::size_t r) {
        Real* const c_r = out + r * out_row;
        left[r] *= scale;
        right[r] *= scale;
        if (adds) left[r] += load(c_r);
        if (adds) right[r] += load(c_r + lanes);
        std::memcpy(c_r, &left[r], sizeof(SimdVector));
        std::memcpy(c_r + lanes, &right[r], sizeof(SimdVector));
      },
      each_row);
  for (std::size_t r = 0; ends && r < rows; ++r)
    std::copy_n(edge + r * tile_cols, width, c + r * x.c_row);
}

// tile<1> … tile<tile_rows>, chosen by the number of rows left.
using Tile = decltype(&tile<1>);
template <std::size_t... r>
constexpr std::array<Tile, tile_rows> make_tiles(std::index_sequence<r...>) {
  return {&tile<r + 1>...};
}
constexpr std::array<Tile, tile_rows> tiles = make_tiles(std::make_index_sequence<tile_rows>());

// Memory for packed panels, which a thread keeps from one product to the next so that training
// allocates nothing. It starts at a multiple of the size of a vector, because a load across two
// cache lines takes twice as long.
Real* aligned(std::vector<Real>& memory, std::size_t size) {
  const std::size_t with_room = size + lanes;
  if (memory.size() < with_room) memory.resize(with_room);
  void* begin = memory.data();
  std::size_t room = memory.size() * sizeof(Real);
  return static_cast<Real*>(std::align(vector_bytes, size * sizeof(Real), begin, room));
}

}  // namespace

void multiply_packed(const Product& product) {
  thread_local std::vector<Real> a_memory, b_memory;
  Product x = product;
  const std::size_t blocks = (x.k + block_depth - 1) / block_depth;
  // Blocks of k of about the same depth
  const std::size_t most_depth = (x.k + blocks - 1) / blocks;
  Real* const a_panel = aligned(a_memory, most_depth * a_width);
  // + tile_cols: the last panel is whole even if C ends within it
  Real* const b_panels = aligned(b_memory, most_depth * std::min(block_cols, x.p + tile_cols));

  for (std::size_t l = 0; l < x.k; l += most_depth) {
    const std::size_t depth = std::min(most_depth, x.k - l);
    for (std::size_t j0 = 0; j0 < x.p; j0 += block_cols) {
      const std::size_t j1 = std::min(j0 + block_cols, x.p);
      for (std::size_t j = j0; j < j1; j += tile_cols) {
        pack<tile_cols>(x.B + l * x.b_row + j * x.b_col, x.b_row, x.b_col, depth, x.p - j,
                        b_panels + (j - j0) * depth);
      }
      for (std::size_t i = 0; i < x.n; i += tile_rows) {
        pack<a_width>(x.A + i * x.a_row + l * x.a_col, x.a_col, x.a_row, depth, x.n - i, a_panel);
        const Tile tile_of = tiles[std::min(tile_rows, x.n - i) - 1];
        for (std::size_t j = j0; j < j1; j += tile_cols) {
          tile_of(x, a_panel, b_panels + (j - j0) * depth, depth, x.C + i * x.c_row + j,
                  std::min(tile_cols, x.p - j));
        }
      }
    }
    x.store = Store::add;  // the next blocks of k
  }
}

}  // namespace strata
