#include "core/linalg/eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace strata {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

struct Tridiagonal {
  std::vector<double> diagonal;      // (n)
  std::vector<double> off_diagonal;  // (n − 1), entry i couples i and i + 1
};

// Refuses what is not symmetric, and averages away small differences. The tolerance is the rounding
// of Real, in which A was computed.
void make_symmetric(DoubleMatrix& A, double rounding) {
  check(A.rows == A.cols, "symmetric_eigen: A is ", A.rows, "×", A.cols, ", not square");
  check(A.rows > 0, "symmetric_eigen: A is empty");
  double largest = 0;
  for (std::size_t i = 0; i < A.values.size(); ++i) {
    check(std::isfinite(A.values[i]), "symmetric_eigen: entry (", i / A.cols, ", ", i % A.cols,
          ") of A is ", A.values[i], " (every entry must be a finite number)");
    largest = std::max(largest, std::abs(A.values[i]));
  }
  for (std::size_t i = 0; i < A.rows; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      // Halves first: the sum of two large entries could overflow.
      check(std::abs(A(i, j) / 2 - A(j, i) / 2) <= rounding * (largest / 2), "symmetric_eigen: A(",
            i, ", ", j, ") is ", A(i, j), " but A(", j, ", ", i, ") is ", A(j, i),
            " (A must be symmetric; svd takes any matrix)");
      A(i, j) = A(j, i) = A(i, j) / 2 + A(j, i) / 2;
    }
  }
}

// Turns x into the vector v of length 1 for which (I − 2 v vᵀ) x = (0, …, 0, α), and returns α. If
// x already has that form, v is 0. Of the two signs of α we take the one for which the magnitudes
// in v_last = x_last − α add up.
double reflect_to_last(double* x, std::size_t n) {
  const double last = x[n - 1];
  double largest = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) largest = std::max(largest, std::abs(x[i]));
  if (largest == 0) {
    std::fill_n(x, n, 0.0);
    return last;
  }
  largest = std::max(largest, std::abs(last));
  for (std::size_t i = 0; i < n; ++i) x[i] /= largest;
  const double alpha = -std::copysign(row_length(x, n), last);
  x[n - 1] -= alpha;
  const double v_length = row_length(x, n);
  for (std::size_t i = 0; i < n; ++i) x[i] /= v_length;
  return alpha * largest;
}

// A ← H A H for the leading n×n block of A, with H = I − 2 v vᵀ. With p = 2 A v and w = p − (vᵀp) v
// that is A − v wᵀ − w vᵀ.
void reflect_both_sides(DoubleMatrix& A, const double* v, std::size_t n) {
  std::vector<double> w(n, 0.0);
  for (std::size_t r = 0; r < n; ++r)
    add_scaled_row(2 * v[r], A.row(r), w.data(), n);  // p, by rows: A is symmetric
  add_scaled_row(-row_dot(v, w.data(), n), v, w.data(), n);
  for (std::size_t r = 0; r < n; ++r) {
    double* row = A.row(r);
    const double v_r = v[r], w_r = w[r];
    for (std::size_t c = 0; c < n; ++c) row[c] -= v_r * w[c] + w_r * v[c];
  }
}

// T = Qᵀ A Q, from the last row up: the reflection H_i makes row i zero to the left of its
// off-diagonal entry, and leaves the rows below unchanged. Afterwards the first i entries of row i
// of A hold the vector of H_i.
Tridiagonal tridiagonalise(DoubleMatrix& A) {
  const std::size_t n = A.rows;
  Tridiagonal T{std::vector<double>(n), std::vector<double>(n - 1)};
  for (std::size_t i = n - 1; i >= 1; --i) {
    double* v = A.row(i);
    T.diagonal[i] = v[i];
    T.off_diagonal[i - 1] = reflect_to_last(v, i);
    const bool reflects = v[i - 1] != 0;
    if (reflects) reflect_both_sides(A, v, i);
  }
  T.diagonal[0] = A(0, 0);
  return T;
}

// Q = H_{n−1} … H_1, from the right: H_i touches only the leading i×i block, which is all of Q that
// is not the identity so far.
DoubleMatrix product_of_reflections(const DoubleMatrix& A) {
  const std::size_t n = A.rows;
  DoubleMatrix Q = identity_matrix(n);
  for (std::size_t i = 1; i < n; ++i) {
    const double* v = A.row(i);
    if (v[i - 1] == 0) continue;
    std::vector<double> p(i, 0.0);  // pᵀ = 2 vᵀ Q
    for (std::size_t r = 0; r < i; ++r) add_scaled_row(2 * v[r], Q.row(r), p.data(), i);
    // Q − 2 v vᵀ Q
    for (std::size_t r = 0; r < i; ++r) add_scaled_row(-v[r], p.data(), Q.row(r), i);
  }
  return Q;
}

// The eigenvalue of the 2×2 block at the head of T[first…] that lies closer to the block's first
// diagonal entry.
double wilkinson_shift(const Tridiagonal& T, std::size_t first) {
  const double a = T.diagonal[first], b = T.off_diagonal[first], c = T.diagonal[first + 1];
  const double half_gap = (c - a) / (2 * b);
  return a - b / (half_gap + std::copysign(std::hypot(half_gap, 1.0), half_gap));
}

// One implicit QL step on rows first…last of T: T ← Gᵀ T G, where G is a chain of plane rotations
// from the bottom up. The first rotation is the one with which a QL step of T − shift·I would
// begin. It leaves an entry outside the three diagonals, the bulge, and each further rotation moves
// the bulge up one row, until it is gone.
void ql_step(Tridiagonal& T, std::size_t first, std::size_t last, DoubleMatrix& vectors) {
  std::vector<double>& d = T.diagonal;
  std::vector<double>& e = T.off_diagonal;
  double x = d[last] - wilkinson_shift(T, first);
  double bulge = e[last - 1];
  for (std::size_t k = last; k-- > first;) {  // in the plane of k and k + 1
    const double r = std::hypot(x, bulge);
    const double c = r == 0 ? 1 : x / r;
    const double s = r == 0 ? 0 : bulge / r;
    if (k + 1 < last) e[k + 1] = r;  // the old bulge at (k, k + 2) is now 0
    // The 2×2 block of k and k + 1 keeps its trace: what one diagonal entry gains, the other loses.
    const double t = s * (d[k] - d[k + 1]) + 2 * c * e[k];
    d[k + 1] += s * t;
    d[k] -= s * t;
    e[k] = c * t - e[k];
    if (k > first) {
      bulge = s * e[k - 1];  // at (k − 1, k + 1)
      e[k - 1] *= c;
      x = e[k];
    }
    rotate_rows(vectors.row(k), vectors.row(k + 1), vectors.cols, c, s);
  }
}

// Steps until every off-diagonal entry is negligible compared with its two neighbours on the
// diagonal, or with the square of the rounding of the whole matrix: below that its own squares, of
// which a step is made, may be 0. Row j of `vectors` then belongs to diagonal entry j.
void diagonalise(Tridiagonal& T, DoubleMatrix& vectors) {
  const std::size_t n = T.diagonal.size();
  double largest = 0;
  for (const std::vector<double>* entries : {&T.diagonal, &T.off_diagonal}) {
    for (double entry : *entries) largest = std::max(largest, std::abs(entry));
  }
  const double nothing = epsilon * epsilon * largest;
  std::size_t steps_left = 30 * n;  // about 2 n are needed
  for (std::size_t first = 0; first < n; ++first) {
    while (true) {
      std::size_t last = first;  // the end of the block of coupled rows that begins here
      for (; last + 1 < n; ++last) {
        const double neighbours = std::abs(T.diagonal[last]) + std::abs(T.diagonal[last + 1]);
        if (std::abs(T.off_diagonal[last]) <= std::max(epsilon * neighbours, nothing)) break;
      }
      if (last == first) break;
      check(steps_left-- > 0, "symmetric_eigen: no convergence after ", 30 * n, " QL steps for a ",
            n, "×", n, " matrix");
      ql_step(T, first, last, vectors);
    }
  }
}

}  // namespace

double sign_of_largest(const double* x, std::size_t n) {
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  for (std::size_t i = 0; i < n; ++i) {
    if (std::abs(x[i]) >= largest * (1 - 1e-10)) return x[i] < 0 ? -1 : 1;
  }
  return 1;
}

std::vector<std::size_t> descending_order(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return order;
}

namespace {

// Puts rows and columns in the order of ascending magnitude on the diagonal. Both steps work from
// the last row up and so meet the large entries first. In this way the small eigenvalues of a
// graded matrix, such as diag(1, 10⁻²⁰) plus a little, keep their digits; in the reverse order they
// would drown in the rounding of the large ones.
std::vector<std::size_t> ascending_diagonal(const DoubleMatrix& A) {
  std::vector<double> negated(A.rows);
  for (std::size_t i = 0; i < A.rows; ++i) negated[i] = -std::abs(A(i, i));
  return descending_order(negated);
}

SymmetricEigenRows decompose(DoubleMatrix A, double rounding) {
  make_symmetric(A, rounding);
  const std::size_t n = A.rows;
  const int power = scale_to_one(A);
  const std::vector<std::size_t> original = ascending_diagonal(A);
  DoubleMatrix ordered(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) ordered(i, j) = A(original[i], original[j]);
  }
  Tridiagonal T = tridiagonalise(ordered);
  DoubleMatrix vectors = transposed(product_of_reflections(ordered));
  diagonalise(T, vectors);

  SymmetricEigenRows eigen{std::vector<double>(n), DoubleMatrix(n, n)};
  const std::vector<std::size_t> order = descending_order(T.diagonal);
  for (std::size_t j = 0; j < n; ++j) {
    const double* found = vectors.row(order[j]);
    double* vector = eigen.vectors.row(j);
    eigen.values[j] = std::ldexp(T.diagonal[order[j]], power);
    for (std::size_t i = 0; i < n; ++i) vector[original[i]] = found[i];
    const double sign = sign_of_largest(vector, n);
    for (std::size_t i = 0; i < n; ++i) vector[i] *= sign;
  }
  return eigen;
}

}  // namespace

SymmetricEigenRows symmetric_eigen_rows(DoubleMatrix A) {
  return decompose(std::move(A), 1e-10);
}

SymmetricEigen symmetric_eigen(const Tensor& A) {
  const double rounding = sizeof(Real) == 8 ? 1e-10 : 1e-4;
  SymmetricEigenRows eigen = decompose(to_double("symmetric_eigen", A), rounding);
  return {std::move(eigen.values), to_tensor(transposed(eigen.vectors))};
}

}  // namespace strata
