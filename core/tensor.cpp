#include "core/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <new>
#include <sstream>

#include "core/sums.hpp"

namespace strata {

Shape::Shape(std::initializer_list<std::size_t> dimensions) : rank(dimensions.size()) {
  check(rank >= 1 && rank <= 4, "shape: a tensor has 1 to 4 dimensions, not ", rank);
  std::copy(dimensions.begin(), dimensions.end(), lengths.begin());
  std::size_t product = 1;
  for (std::size_t d = 0; d < rank; ++d) {
    check(lengths[d] > 0 || d == 0, "shape: dimension ", d, " of ", *this, " is 0");
    const bool fits = lengths[d] == 0 || product <= std::numeric_limits<std::size_t>::max() /
                                                        lengths[d] / sizeof(Real);
    check(fits, "shape: ", *this, " is larger than any memory");
    product *= lengths[d];
  }
}

std::size_t Shape::size() const {
  if (rank == 0) return 0;
  return lengths[0] * lengths[1] * lengths[2] * lengths[3];
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  if (shape.rank == 0) return out << "empty";
  for (std::size_t d = 0; d < shape.rank; ++d) out << (d == 0 ? "" : "×") << shape[d];
  return out;
}

namespace {

std::vector<Real> allocate(const Shape& shape, Real fill) {
  try {
    return std::vector<Real>(shape.size(), fill);
  } catch (const std::exception&) {  // bad_alloc or length_error: all the same to the user
    const double gigabytes = double(shape.size()) * sizeof(Real) / 1e9;
    throw OutOfMemory(text("not enough memory for a tensor of ", shape, " (", gigabytes, " GB)"));
  }
}

}  // namespace

Tensor::Tensor(const Shape& shape_, Real fill) : shape(shape_), values(allocate(shape_, fill)) {}

Tensor::Tensor(const Shape& shape_, std::vector<Real> values_)
    : shape(shape_), values(std::move(values_)) {
  check(values.size() == shape.size(), "tensor: ", values.size(), " numbers for shape ", shape,
        " (needs ", shape.size(), ")");
}

Tensor Tensor::matrix(std::initializer_list<std::initializer_list<Real>> rows) {
  check(rows.size() > 0, "Tensor::matrix: no rows");
  const std::size_t cols = rows.begin()->size();
  std::vector<Real> values;
  for (const auto& row : rows) {
    check(row.size() == cols, "Tensor::matrix: a row of ", row.size(), " numbers after a row of ",
          cols);
    values.insert(values.end(), row.begin(), row.end());
  }
  return Tensor({rows.size(), cols}, std::move(values));
}

Tensor Tensor::scalar(Real value) {
  return Tensor({1}, value);
}

Real Tensor::item() const {
  check(size() == 1, "item: the tensor is ", shape, ", not a single number");
  return values[0];
}

void Tensor::fill(Real value) {
  std::fill(values.begin(), values.end(), value);
}

Tensor Tensor::reshaped(const Shape& other) const {
  check(other.size() == size(), "reshape: ", shape, " has ", size(), " numbers but ", other,
        " needs ", other.size());
  return Tensor(other, values);
}

Tensor slice_rows(const Tensor& X, std::size_t begin, std::size_t end) {
  check(X.rank() >= 2, "slice_rows: needs a matrix, got ", X.shape);
  check(begin <= end && end <= X.rows(), "slice_rows: rows ", begin, ":", end, " of a tensor of ",
        X.shape);
  Shape shape = X.shape;
  shape.lengths[0] = end - begin;
  const auto first = X.values.begin() + std::ptrdiff_t(begin * X.cols());
  const auto last = X.values.begin() + std::ptrdiff_t(end * X.cols());
  return Tensor(shape, std::vector<Real>(first, last));
}

void gather_rows(const Tensor& X, const std::vector<std::size_t>& indices, Tensor& out) {
  check(X.rank() >= 2, "gather_rows: needs a matrix, got ", X.shape);
  Shape shape = X.shape;
  shape.lengths[0] = indices.size();
  if (out.shape != shape) out = Tensor(shape);
  const std::size_t cols = X.cols();
  for (std::size_t r = 0; r < indices.size(); ++r) {
    check(indices[r] < X.rows(), "gather_rows: row ", indices[r], " of a tensor of ", X.shape);
    std::copy_n(X.row(indices[r]), cols, out.row(r));
  }
}

Tensor rows_at(const Tensor& X, const std::vector<std::size_t>& indices) {
  Tensor chosen;
  gather_rows(X, indices, chosen);
  return chosen;
}

Tensor transposed(const Tensor& A) {
  check(A.rank() == 2, "transpose: the tensor is ", A.shape, ", not a matrix");
  Tensor T({A.cols(), A.rows()});
  for (std::size_t i = 0; i < A.rows(); ++i) {
    for (std::size_t j = 0; j < A.cols(); ++j) T(j, i) = A(i, j);
  }
  return T;
}

Tensor column_means(const Tensor& X) {
  check(X.rank() == 2 && X.rows() > 0, "column_means: needs a matrix with rows, got ", X.shape);
  std::vector<double> sums(X.cols(), 0.0);
  for (std::size_t i = 0; i < X.rows(); ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) sums[j] += X(i, j);
  }
  Tensor means({X.cols()});
  for (std::size_t j = 0; j < X.cols(); ++j) means[j] = Real(sums[j] / double(X.rows()));
  return means;
}

double squared_distance(const Tensor& A, const Tensor& B) {
  check(A.shape == B.shape, "squared_distance: A is ", A.shape, " but B is ", B.shape,
        " (they must be equal)");
  return sum_over<double>(A.size(), [&A, &B](std::size_t i) {
    const double difference = double(A[i]) - double(B[i]);
    return difference * difference;
  });
}

double squared_error_per_example(const Tensor& X, const Tensor& R) {
  check(X.rows() > 0, "squared_error_per_example: no examples");
  return squared_distance(X, R) / double(X.rows());
}

double psnr(const Tensor& X, const Tensor& R) {
  check(X.size() > 0, "psnr: no pictures");
  const double mean_squared_error = squared_distance(X, R) / double(X.size());
  return 10 * std::log10(1 / mean_squared_error);
}

Real largest_magnitude(const Tensor& A) {
  Real largest = 0;
  for (Real a : A.values) {
    if (std::isnan(a)) return a;
    largest = std::max(largest, std::abs(a));
  }
  return largest;
}

// x − x is 0 for finite x and NaN otherwise, so the sum needs no branch.
bool all_finite(const Real* values, std::size_t count) {
  return sum_over<Real>(count, [values](std::size_t i) { return values[i] - values[i]; }) == 0;
}
bool all_finite(const Tensor& A) {
  return all_finite(A.values.data(), A.size());
}

void check_all_finite(const std::string& name, const Tensor& A, const std::string& why) {
  if (all_finite(A)) return;
  std::size_t at = 0;
  while (std::isfinite(A[at])) ++at;
  std::string place;
  for (std::size_t k = A.rank(), rest = at; k-- > 0; rest /= A.shape[k])
    place = text(rest % A.shape[k], place.empty() ? "" : ",", place);
  throw Error(text(name, "[", place, "] is ", A[at], " (", why, ")"));
}

double relative_difference(const Tensor& A, const Tensor& B) {
  check(A.shape == B.shape, "relative_difference: A is ", A.shape, " but B is ", B.shape,
        " (they must be equal)");
  if (!all_finite(A) || !all_finite(B)) return std::numeric_limits<double>::infinity();
  double difference = 0;
  for (std::size_t i = 0; i < A.size(); ++i) {
    difference = std::max(difference, std::abs(double(A[i]) - double(B[i])));
  }
  const double scale = double(std::max(largest_magnitude(A), largest_magnitude(B)));
  return scale == 0 ? 0 : difference / scale;
}

std::string to_text(const Tensor& A, std::size_t most_rows, std::size_t most_cols) {
  std::ostringstream out;
  out << A.shape << "\n" << std::setprecision(5);
  if (A.empty()) return out.str();
  const std::size_t rows = std::min(A.rows(), most_rows);
  const std::size_t cols = std::min(A.cols(), most_cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) out << std::setw(12) << A(i, j);
    out << (cols < A.cols() ? " …\n" : "\n");
  }
  if (rows < A.rows()) out << "  … (" << A.rows() - rows << " more rows)\n";
  return out.str();
}

}  // namespace strata
