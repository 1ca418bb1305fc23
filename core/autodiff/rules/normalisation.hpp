#pragma once
// Shared by the rules of normalisation.

#include "core/autodiff/rules/entries.hpp"

namespace strata {

/// body(k) for 0 ≤ k < count, each of which works through `numbers` numbers; cut among the threads.
template <class Body>
void for_each_of(Tape& tape, std::size_t count, std::size_t numbers, const Body& body) {
  for_ranges(tape.workers, count, rows_worth_a_thread(numbers),
             [body](std::size_t begin, std::size_t end) {
               for (std::size_t k = begin; k < end; ++k) body(k);
             });
}

/// Throws Error unless both have one number a feature.
inline void check_gain_and_bias(const char* name, Var X, Var gain, Var bias, std::size_t d) {
  const Shape wanted{d};
  check(gain.shape() == wanted && bias.shape() == wanted, name, ": X is ", X.shape(),
        " but the gain is ", gain.shape(), " and the bias ", bias.shape(), " (both need ", d,
        " numbers, one a feature)");
}

}  // namespace strata
