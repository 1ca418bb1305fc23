#include "core/matmul.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace strata {
namespace {

// One product C = A B of n×p entries, each a sum over k terms, with A and B read through strides: entry (i, l) of A is
// A[i·a_row + l·a_col]. A transposed operand is the same numbers with its two strides exchanged.
struct Product {
  std::size_t n, k, p;
  const Real* A;
  std::size_t a_row, a_col;
  const Real* B;
  std::size_t b_row, b_col;
  Real* C;
  Store store;
};

Product checked(const char* name, const Tensor& A, bool transpose_a, const Tensor& B, bool transpose_b,
                Tensor& C, Store store) {
  check(A.rank() == 2 && B.rank() == 2, name, ": needs two matrices, but A is ", A.shape, " and B is ",
        B.shape);
  const std::size_t n = transpose_a ? A.cols() : A.rows();
  const std::size_t k = transpose_a ? A.rows() : A.cols();
  const std::size_t k_of_b = transpose_b ? B.cols() : B.rows();
  const std::size_t p = transpose_b ? B.rows() : B.cols();
  check(k == k_of_b, name, ": A is ", A.shape, " but B is ", B.shape, " (", transpose_a ? "rows" : "columns",
        " of A must equal ", transpose_b ? "columns" : "rows", " of B)");
  check(C.shape == Shape({n, p}), name, ": the result is ", n, "×", p, " but C is ", C.shape);
  Product product{n,    k, p, A.values.data(), A.cols(), 1, B.values.data(), B.cols(), 1, C.values.data(),
                  store};
  if (transpose_a) std::swap(product.a_row, product.a_col);
  if (transpose_b) std::swap(product.b_row, product.b_col);
  return product;
}

// The definition: C_ij = Σ_l A_il B_lj.
void three_loops(const Product& x) {
  for (std::size_t i = 0; i < x.n; ++i) {
    for (std::size_t j = 0; j < x.p; ++j) {
      Real sum = 0;
      for (std::size_t l = 0; l < x.k; ++l)
        sum += x.A[i * x.a_row + l * x.a_col] * x.B[l * x.b_row + j * x.b_col];
      Real& c = x.C[i * x.p + j];
      c = x.store == Store::add ? c + sum : sum;
    }
  }
}

#ifndef STRATA_DEBUG

// The blocked version computes C in tiles of tile_rows × tile_cols. The tile's sums stay in vector registers while l
// runs over k; each number of A that is loaded is used tile_cols times, each number of B tile_rows times. B is first
// copied into panels of tile_cols columns, so that the inner loop reads it in order, whichever variant it came from.
// A Vector is a compiler extension (GCC and Clang): arithmetic on it works on all its numbers at once.
typedef Real Vector __attribute__((vector_size(64)));
constexpr std::size_t lanes = sizeof(Vector) / sizeof(Real);
constexpr std::size_t tile_rows = 8;
constexpr std::size_t tile_cols = 2 * lanes;

std::vector<Real> pack_panels(const Product& x) {
  const std::size_t panels = (x.p + tile_cols - 1) / tile_cols;
  std::vector<Real> packed(panels * x.k * tile_cols, Real(0));  // columns past p stay 0
  for (std::size_t panel = 0; panel < panels; ++panel) {
    const std::size_t first = panel * tile_cols;
    const std::size_t width = std::min(tile_cols, x.p - first);
    Real* to = packed.data() + panel * x.k * tile_cols;
    for (std::size_t l = 0; l < x.k; ++l) {
      const Real* from = x.B + l * x.b_row + first * x.b_col;
      for (std::size_t j = 0; j < width; ++j) to[l * tile_cols + j] = from[j * x.b_col];
    }
  }
  return packed;
}

template <std::size_t rows>
void tile(const Product& x, const Real* panel, std::size_t i, std::size_t j) {
  Vector left[rows] = {}, right[rows] = {};  // the sums of columns j … and j + lanes …
  const Real* a = x.A + i * x.a_row;
  for (std::size_t l = 0; l < x.k; ++l) {
    Vector b_left, b_right;
    std::memcpy(&b_left, panel + l * tile_cols, sizeof(Vector));
    std::memcpy(&b_right, panel + l * tile_cols + lanes, sizeof(Vector));
    for (std::size_t r = 0; r < rows; ++r) {
      const Real a_rl = a[r * x.a_row + l * x.a_col];
      left[r] += a_rl * b_left;
      right[r] += a_rl * b_right;
    }
  }
  const std::size_t width = std::min(tile_cols, x.p - j);
  for (std::size_t r = 0; r < rows; ++r) {
    Real sums[tile_cols];
    std::memcpy(sums, &left[r], sizeof(Vector));
    std::memcpy(sums + lanes, &right[r], sizeof(Vector));
    Real* out = x.C + (i + r) * x.p + j;
    for (std::size_t c = 0; c < width; ++c) out[c] = x.store == Store::add ? out[c] + sums[c] : sums[c];
  }
}

void blocked(const Product& x, Workers* workers) {
  const std::vector<Real> packed = pack_panels(x);
  const bool small =
      x.n * x.k * x.p < 2'000'000;  // below this, waking another thread costs more than it brings
  for_ranges(small ? nullptr : workers, x.n, tile_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j < x.p; j += tile_cols) {
      const Real* panel = packed.data() + j * x.k;
      std::size_t i = begin;
      for (; i + tile_rows <= end; i += tile_rows) tile<tile_rows>(x, panel, i, j);
      for (; i + 2 <= end; i += 2) tile<2>(x, panel, i, j);
      for (; i < end; ++i) tile<1>(x, panel, i, j);
    }
  });
}

#else

void blocked(const Product& x, Workers*) {
  three_loops(x);
}

#endif

}  // namespace

void matmul_nn(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers) {
  blocked(checked("matmul", A, false, B, false, C, store), workers);
}
void matmul_nt(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers) {
  blocked(checked("matmul_bt", A, false, B, true, C, store), workers);
}
void matmul_tn(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers) {
  blocked(checked("matmul_at", A, true, B, false, C, store), workers);
}

namespace reference {

void matmul_nn(const Tensor& A, const Tensor& B, Tensor& C, Store store) {
  three_loops(checked("matmul", A, false, B, false, C, store));
}
void matmul_nt(const Tensor& A, const Tensor& B, Tensor& C, Store store) {
  three_loops(checked("matmul_bt", A, false, B, true, C, store));
}
void matmul_tn(const Tensor& A, const Tensor& B, Tensor& C, Store store) {
  three_loops(checked("matmul_at", A, true, B, false, C, store));
}

}  // namespace reference

Tensor matmul(const Tensor& A, const Tensor& B) {
  Tensor C({A.rows(), B.cols()});
  matmul_nn(A, B, C);
  return C;
}
Tensor matmul_bt(const Tensor& A, const Tensor& B) {
  Tensor C({A.rows(), B.rows()});
  matmul_nt(A, B, C);
  return C;
}
Tensor matmul_at(const Tensor& A, const Tensor& B) {
  Tensor C({A.cols(), B.cols()});
  matmul_tn(A, B, C);
  return C;
}

}  // namespace strata
