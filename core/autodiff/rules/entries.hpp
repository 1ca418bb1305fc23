#pragma once
// Shared by the files of rules.

#include <span>

#include "core/autodiff/ops.hpp"

namespace strata {

/// body(i) for every 0 ≤ i < n; many entries are cut among the threads. Entry i of a result is
/// body(i)'s alone.
template <class Body>
void for_entries(Tape& tape, std::size_t n, const Body& body) {
  for_ranges(tape.workers, n, numbers_worth_a_thread, [body](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) body(i);
  });
}

/// body(k) for 0 ≤ k < count, each of which works through `numbers` numbers; cut among the threads.
template <class Body>
void for_each_of(Tape& tape, std::size_t count, std::size_t numbers, const Body& body) {
  for_ranges(tape.workers, count, rows_worth_a_thread(numbers),
             [body](std::size_t begin, std::size_t end) {
               for (std::size_t k = begin; k < end; ++k) body(k);
             });
}

/// Y ← f(X), entry by entry, by one of the functions of core/math/vector_math.hpp; large tensors
/// are cut among the threads.
void apply_to_entries(Tape& tape, void (*f)(std::span<const Real>, std::span<Real>),
                      const Tensor& X, Tensor& Y);

/// Mixes the sign of every entry into one number (FNV-1a): it changes when an entry changes sign.
std::uint64_t mix_branches(const Tensor& A);

/// Op::branch of relu, leaky_relu, elu and abs: the branches of the input.
std::uint64_t signs_of_input(Tape& tape, const Node& node);

/// Of the rules of normalisation. Throws Error unless both have one number a feature.
inline void check_gain_and_bias(const char* name, Var X, Var gain, Var bias, std::size_t d) {
  const Shape wanted{d};
  check(gain.shape() == wanted && bias.shape() == wanted, name, ": X is ", X.shape(),
        " but the gain is ", gain.shape(), " and the bias ", bias.shape(), " (both need ", d,
        " numbers, one a feature)");
}

}  // namespace strata
