#pragma once
// A matrix in double, whatever `Real` is, and the few operations that the decompositions of
// core/linalg/eigen.hpp and core/linalg/svd.hpp are made of. They work on rows, because a row is
// contiguous in memory: where the mathematics speaks of columns, the code stores the transpose.

#include <cstddef>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

struct DoubleMatrix {
  std::size_t rows = 0, cols = 0;
  std::vector<double> values;  // row-major

  DoubleMatrix() = default;
  DoubleMatrix(std::size_t rows_, std::size_t cols_)
      : rows(rows_), cols(cols_), values(rows_ * cols_, 0.0) {}
  double* row(std::size_t r) { return values.data() + r * cols; }
  const double* row(std::size_t r) const { return values.data() + r * cols; }
  double& operator()(std::size_t r, std::size_t c) { return values[r * cols + c]; }
  double operator()(std::size_t r, std::size_t c) const { return values[r * cols + c]; }
};

/// The same numbers as a DoubleMatrix. Throws Error, with the name of the caller's operation, if A
/// is not a matrix with at least one row, or if an entry is infinite or not a number.
DoubleMatrix to_double(const char* operation, const Tensor& A);
/// The same numbers rounded to Real.
Tensor to_tensor(const DoubleMatrix& A);

DoubleMatrix identity_matrix(std::size_t n);
DoubleMatrix transposed(const DoubleMatrix& A);
/// A B for A (n×k) and B (k×p), each entry a sum over k in ascending order. The caller is
/// responsible for the shapes.
DoubleMatrix product(const DoubleMatrix& A, const DoubleMatrix& B);

/// Σ_i x_i y_i, in eight partial sums that a compiler can keep in vector registers.
double row_dot(const double* x, const double* y, std::size_t n);
double row_length(const double* x, std::size_t n);
/// y += a x.
void add_scaled_row(double a, const double* x, double* y, std::size_t n);
/// The plane rotation (Givens): (x, y) ← (c x − s y, s x + c y), with c² + s² = 1.
void rotate_rows(double* x, double* y, std::size_t n, double c, double s);

/// Multiplies A by a power of two, without rounding, so that its largest entry lies in [½, 1);
/// after that, no square of an entry that matters overflows or underflows. Returns the power p: A
/// before = A after · 2ᵖ (0 for a matrix of zeros).
int scale_to_one(DoubleMatrix& A);

/// Removes from x its components along the first `count` rows of `basis`, which are orthonormal,
/// and returns the length that is left. It does so twice: after one pass the rounding errors of a
/// small remainder are not orthogonal to the basis, after two they are (Giraud, Langou and
/// Rozložník 2005, "twice is enough").
double remove_components(const DoubleMatrix& basis, std::size_t count, double* x);

}  // namespace strata
