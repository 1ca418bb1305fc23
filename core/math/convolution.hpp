#pragma once
// Convolution, as networks use the word: a window K slides over an image without being turned
// round, which signal processing calls cross-correlation. Images I (N, C, H, W), kernels K (O, C,
// kh, kw), results R (N, O, OH, OW):
//
//   R[n, o, oy, ox] = Σ_c Σ_ky Σ_kx K[o, c, ky, kx] · I[n, c, oy·stride + ky − padding, ox·stride + kx − padding]
//
// A layer needs three products of these three tensors, each of which makes one from the other two.
// All are derivatives of one number, Σ R ⊙ (K ⋆ I), and each is a matrix product with the patches P
// of an image (core/math/patches.hpp), example by example:
//
//   convolve             R += K P(I)        forward of conv2d,            and dX of conv2d_transpose
//   convolve_transposed  I += Pᵀ(Kᵀ R)      forward of conv2d_transpose,  and dX of conv2d
//   kernel_gradient      K += R P(I)ᵀ       dW of both
//
// Each is written twice: as it is defined, seven nested loops, in `reference`, and by patches. The
// debug build (STRATA_DEBUG) always takes the loops, so that stepping shows the mathematics.

#include "core/math/patches.hpp"
#include "core/parallel.hpp"

namespace strata {

/// The window of kernels K over images I. Throws Error naming both shapes unless both have rank 4,
/// the channels agree and the window fits into the padded image.
Window window_of(const char* name, const Shape& I, const Shape& K, std::size_t stride,
                 std::size_t padding);

/// R += K ⋆ I. All three throw Error where the shapes do not fit. Examples are cut among the
/// threads; the bits are the same for any number of them.
void convolve(const Tensor& I, const Tensor& K, std::size_t stride, std::size_t padding, Tensor& R,
              Workers* workers = nullptr);
/// I += what flows back: each R[n, o, oy, ox] adds K[o] times itself to the pixels that it was
/// computed from.
void convolve_transposed(const Tensor& R, const Tensor& K, std::size_t stride, std::size_t padding,
                         Tensor& I, Workers* workers = nullptr);
/// K += Σ_n R_n P(I_n)ᵀ. `parts` is memory for the sums of some examples each, made anew only if
/// its shape differs.
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
