#pragma once
// Sums of many terms. In one running sum, each addition waits for the one before it; several sums
// side by side do not wait, and a compiler can keep them in vector registers. They also round less,
// since each collects fewer terms. The order of the additions depends on the number of terms alone,
// so the same terms give the same bits.

#include <cstddef>

namespace strata {

/// Σ term(i) for 0 ≤ i < n, in 32 running sums of type Sum (one in the debug build, to step
/// through).
template <class Sum, class Term>
Sum sum_over(std::size_t n, const Term& term) {
#ifdef STRATA_DEBUG
  constexpr std::size_t side_by_side = 1;
#else
  constexpr std::size_t side_by_side = 32;
#endif
  Sum sums[side_by_side] = {};
  std::size_t i = 0;
  for (; i + side_by_side <= n; i += side_by_side) {
    for (std::size_t j = 0; j < side_by_side; ++j) sums[j] += term(i + j);
  }
  for (std::size_t j = 0; i < n; ++i, ++j) sums[j] += term(i);
  Sum total = 0;
  for (Sum sum : sums) total += sum;
  return total;
}

}  // namespace strata
