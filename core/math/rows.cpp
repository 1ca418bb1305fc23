#include "core/math/rows.hpp"

namespace strata {

void add_to_rows(Tensor& Z, const Tensor& b, Workers* workers) {
  const std::size_t d = Z.cols();
  check(b.size() == d, "add_to_rows: Z is ", Z.shape, " but b is ", b.shape,
        " (one number for each column)");
  for_ranges(workers, Z.rows(), rows_worth_a_thread(d), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* z = Z.row(i);
      for (std::size_t j = 0; j < d; ++j) z[j] += b[j];
    }
  });
}

void add_row_sums(const Tensor& X, Real scale, Tensor& sums, Workers* workers) {
  check(sums.size() == X.cols(), "add_row_sums: X is ", X.shape, " but the sums are ", sums.shape,
        " (one number for each column)");
  for_column_sums(X.rows(), X.cols(), workers, entries_of(X),
                  [&](std::size_t j, double total) { sums[j] += Real(double(scale) * total); });
}

}  // namespace strata
