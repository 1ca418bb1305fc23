// Eigenvalues and eigenvectors of symmetric matrices.
// Literal values are from tests/reference/make_linalg_reference.py.

#include "core/linalg/eigen.hpp"

#include <limits>

#include "core/linalg/svd.hpp"
#include "tests/core/linalg/matrices.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Q diag(values) Qᵀ for a random orthogonal Q.
DoubleMatrix with_eigenvalues(const std::vector<double>& values, std::uint64_t seed) {
  DoubleMatrix Q = random_matrix(values.size(), values.size(), seed);
  for (std::size_t j = 0; j < Q.rows; ++j) {
    const double left = remove_components(Q, j, Q.row(j));
    for (std::size_t i = 0; i < Q.cols; ++i) Q(j, i) /= left;
  }
  DoubleMatrix scaled = Q;
  for (std::size_t j = 0; j < Q.rows; ++j) {
    for (std::size_t i = 0; i < Q.cols; ++i) scaled(j, i) *= values[j];
  }
  return product(transposed(Q), scaled);
}

// V orthonormal, A V = V Λ, Λ descending, the sign of each eigenvector as promised.
void check_eigen(const DoubleMatrix& A) {
  const SymmetricEigenRows eigen = symmetric_eigen_rows(A);
  check_orthonormal_rows(eigen.vectors);
  DoubleMatrix scaled = eigen.vectors;  // (V Λ)ᵀ
  for (std::size_t j = 0; j < A.rows; ++j) {
    for (std::size_t i = 0; i < A.rows; ++i) scaled(j, i) *= eigen.values[j];
    CHECK(sign_of_largest(eigen.vectors.row(j), A.rows) == 1);
    if (j > 0) CHECK(eigen.values[j - 1] >= eigen.values[j]);
  }
  const double tolerance = 1e-15 * double(A.rows + 5) * largest_entry(A);
  CHECK(largest_difference(product(eigen.vectors, A), scaled) <= tolerance);
}

}  // namespace

TEST_CASE("symmetric_eigen: a 4×4 matrix has NumPy's eigenvalues and eigenvectors") {
  const Tensor A = Tensor::matrix({{4, 1, -2, 2}, {1, 2, 0, 1}, {-2, 0, 3, -2}, {2, 1, -2, -1}});
  const SymmetricEigen eigen = symmetric_eigen(A);
  check_values(eigen.values,
               {6.844621107234965, 2.2685314064312423, 1.0843644637732166, -2.1975169774394243},
               1e-13);
  const std::vector<double> vectors = {
      0.7180459594506796,  0.20171109662094225,  0.6422600067660328,   -0.17670517062447652,  //
      0.2211529881551807,  0.7894499124874398,   -0.5441878481946866,  -0.17810046990630077,  //
      -0.5573513771375096, 0.5796341693167877,   0.520221850938615,    0.28766803431970117,   //
      0.3533564748939929,  0.010280998686330478, -0.14398227457619128, 0.9242849167461132};
  check_close(eigen.vectors, Tensor({4, 4}, std::vector<Real>(vectors.begin(), vectors.end())), 0,
              by_real(1e-14, 1e-6));
}

TEST_CASE("symmetric_eigen: the smallest matrices, and those that are diagonal already") {
  const SymmetricEigen one = symmetric_eigen(Tensor::matrix({{-3}}));
  CHECK(one.values == std::vector<double>{-3});
  CHECK(one.vectors(0, 0) == 1);

  const SymmetricEigen diagonal =
      symmetric_eigen(Tensor::matrix({{2, 0, 0}, {0, 5, 0}, {0, 0, -1}}));
  CHECK(diagonal.values == std::vector<double>{5, 2, -1});
  check_close(diagonal.vectors, Tensor::matrix({{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}), 0);

  const SymmetricEigen zero = symmetric_eigen(Tensor({3, 3}));
  CHECK(zero.values == std::vector<double>{0, 0, 0});
  check_orthonormal_rows(to_double("test", transposed(zero.vectors)));
}

TEST_CASE("symmetric_eigen: of entries equally large, the first is positive") {
  const SymmetricEigen eigen = symmetric_eigen(Tensor::matrix({{2, -1}, {-1, 2}}));
  check_values(eigen.values, {3, 1}, 1e-15);
  const Real h = Real(std::sqrt(0.5));
  check_close(eigen.vectors, Tensor::matrix({{h, h}, {-h, h}}), by_real(1e-15, 1e-7));
}

TEST_CASE("symmetric_eigen: random matrices, and repeated eigenvalues") {
  const DoubleMatrix B = random_matrix(60, 60, 1);
  DoubleMatrix A = B;
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 60; ++j) A(i, j) = B(i, j) + B(j, i);
  }
  check_eigen(A);
  check_eigen(product(B, transposed(B)));

  std::vector<double> values(60, 3.0);
  std::fill(values.begin() + 20, values.begin() + 40, 1.0);
  std::fill(values.begin() + 40, values.end(), 0.0);
  const DoubleMatrix repeated = with_eigenvalues(values, 2);
  check_eigen(repeated);
  check_values(symmetric_eigen_rows(repeated).values, values, 1e-13, 1e-13);

  DoubleMatrix ones(40, 40);  // eigenvalues 40 and 39 times 0
  std::fill(ones.values.begin(), ones.values.end(), 1.0);
  check_eigen(ones);

  DoubleMatrix split(5, 5);  // two blocks that do not touch, and a row of zeros
  split(0, 3) = split(3, 0) = 2;
  split(1, 4) = split(4, 1) = -7;
  check_eigen(split);
  check_values(symmetric_eigen_rows(split).values, {7, 2, 0, -2, -7}, 1e-14, 1e-14);
}

TEST_CASE(
    "symmetric_eigen: the small eigenvalues of a graded matrix keep their digits, in any order of "
    "rows") {
  const std::vector<double> expected = {4.0000009536951087e+00, 6.0081470175365468e-05,
                                        9.2228855879893533e-10, 1.4112839604125608e-14,
                                        2.1568632929441777e-19, 3.2944160672687228e-24};
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {2, 5, 0, 4, 1, 3}}) {
    DoubleMatrix A(6, 6);
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t j = 0; j < 6; ++j) {
        const std::size_t sum = order[i] + order[j];
        A(i, j) = std::ldexp(i == j ? 4.0 : 1 / double(1 + sum), -8 * int(sum));
      }
    }
    check_values(symmetric_eigen_rows(A).values, expected, 1e-14);
  }
}

TEST_CASE("symmetric_eigen: entries near the ends of the range of a double") {
  for (double scale : {1e-300, 5e307}) {  // 5e307: the sum of the diagonal is beyond the range
    DoubleMatrix A(2, 2);
    A.values = {2 * scale, -scale, -scale, 2 * scale};
    check_values(symmetric_eigen_rows(A).values, {3 * scale, scale}, 1e-14);
    check_values(svd_rows(A).singular_values, {3 * scale, scale}, 1e-14);
  }
}

TEST_CASE("symmetric_eigen: refuses what has no answer") {
  CHECK(error_of([] {
          symmetric_eigen(Tensor({2, 3}));
        }) == "symmetric_eigen: A is 2×3, not square");
  CHECK(
      error_of([] {
        symmetric_eigen(Tensor::matrix({{1, 2}, {3, 1}}));
      }) ==
      "symmetric_eigen: A(1, 0) is 3 but A(0, 1) is 2 (A must be symmetric; svd takes any matrix)");
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  CHECK(error_of([&] {
          symmetric_eigen(Tensor::matrix({{1, nan}, {nan, 1}}));
        }) == "symmetric_eigen: entry (0, 1) of 2×2 is nan (every entry must be a finite number)");
  CHECK(error_of([] { symmetric_eigen(Tensor({4})); }) ==
        "symmetric_eigen: needs a matrix with at least one row, got 4");
  DoubleMatrix infinite(1, 1);
  infinite(0, 0) = std::numeric_limits<double>::infinity();
  CHECK(error_of([&] { symmetric_eigen_rows(infinite); }) ==
        "symmetric_eigen: entry (0, 0) of A is inf (every entry must be a finite number)");
  CHECK(error_of([] { symmetric_eigen_rows(DoubleMatrix()); }) == "symmetric_eigen: A is empty");
  // Rounding is no reason to refuse.
  const Real rounded = Real(1) + 4 * std::numeric_limits<Real>::epsilon();
  CHECK(error_of([&] { symmetric_eigen(Tensor::matrix({{1, rounded}, {1, 1}})); }).empty());
}

TEST_CASE("a matrix of rank one, whose other eigenvalues are 0, has them all") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const std::size_t n = 100;
    std::vector<double> c(n);
    double squares = 0;
    for (double& x : c) {
      x = (double(rng.below(9)) - 4) / 4;
      squares += x * x;
    }
    DoubleMatrix A(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) A(i, j) = c[i] * c[j];
    }
    const SymmetricEigenRows eigen = symmetric_eigen_rows(A);
    check_close(eigen.values[0], squares, 1e-12);
    check_close(eigen.values[1], 0, 0, 1e-12 * squares);
    check_close(eigen.values[n - 1], 0, 0, 1e-12 * squares);
  }
}
