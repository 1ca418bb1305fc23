#pragma once
// What a bias does to a matrix: it is added to every row, and its gradient is a sum over the rows.

#include <algorithm>

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// Z (m×d) += 1 b: b (d) is added to every row.
void add_to_rows(Tensor& Z, const Tensor& b, Workers* workers = nullptr);

/// use(j, Σ_i term(i)(j)) for each column j of m rows. Sums over examples are taken in double, from
/// the first row to the last for any number of threads: of 60 000 examples a sum of floats has lost
/// three of its seven digits.
template <class Term, class Use>
void for_column_sums(std::size_t m, std::size_t columns, Workers* workers, const Term& term,
                     const Use& use) {
  constexpr std::size_t at_once = 64;  // columns: whole vectors of them
  const std::size_t grain = (rows_worth_a_thread(m) + at_once - 1) / at_once * at_once;
  for_ranges(workers, columns, grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t first = begin; first < end; first += at_once) {
      const std::size_t count = std::min(at_once, end - first);
      double totals[at_once] = {};
      for (std::size_t i = 0; i < m; ++i) {
        const auto of_row = term(i);
        for (std::size_t j = 0; j < count; ++j) totals[j] += double(of_row(first + j));
      }
      for (std::size_t j = 0; j < count; ++j) use(first + j, totals[j]);
    }
  });
}

/// The entries of row i of X, for for_column_sums: entries_of(X)(i)(j) is X_ij.
inline auto entries_of(const Tensor& X) {
  return [&X](std::size_t i) { return [x = X.row(i)](std::size_t j) { return x[j]; }; };
}

/// sums (d) += scale · Σ_rows X (m×d), by for_column_sums.
void add_row_sums(const Tensor& X, Real scale, Tensor& sums, Workers* workers = nullptr);

}  // namespace strata
