#include "core/rows.hpp"

namespace strata {

void add_to_rows(Tensor& Z, const Tensor& b, Workers* workers) {
  const std::size_t d = Z.cols();
  check(b.size() == d, "add_to_rows: Z is ", Z.shape, " but b is ", b.shape, " (one number for each column)");
  const std::size_t rows_worth_a_thread = 1 + 16384 / d;
  for_ranges(workers, Z.rows(), rows_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* z = Z.row(i);
      for (std::size_t j = 0; j < d; ++j) z[j] += b[j];
    }
  });
}

void add_row_sums(const Tensor& X, Real scale, Tensor& sums, Workers* workers) {
  check(sums.size() == X.cols(), "add_row_sums: X is ", X.shape, " but the sums are ", sums.shape,
        " (one number for each column)");
  const std::size_t columns_worth_a_thread = 16 + 16384 / (1 + X.rows());
  for_ranges(workers, X.cols(), columns_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < X.rows(); ++i) {
      const Real* x = X.row(i);
      for (std::size_t j = begin; j < end; ++j) sums[j] += scale * x[j];
    }
  });
}

}  // namespace strata
