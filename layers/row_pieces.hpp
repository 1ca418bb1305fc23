#pragma once

#include <algorithm>

#include "core/autodiff/tape.hpp"

namespace strata {

/// Applies a function of a matrix, recorded by `record(tape, X)`, to X (m×d) a thousand rows at a
/// time. The result is (m × result_cols) for any number of rows, in little memory. The tape for
/// full pieces is replayed.
template <class Record>
Tensor in_row_pieces(const Tensor& X, std::size_t result_cols, Workers* workers,
                     const Record& record) {
  constexpr std::size_t rows_at_a_time = 1000;
  const std::size_t m = X.rows();
  Tensor result({m, result_cols});
  std::size_t done = 0;
  while (done < m) {
    const std::size_t rows = std::min(rows_at_a_time, m - done);
    Tape tape;
    tape.workers = workers;
    const Var input = tape.input(slice_rows(X, done, done + rows));
    const Var output = record(tape, input);
    check(output.shape() == Shape{rows, result_cols}, "the model records ", output.shape(), " for ",
          rows, " examples, but says ", Shape{rows, result_cols});
    while (true) {
      std::copy(output.value().values.begin(), output.value().values.end(), result.row(done));
      done += rows;
      if (done + rows > m) break;
      std::copy_n(X.row(done), rows * X.cols(), input.node().value.values.begin());
      tape.replay();
    }
  }
  return result;
}

}  // namespace strata
