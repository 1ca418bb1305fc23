// How a matrix product gets fast, one idea at a time, each measured: the program of docs/guide/fast-matmul.md.
//
//   make REAL=float
//   g++ -std=c++20 -O3 -march=native -fno-tree-vectorize -DSTRATA_REAL_FLOAT -I. -pthread
//       docs/benchmarks/matmul_steps.cpp build/float/libstrata.a -o build/matmul_steps              (all in one line)
//   build/matmul_steps [n]        C = A B, all three n×n; n = 768 unless given, a multiple of 96
//
// (In double: no REAL=float, no -DSTRATA_REAL_FLOAT, and build/release/libstrata.a.) -fno-tree-vectorize keeps the compiler
// from making vectors by itself: it would in some steps and not in others, and hide what each idea wins. Every product is
// held against that of step 1; exit status 1 if one differs.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/math/matmul.hpp"
#include "core/random/rng.hpp"
#include "core/math/simd.hpp"

using namespace strata;

namespace {

/// C = A B for `rows` rows of A and C; rows have n numbers, B has n rows.
struct Square {
  std::size_t n, rows;
  const Real* A;
  const Real* B;
  Real* C;
};

// ---- step 1: the definition, C_ij = Σ_l A_il B_lj. Each addition waits for the one before, and B is read down its columns.
void three_loops(const Square& x) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.n; ++j) {
      Real sum = 0;
      for (std::size_t l = 0; l < x.n; ++l) sum += x.A[i * x.n + l] * x.B[l * x.n + j];
      x.C[i * x.n + j] = sum;
    }
  }
}

// ---- step 2: the same terms, row by row: C_i = Σ_l A_il B_l. The n sums of a row do not wait for each other, and rows are
// read in the order in which they lie in memory.
void rows_in_order(const Square& x) {
  std::fill_n(x.C, x.rows * x.n, Real(0));
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t l = 0; l < x.n; ++l) {
      const Real a_il = x.A[i * x.n + l];
      for (std::size_t j = 0; j < x.n; ++j) x.C[i * x.n + j] += a_il * x.B[l * x.n + j];
    }
  }
}

// ---- step 3: vectors. One instruction multiplies and adds as many numbers as a register holds.
// (SimdVector is an extension of GCC and Clang, see core/math/simd.hpp. memcpy from and to it is one load or store.)
SimdVector load(const Real* from) {
  SimdVector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

void store(Real* to, SimdVector v) {
  std::memcpy(to, &v, sizeof v);
}

void add_multiple(Real* c, Real a_il, const Real* b, std::size_t count) {  // c += a_il b
  for (std::size_t j = 0; j < count; j += lanes) store(c + j, load(c + j) + a_il * load(b + j));
}

void vectors(const Square& x) {
  std::fill_n(x.C, x.rows * x.n, Real(0));
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t l = 0; l < x.n; ++l) add_multiple(x.C + i * x.n, x.A[i * x.n + l], x.B + l * x.n, x.n);
  }
}

// ---- step 4: blocks. A block of B that fits into the first-level cache (32 rows of 1 KB) serves all rows of C before the
// next one is fetched: B comes from far away once, not once for each row. Each piece of C comes n/32 times.
constexpr std::size_t near_rows = 32, near_cols = 1024 / sizeof(Real);

// C += A B for the numbers of one block: `rows` × `cols` numbers of B from (l0, j0) on, to be found at `block`.
void add_block(const Square& x, std::size_t l0, std::size_t rows, std::size_t j0, std::size_t cols,
               const Real* block, std::size_t block_row) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t l = 0; l < rows; ++l)
      add_multiple(x.C + i * x.n + j0, x.A[i * x.n + l0 + l], block + l * block_row, cols);
  }
}

void blocks(const Square& x) {
  std::fill_n(x.C, x.rows * x.n, Real(0));
  for (std::size_t l = 0; l < x.n; l += near_rows) {
    for (std::size_t j = 0; j < x.n; j += near_cols)
      add_block(x, l, std::min(near_rows, x.n - l), j, std::min(near_cols, x.n - j), x.B + l * x.n + j, x.n);
  }
}

// ---- step 5: packing. The block is copied first, its rows one right behind the other: they cannot fall into the same few
// sets of the cache, they lie on 8 pages, and none of their vectors lies across two cache lines.
struct alignas(vector_bytes) Line {
  Real numbers[lanes];
};

Real* room_for(std::size_t count, std::vector<Line>& memory) {
  if (memory.size() * lanes < count) memory.resize((count + lanes - 1) / lanes);
  return memory.data()->numbers;
}

void packed_blocks(const Square& x) {
  thread_local std::vector<Line> memory;
  Real* const block = room_for(near_rows * near_cols, memory);
  std::fill_n(x.C, x.rows * x.n, Real(0));
  for (std::size_t l = 0; l < x.n; l += near_rows) {
    for (std::size_t j = 0; j < x.n; j += near_cols) {
      const std::size_t rows = std::min(near_rows, x.n - l), cols = std::min(near_cols, x.n - j);
      for (std::size_t r = 0; r < rows; ++r)
        std::copy_n(x.B + (l + r) * x.n + j, cols, block + r * near_cols);
      add_block(x, l, rows, j, cols, block, near_cols);
    }
  }
}

// ---- step 6: registers. The sums of a tile of C, 12×2 vectors (6×2 where there are 16 registers), stay in registers while l
// passes by. Two loads of B and 12 of A then serve 24 multiply-adds; before, each had two loads and a store of its own.
// (The library's tile has 14 rows. 12 and 6 divide every multiple of 96, so that here no tile ends outside of C.)
constexpr std::size_t rows_of_tile = vector_registers == 32 ? 12 : 6, cols_of_tile = 2 * lanes;

// body(0), body(1), … written out: an array lives in registers only if all its indices are constants (and nothing is called).
template <class Body, std::size_t... i>
[[gnu::always_inline]] inline void unrolled(const Body& body, std::index_sequence<i...>) {
  (body(i), ...);
}

// `packed`: a and b are panels; otherwise they point into the matrices, whose rows are n apart.
template <bool packed>
void add_tile(const Real* a, const Real* b, std::size_t depth, Real* c, std::size_t n) {
  const std::size_t a_row = packed ? 1 : n, a_col = packed ? rows_of_tile : 1,
                    b_row = packed ? cols_of_tile : n;
  constexpr auto each_row = std::make_index_sequence<rows_of_tile>();
  SimdVector left[rows_of_tile], right[rows_of_tile];
  unrolled([&](std::size_t r) { left[r] = load(c + r * n), right[r] = load(c + r * n + lanes); }, each_row);
  for (std::size_t l = 0; l < depth; ++l) {
    const SimdVector b_left = load(b + l * b_row), b_right = load(b + l * b_row + lanes);
    unrolled(
        [&](std::size_t r) {
          const Real a_rl = a[r * a_row + l * a_col];
          left[r] += a_rl * b_left;
          right[r] += a_rl * b_right;
        },
        each_row);
  }
  unrolled([&](std::size_t r) { store(c + r * n, left[r]), store(c + r * n + lanes, right[r]); }, each_row);
}

// For each block of l and of columns: pack B; for each 12 rows of C: pack A; for each two vectors of columns: one tile. A panel
// of A (12 KB in float) stays in the first-level cache while B passes by, the block of B (1 MB) in the second while A does.
constexpr std::size_t block_depth = 256, block_cols = 1024 * 1024 / (block_depth * sizeof(Real));

template <bool packed>
void tiles(const Square& x, std::size_t most_depth, std::size_t most_cols) {
  thread_local std::vector<Line> a_memory, b_memory;
  Real* const a_panel = room_for(rows_of_tile * most_depth, a_memory);
  Real* const b_panels = room_for(most_depth * most_cols, b_memory);
  std::fill_n(x.C, x.rows * x.n, Real(0));
  for (std::size_t l0 = 0; l0 < x.n; l0 += most_depth) {
    const std::size_t depth = std::min(most_depth, x.n - l0);
    for (std::size_t j0 = 0; j0 < x.n; j0 += most_cols) {
      const std::size_t j1 = std::min(j0 + most_cols, x.n);
      for (std::size_t j = j0; packed && j < j1; j += cols_of_tile) {
        for (std::size_t l = 0; l < depth; ++l)
          std::copy_n(x.B + (l0 + l) * x.n + j, cols_of_tile, b_panels + (j - j0) * depth + l * cols_of_tile);
      }
      for (std::size_t i = 0; i < x.rows; i += rows_of_tile) {
        const Real* const a = x.A + i * x.n + l0;
        for (std::size_t l = 0; packed && l < depth; ++l) {
          for (std::size_t r = 0; r < rows_of_tile; ++r) a_panel[l * rows_of_tile + r] = a[r * x.n + l];
        }
        for (std::size_t j = j0; j < j1; j += cols_of_tile)
          add_tile<packed>(packed ? a_panel : a, packed ? b_panels + (j - j0) * depth : x.B + l0 * x.n + j,
                           depth, x.C + i * x.n + j, x.n);
      }
    }
  }
}

void register_tiles(const Square& x) {
  tiles<true>(x, block_depth, block_cols);
}

// ---- step 7: threads. Each computes some of the rows of C, and nobody waits for anybody but at the end.
void threads(const Square& x, Workers& workers) {
  workers.for_ranges(x.rows, rows_of_tile, [&x](std::size_t begin, std::size_t end) {
    register_tiles({x.n, end - begin, x.A + begin * x.n, x.B, x.C + begin * x.n});
  });
}

// ---- measuring

// The peak: 16 independent sums in registers, nothing to load. A multiply-add takes 4 cycles and two begin in each, so that 8
// sums would do. Its numbers come from outside, or the compiler would compute the result itself.
constexpr std::size_t peak_steps = 200'000;
constexpr double peak_flop = 2.0 * peak_steps * 16 * lanes;

Real multiply_adds(const Real* numbers) {
  constexpr auto each = std::make_index_sequence<16>();
  const SimdVector factor = load(numbers), term = load(numbers + lanes);
  SimdVector sums[16];
  unrolled([&](std::size_t s) { sums[s] = load(numbers + s); }, each);
  for (std::size_t step = 0; step < peak_steps; ++step)
    unrolled([&](std::size_t s) { sums[s] = sums[s] * factor + term; }, each);
  for (std::size_t s = 1; s < 16; ++s) sums[0] += sums[s];
  return sums[0][0];
}

struct Step {
  const char* name;
  std::size_t threads = 1;
  std::size_t before = 0;  // the step that its gain is counted from
  double flop = 0;
  std::function<void()> run;
  std::vector<double> seconds{};

  void measure() {
    const Clock::time_point start = Clock::now();
    run();
    seconds.push_back(seconds_since(start));
  }
  double rate() {  // GFLOP/s, the median
    std::sort(seconds.begin(), seconds.end());
    return 1e-9 * flop / seconds[seconds.size() / 2];
  }
};

std::vector<Step> all_steps(const Square& x, const Tensor& A, const Tensor& B, Tensor& C, Workers& workers,
                            std::vector<Real>& sinks) {
  const std::size_t all = workers.threads();
  const double flop = 2.0 * double(x.n) * double(x.n) * double(x.n);
  const auto peak = [&](std::size_t t, std::size_t) { sinks[t] = multiply_adds(x.A); };
  return {{"multiply-adds in registers", 1, 0, peak_flop, [=] { peak(0, 1); }},
          {"the same, all threads", all, 0, peak_flop * double(all),
           [=, &workers] { workers.for_ranges(all, 1, peak); }},
          {"1 three loops i, j, l", 1, 2, flop, [&] { three_loops(x); }},
          {"2 loops i, l, j: rows in order", 1, 2, flop, [&] { rows_in_order(x); }},
          {"3 vectors", 1, 3, flop, [&] { vectors(x); }},
          {"4 blocks of B", 1, 4, flop, [&] { blocks(x); }},
          {"5 packed blocks of B", 1, 5, flop, [&] { packed_blocks(x); }},
          {"6 tiles of C in registers", 1, 6, flop, [&] { register_tiles(x); }},
          {"  6 but not packed", 1, 7, flop, [&] { tiles<false>(x, block_depth, block_cols); }},
          {"  6 but not packed, no blocks", 1, 7, flop, [&] { tiles<false>(x, x.n, x.n); }},
          {"7 all threads", all, 7, flop, [&] { threads(x, workers); }},
          {"matmul", 1, 7, flop, [&] { matmul(A, B, C); }},
          {"matmul, all threads", all, 10, flop, [&] { matmul(A, B, C, Store::overwrite, &workers); }}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t n = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 768;
  if (n == 0 || n % 96 != 0) {
    std::fprintf(stderr, "matmul_steps [n]: n must be a multiple of 96\n");
    return 2;
  }
  Rng rng(1);
  const Tensor A = uniform_tensor({n, n}, rng, -1, 1), B = uniform_tensor({n, n}, rng, -1, 1);
  Tensor C({n, n}), expected;
  const Square x{n, n, A.values.data(), B.values.data(), C.values.data()};
  Workers workers;
  std::vector<Real> sinks(workers.threads());
  std::vector<Step> steps = all_steps(x, A, B, C, workers, sinks);

  // Right? The steps round differently: the terms of a sum are added in other groups.
  const double tolerance = double(n) * double(std::numeric_limits<Real>::epsilon());
  for (std::size_t s = 2; s < steps.size(); ++s) {
    C.fill(std::numeric_limits<Real>::quiet_NaN());  // whatever is left unwritten is found
    steps[s].run();
    if (s == 2) expected = C;
    const double difference = relative_difference(expected, C);
    if (!(difference <= tolerance)) {
      std::fprintf(stderr, "%s differs from step 1 by %.2g of the largest entry (allowed: %.2g)\n",
                   steps[s].name, difference, tolerance);
      return 1;
    }
  }

  // Fast? In rounds of a tenth of a second a step, so that a disturbance hits all steps alike.
  for (int round = 0; round < 7; ++round) {
    for (Step& step : steps) {
      if (round >= 3 && step.seconds.front() > 1) continue;
      const Clock::time_point start = Clock::now();
      do step.measure();
      while (seconds_since(start) < 0.1);
    }
  }
  std::printf("C = A B, n = %zu, %s, %zu numbers a vector, %zu threads\n\n", n, real_name, lanes,
              workers.threads());
  std::printf("%-32s %9s %8s %9s\n", "step", "GFLOP/s", "gain", "of peak");
  for (Step& step : steps) {
    const double rate = step.rate(), peak = steps[step.threads > 1 ? 1 : 0].rate();
    std::printf("%-32s %9.2f %7.2fx %8.1f%%\n", step.name, rate, rate / steps[step.before].rate(),
                100 * rate / peak);
  }
}
