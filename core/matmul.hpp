#pragma once
// The matrix product in the three variants that a dense layer needs:
//   nn   C = A B      A (n×k), B (k×p)    forward      z  = a W
//   nt   C = A Bᵀ     A (n×k), B (p×k)    backward     da = dz Wᵀ
//   tn   C = Aᵀ B     A (k×n), B (k×p)    backward     dW = aᵀ dz
// Each is written twice: three plain loops in `reference`, to read and to test against, and a blocked version. The
// debug build (STRATA_DEBUG) always takes the three loops, so that stepping shows the mathematics.

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// What becomes of the numbers already in C.
enum class Store { overwrite, add };

/// C (n×p) = or += the product. Throws Error naming both shapes where they do not fit. Every entry of C is one sum over
/// k in ascending order, whatever the number of threads.
void matmul_nn(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Workers* workers = nullptr);
void matmul_nt(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Workers* workers = nullptr);
void matmul_tn(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite,
               Workers* workers = nullptr);

/// The same as values: matmul(A, B) is A B.
Tensor matmul(const Tensor& A, const Tensor& B);
Tensor matmul_bt(const Tensor& A, const Tensor& B);
Tensor matmul_at(const Tensor& A, const Tensor& B);

namespace reference {

void matmul_nn(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite);
void matmul_nt(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite);
void matmul_tn(const Tensor& A, const Tensor& B, Tensor& C, Store store = Store::overwrite);

}  // namespace reference
}  // namespace strata
