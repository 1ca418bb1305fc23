#pragma once
// What a bias does to a matrix: it is added to every row, and its gradient is a sum over the rows.

#include "core/parallel.hpp"
#include "core/tensor.hpp"

namespace strata {

/// Z (m×d) += 1 b: b (d) is added to every row.
void add_to_rows(Tensor& Z, const Tensor& b, Workers* workers = nullptr);

/// sums (d) += scale · Σ_rows X (m×d). Each column is summed from the first row to the last, for
/// any number of threads.
void add_row_sums(const Tensor& X, Real scale, Tensor& sums, Workers* workers = nullptr);

}  // namespace strata
