#include "core/linalg/double_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace strata {

DoubleMatrix to_double(const char* operation, const Tensor& A) {
  check(A.rank() == 2 && A.rows() > 0, operation, ": needs a matrix with at least one row, got ",
        A.shape);
  DoubleMatrix D(A.rows(), A.cols());
  for (std::size_t i = 0; i < A.size(); ++i) {
    check(std::isfinite(A[i]), operation, ": entry (", i / A.cols(), ", ", i % A.cols(), ") of ",
          A.shape, " is ", A[i], " (every entry must be a finite number)");
    D.values[i] = A[i];
  }
  return D;
}

Tensor to_tensor(const DoubleMatrix& A) {
  return Tensor({A.rows, A.cols}, std::vector<Real>(A.values.begin(), A.values.end()));
}

DoubleMatrix identity_matrix(std::size_t n) {
  DoubleMatrix I(n, n);
  for (std::size_t i = 0; i < n; ++i) I(i, i) = 1;
  return I;
}

DoubleMatrix transposed(const DoubleMatrix& A) {
  DoubleMatrix T(A.cols, A.rows);
  for (std::size_t r = 0; r < A.rows; ++r) {
    for (std::size_t c = 0; c < A.cols; ++c) T(c, r) = A(r, c);
  }
  return T;
}

DoubleMatrix product(const DoubleMatrix& A, const DoubleMatrix& B) {
  DoubleMatrix C(A.rows, B.cols);
  for (std::size_t i = 0; i < A.rows; ++i) {
    for (std::size_t l = 0; l < A.cols; ++l) add_scaled_row(A(i, l), B.row(l), C.row(i), B.cols);
  }
  return C;
}

double row_dot(const double* x, const double* y, std::size_t n) {
  constexpr std::size_t parts = 8;
  double sums[parts] = {};
  std::size_t i = 0;
  for (; i + parts <= n; i += parts) {
    for (std::size_t part = 0; part < parts; ++part) sums[part] += x[i + part] * y[i + part];
  }
  double sum = 0;
  for (double partial : sums) sum += partial;
  for (; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

double row_length(const double* x, std::size_t n) {
  return std::sqrt(row_dot(x, x, n));
}

void add_scaled_row(double a, const double* x, double* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

void rotate_rows(double* x, double* y, std::size_t n, double c, double s) {
  for (std::size_t i = 0; i < n; ++i) {
    const double x_i = x[i], y_i = y[i];
    x[i] = c * x_i - s * y_i;
    y[i] = s * x_i + c * y_i;
  }
}

int scale_to_one(DoubleMatrix& A) {
  double largest = 0;
  for (double a : A.values) largest = std::max(largest, std::abs(a));
  int power = 0;
  std::frexp(largest, &power);  // largest = f · 2^power, f in [½, 1)
  for (double& a : A.values) a = std::ldexp(a, -power);
  return power;
}

double remove_components(const DoubleMatrix& basis, std::size_t count, double* x) {
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t j = 0; j < count; ++j) {
      const double along = row_dot(basis.row(j), x, basis.cols);
      add_scaled_row(-along, basis.row(j), x, basis.cols);
    }
  }
  return row_length(x, basis.cols);
}

}  // namespace strata
