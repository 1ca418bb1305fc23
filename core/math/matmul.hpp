#pragma once
// The matrix product in the three variants that a dense layer needs:
//   matmul     C = A B      A (n×k), B (k×p)    forward      z  = a W
//   matmul_bt  C = A Bᵀ     A (n×k), B (p×k)    backward     da = dz Wᵀ
//   matmul_at  C = Aᵀ B     A (k×n), B (k×p)    backward     dW = aᵀ dz
// Each is written twice: as three plain loops in `reference`, to read and to test against, and as a
// fast version that packs both operands and keeps tiles of C in registers. The debug build
// (STRATA_DEBUG) always uses the three loops, so that stepping shows the mathematics.

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// What happens to the numbers already in C.
enum class Store { overwrite, add };

/// C (n×p) = or += scale · the product. Throws Error, naming both shapes, if they do not fit. The k
/// terms of an entry are summed in ascending order, in blocks that depend on k alone, so the bits
/// are the same for any number of threads.
void matmul(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
            Workers* workers = nullptr, Real scale = 1);
void matmul_bt(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Workers* workers = nullptr, Real scale = 1);
void matmul_at(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Workers* workers = nullptr, Real scale = 1);

/// The same, returned as a value: matmul(A, B) is A B.
Tensor matmul(const Tensor& A, const Tensor& B);
Tensor matmul_bt(const Tensor& A, const Tensor& B);
Tensor matmul_at(const Tensor& A, const Tensor& B);

namespace reference {

void matmul(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
            Real scale = 1);
void matmul_bt(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Real scale = 1);
void matmul_at(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Real scale = 1);

}  // namespace reference
}  // namespace strata
