#pragma once
// Draws in which each entry has a probability (or a mean) of its own: the states of stochastic
// units. Bernoulli states come from a counter, entry by entry, so that several threads can draw
// them side by side and the bits are the same for any number of threads.

#include "core/parallel.hpp"
#include "core/random/rng.hpp"
#include "core/tensor.hpp"

namespace strata {

/// states_i = 1 with probability P_i, otherwise 0, independently; 0 and 1 are exact. One draw of
/// the generator starts a SplitMix64 sequence, whose number i decides entries 2i and 2i + 1 by 32
/// bits each, so that a probability is met to within 2⁻³². states is reallocated only if its shape
/// differs from that of P; it may be P itself. NaN gives 0.
void draw_bernoulli(const Tensor& P, Tensor& states, Rng& rng, Workers* workers = nullptr);

/// states = means + ε, ε ~ N(0, 1), drawn one after the other. states may be means itself.
void draw_gaussian(const Tensor& means, Tensor& states, Rng& rng);

}  // namespace strata
