#pragma once
// The tensor: dense, row-major, of rank 1 to 4. It owns its numbers and copies by value, so that `B
// = A` is a real copy and nothing is shared behind the reader's back. A data matrix is (examples ×
// features), a weight matrix (inputs × outputs), a batch of images (N, C, H, W). A scalar is a
// tensor of shape (1).

#include <array>
#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "core/real.hpp"

namespace strata {

/// The lengths of a tensor's dimensions. Unused places hold 1, so that equal shapes compare equal.
struct Shape {
  std::array<std::size_t, 4> lengths{1, 1, 1, 1};
  std::size_t rank = 0;

  Shape() = default;
  /// One to four lengths, each 1 or more (a first length of 0 is allowed: an empty data set).
  /// Throws Error otherwise.
  Shape(std::initializer_list<std::size_t> dimensions);

  std::size_t operator[](std::size_t dimension) const { return lengths[dimension]; }
  /// The product of the lengths; 0 for the shape of an empty tensor (rank 0).
  std::size_t size() const;
  bool operator==(const Shape&) const = default;
};

/// Writes 2×3.
std::ostream& operator<<(std::ostream& out, const Shape& shape);

struct Tensor {
  Shape shape;
  std::vector<Real> values;  // row-major: the last dimension moves fastest

  /// Empty: rank 0, no numbers.
  Tensor() = default;
  /// All entries are `fill`. Throws Error if there is not enough memory.
  explicit Tensor(const Shape& shape, Real fill = 0);
  /// The given numbers, row by row. Throws Error unless there are shape.size() of them.
  Tensor(const Shape& shape, std::vector<Real> values);
  /// A matrix row by row: Tensor::matrix({{1, 2}, {3, 4}}). Throws Error for ragged rows.
  static Tensor matrix(std::initializer_list<std::initializer_list<Real>> rows);
  /// The shape (1).
  static Tensor scalar(Real value);

  std::size_t size() const { return values.size(); }
  bool empty() const { return values.empty(); }
  std::size_t rank() const { return shape.rank; }
  /// The rows and columns of a matrix. A vector counts as one row; an empty tensor (rank 0) has
  /// none.
  std::size_t rows() const { return shape.rank >= 2 ? shape[0] : shape.rank; }
  std::size_t cols() const {
    return shape.rank >= 2 ? shape[1] * shape[2] * shape[3] : shape.rank * shape[0];
  }

  Real& operator[](std::size_t i) { return values[i]; }
  Real operator[](std::size_t i) const { return values[i]; }
  Real& operator()(std::size_t row, std::size_t col) { return values[row * cols() + col]; }
  Real operator()(std::size_t row, std::size_t col) const { return values[row * cols() + col]; }
  /// The first entry of a row.
  Real* row(std::size_t r) { return values.data() + r * cols(); }
  const Real* row(std::size_t r) const { return values.data() + r * cols(); }

  /// The one number of a tensor of size 1. Throws Error for others.
  Real item() const;
  void fill(Real value);
  /// The same numbers in another shape of the same size. Throws Error if the sizes differ.
  Tensor reshaped(const Shape& other) const;
};

/// Rows [begin, end) of a matrix (or of a tensor of higher rank, along its first dimension).
Tensor slice_rows(const Tensor& X, std::size_t begin, std::size_t end);
/// The rows of X with these indices, in that order, written over `out` (which is reallocated only
/// if its shape differs).
void gather_rows(const Tensor& X, const std::vector<std::size_t>& indices, Tensor& out);
/// The same, as a new tensor.
Tensor rows_at(const Tensor& X, const std::vector<std::size_t>& indices);
/// Aᵀ of a matrix.
Tensor transposed(const Tensor& A);
/// The mean of each column of X (m×d): shape (d), summed in double.
Tensor column_means(const Tensor& X);
/// Σ over all entries of (A − B)², in double. The shapes must agree.
double squared_distance(const Tensor& A, const Tensor& B);
/// (1/m) Σ_examples Σ_features (X − R)², the reported error of every method (Hinton and
/// Salakhutdinov 2006).
double squared_error_per_example(const Tensor& X, const Tensor& R);
/// Peak signal-to-noise ratio in decibels, 10 log10(1 / MSE), where MSE is the mean squared error
/// per pixel over all images X and their reconstructions R, with pixels from 0 to 1. Infinite if
/// they are equal.
double psnr(const Tensor& X, const Tensor& R);
/// The largest of |a|; NaN if any entry is.
Real largest_magnitude(const Tensor& A);
bool all_finite(const Tensor& A);
/// Throws Error "NAME[2,1] is nan (WHY)" for the first entry that is not finite.
void check_all_finite(const std::string& name, const Tensor& A, const std::string& why);
bool all_finite(const Real* values, std::size_t count);
/// The largest |a − b|, relative to the largest magnitude in either; infinity unless all entries of
/// both are finite. The shapes must agree.
double relative_difference(const Tensor& A, const Tensor& B);
/// A small table for human readers: the shape, then at most `most_rows` × `most_cols` entries.
std::string to_text(const Tensor& A, std::size_t most_rows = 8, std::size_t most_cols = 8);

}  // namespace strata
