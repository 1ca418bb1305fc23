#include "core/math/matmul.hpp"

#include "core/math/matmul_packed.hpp"

namespace strata {
namespace {

Product checked(const char* name, const Tensor& A, bool transpose_a, const Tensor& B,
                bool transpose_b, Tensor& C, Store store, Real scale) {
  check(A.rank() == 2 && B.rank() == 2, name, ": needs two matrices, but A is ", A.shape,
        " and B is ", B.shape);
  const std::size_t n = transpose_a ? A.cols() : A.rows();
  const std::size_t k = transpose_a ? A.rows() : A.cols();
  const std::size_t k_of_b = transpose_b ? B.cols() : B.rows();
  const std::size_t p = transpose_b ? B.rows() : B.cols();
  check(k == k_of_b, name, ": A is ", A.shape, " but B is ", B.shape, " (",
        transpose_a ? "rows" : "columns", " of A must equal ", transpose_b ? "columns" : "rows",
        " of B)");
  check(C.shape == Shape({n, p}), name, ": the result is ", n, "×", p, " but C is ", C.shape);
  Product product{.n = n, .k = k, .p = p, .scale = scale, .store = store};
  product.A = A.values.data();
  product.a_row = transpose_a ? 1 : A.cols();
  product.a_col = transpose_a ? A.cols() : 1;
  product.B = B.values.data();
  product.b_row = transpose_b ? 1 : B.cols();
  product.b_col = transpose_b ? B.cols() : 1;
  product.C = C.values.data();
  product.c_row = p;
  return product;
}

// The definition: C_ij = Σ_l A_il B_lj.
void three_loops(const Product& x) {
  for (std::size_t i = 0; i < x.n; ++i) {
    for (std::size_t j = 0; j < x.p; ++j) {
      Real sum = 0;
      for (std::size_t l = 0; l < x.k; ++l)
        sum += x.A[i * x.a_row + l * x.a_col] * x.B[l * x.b_row + j * x.b_col];
      Real& c = x.C[i * x.c_row + j];
      c = x.store == Store::add ? c + x.scale * sum : x.scale * sum;
    }
  }
}

#ifdef STRATA_DEBUG

void compute(const Product& x, Workers*) {
  three_loops(x);
}

#else

// Each thread computes a part of C: some of its rows, or some of its columns if there are more of
// those. C is divided between tiles, so that every entry is computed in the same place of the same
// tile for any number of threads.
void compute(const Product& x, Workers* workers) {
  if (x.k == 0) return three_loops(x);  // an empty sum: nothing to pack
  // Waking another thread would cost more than it gains
  const bool small = x.n * x.k * x.p < 500'000;
  const bool by_rows = x.n >= x.p;
  for_ranges(small ? nullptr : workers, by_rows ? x.n : x.p, by_rows ? tile_rows : tile_cols,
             [&x, by_rows](std::size_t begin, std::size_t end) {
               Product part = x;
               (by_rows ? part.n : part.p) = end - begin;
               (by_rows ? part.A : part.B) += begin * (by_rows ? x.a_row : x.b_col);
               part.C += begin * (by_rows ? x.c_row : 1);
               multiply_packed(part);
             });
}

#endif

}  // namespace

void matmul(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers,
            Real scale) {
  compute(checked("matmul", A, false, B, false, C, store, scale), workers);
}
void matmul_bt(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers,
               Real scale) {
  compute(checked("matmul_bt", A, false, B, true, C, store, scale), workers);
}
void matmul_at(const Tensor& A, const Tensor& B, Tensor& C, Store store, Workers* workers,
               Real scale) {
  compute(checked("matmul_at", A, true, B, false, C, store, scale), workers);
}

namespace reference {

void matmul(const Tensor& A, const Tensor& B, Tensor& C, Store store, Real scale) {
  three_loops(checked("matmul", A, false, B, false, C, store, scale));
}
void matmul_bt(const Tensor& A, const Tensor& B, Tensor& C, Store store, Real scale) {
  three_loops(checked("matmul_bt", A, false, B, true, C, store, scale));
}
void matmul_at(const Tensor& A, const Tensor& B, Tensor& C, Store store, Real scale) {
  three_loops(checked("matmul_at", A, true, B, false, C, store, scale));
}

}  // namespace reference

Tensor matmul(const Tensor& A, const Tensor& B) {
  Tensor C({A.rows(), B.cols()});
  matmul(A, B, C);
  return C;
}
Tensor matmul_bt(const Tensor& A, const Tensor& B) {
  Tensor C({A.rows(), B.rows()});
  matmul_bt(A, B, C);
  return C;
}
Tensor matmul_at(const Tensor& A, const Tensor& B) {
  Tensor C({A.cols(), B.cols()});
  matmul_at(A, B, C);
  return C;
}

}  // namespace strata
