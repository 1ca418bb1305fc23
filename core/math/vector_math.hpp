#pragma once
// The elementary functions of activations and losses, over whole arrays:
//   exp e^x     log x     sigmoid σ(z) = 1 / (1 + e^−z)     tanh x     softplus log(1 + e^z)
// The standard library takes one number at a time. Here 64 bytes of numbers (32 or 16 on a smaller
// machine) go through the same few multiplications and additions at once. Each function is written
// twice: as a plain loop in `reference`, and as a vector version, which docs/guide/vector-math.md
// derives. The debug build (STRATA_DEBUG) always uses the plain loop.
//
// For every number, subnormal ones, ±0 and ±∞ included, a result is at most 2 ulp (units in the
// last place) from the correctly rounded one; small values keep their relative accuracy, and NaN
// stays NaN. The bits of an entry depend on its number alone, neither on its place nor on the
// length of the array, so that an array may be divided among threads anywhere.

#include <span>

#include "core/real.hpp"

namespace strata {

/// y_i = f(x_i). x and y have the same size (Error otherwise) and are the same memory or disjoint.
void vector_exp(std::span<const Real> x, std::span<Real> y);
/// −∞ at ±0, NaN below.
void vector_log(std::span<const Real> x, std::span<Real> y);
void vector_sigmoid(std::span<const Real> x, std::span<Real> y);
void vector_tanh(std::span<const Real> x, std::span<Real> y);
void vector_softplus(std::span<const Real> x, std::span<Real> y);

namespace reference {

void vector_exp(std::span<const Real> x, std::span<Real> y);
void vector_log(std::span<const Real> x, std::span<Real> y);
void vector_sigmoid(std::span<const Real> x, std::span<Real> y);
void vector_tanh(std::span<const Real> x, std::span<Real> y);
void vector_softplus(std::span<const Real> x, std::span<Real> y);

}  // namespace reference
}  // namespace strata
