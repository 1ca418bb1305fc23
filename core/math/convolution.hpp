#pragma once
// Convolution, as the word is used for networks: a window K slides over an image without being
// flipped, which signal processing calls cross-correlation. Images I (N, C, H, W), kernels K (O, C,
// kh, kw), results R (N, O, OH, OW):
//
//   R[n, o, oy, ox] = Σ_c Σ_ky Σ_kx K[o, c, ky, kx] · I[n, c, oy·s + ky − p, ox·s + kx − p]
//
// with stride s and padding p.
//
// A layer needs three products of these three tensors, each of which makes one tensor from the
// other two. All are derivatives of a single number, Σ R ⊙ (K ⋆ I), and each is a matrix product
// with the patches P of an image (core/math/patches.hpp), example by example:
//
//   convolve             R += K P(I)      forward of conv2d,            dX of conv2d_transpose
//   convolve_transposed  I += Pᵀ(Kᵀ R)    forward of conv2d_transpose,  dX of conv2d
//   kernel_gradient      K += R P(I)ᵀ     dW of both
//
// Each is written twice: as it is defined, with seven nested loops, in `reference`, and with
// patches. The debug build (STRATA_DEBUG) always uses the loops, so that stepping shows the
// mathematics.

#include "core/math/patches.hpp"
#include "core/parallel.hpp"

namespace strata {

/// The window of kernels K over images I. Throws Error, naming both shapes, unless both have rank
/// 4, the channels agree and the window fits into the padded image.
Window window_of(const char* name, const Shape& I, const Shape& K, std::size_t stride,
                 std::size_t padding);

/// R += K ⋆ I. All three throw Error if the shapes do not fit. The examples are divided among the
/// threads; the bits are the same for any number of threads.
void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding, Tensor& R,
              Workers* workers = nullptr);
/// The transpose: each R[n, o, oy, ox] adds K[o] times itself to the pixels it was computed from.
void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I, Workers* workers = nullptr);
/// K += Σ_n R_n P(I_n)ᵀ. `parts` is memory for partial sums over some of the examples, reallocated
/// only if its shape differs.
void kernel_gradient(const Tensor& I, const Tensor& R, std::size_t stride, std::size_t padding,
                     Tensor& K, Tensor& parts, Workers* workers = nullptr);

namespace reference {

void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding, Tensor& R);
void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I);
void kernel_gradient(const Tensor& I, const Tensor& R, std::size_t stride, std::size_t padding,
                     Tensor& K);

}  // namespace reference
}  // namespace strata
