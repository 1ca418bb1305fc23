// core/linalg/angles.hpp, core/linalg/eigen.hpp, core/linalg/svd.hpp. Literal values are from
// reference/make_linalg_reference.py.

#include "core/linalg/angles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/math/matmul.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

DoubleMatrix random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Rng rng(seed);
  DoubleMatrix A(rows, cols);
  for (double& a : A.values) a = rng.normal();
  return A;
}

double largest_entry(const DoubleMatrix& A) {
  double largest = 0;
  for (double a : A.values) largest = std::max(largest, std::abs(a));
  return largest;
}

double largest_difference(const DoubleMatrix& A, const DoubleMatrix& B) {
  DoubleMatrix difference = A;
  add_scaled_row(-1, B.values.data(), difference.values.data(), A.values.size());
  return largest_entry(difference);
}

void check_orthonormal_rows(const DoubleMatrix& Q) {
  CHECK(largest_difference(product(Q, transposed(Q)), identity_matrix(Q.rows)) <
        1e-14 * double(Q.cols + 5));
}

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

// U and V orthonormal, A = U diag(s) Vᵀ, s descending.
SvdRows check_svd(const DoubleMatrix& A) {
  SvdRows result = svd_rows(A);
  const std::size_t r = std::min(A.rows, A.cols);
  CHECK(result.singular_values.size() == r);
  CHECK(result.U.rows == r);
  CHECK(result.V.rows == r);
  check_orthonormal_rows(result.U);
  check_orthonormal_rows(result.V);
  DoubleMatrix scaled = result.V;
  for (std::size_t j = 0; j < r; ++j) {
    for (std::size_t i = 0; i < A.cols; ++i) scaled(j, i) *= result.singular_values[j];
    CHECK(sign_of_largest(result.V.row(j), A.cols) == 1);
    CHECK(result.singular_values[j] >= 0);
    if (j > 0) CHECK(result.singular_values[j - 1] >= result.singular_values[j]);
  }
  const double tolerance = 1e-15 * double(A.rows + A.cols) * result.singular_values[0];
  CHECK(largest_difference(product(transposed(result.U), scaled), A) <= tolerance);
  return result;
}

void check_values(const std::vector<double>& actual, const std::vector<double>& expected,
                  double relative, double absolute = 0) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    check_close(actual[i], expected[i], relative, absolute);
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

TEST_CASE("svd: a 4×3 matrix has NumPy's factors, and its transpose the same ones exchanged") {
  const Tensor A = Tensor::matrix({{2, -1, 0}, {1, 3, 1}, {0, 1, -2}, {4, 0, 1}});
  const std::vector<double> s = {4.758953402529101, 3.306778669013714, 2.101803355861955};
  const std::vector<double> v = {0.9504889787765953,  -0.13159040910531372, -0.28152205145551396,
                                 0.1066627194394435,  0.9890312306381308,   -0.10217773291772791,
                                 0.29187971067891544, 0.06709090142426255,  0.954099075274718};
  const std::vector<double> u = {
      0.3770398838450856,   -0.3786803333959588,  -0.21927187845996066,  //
      0.3282984126181066,   0.8777709289805824,   0.17415702760447102,   //
      -0.10025244240988762, 0.2585142561248511,   -0.956500463214221,    //
      0.8602386448267526,   -0.13888765501622619, -0.08182931579572277};
  const Tensor V({3, 3}, std::vector<Real>(v.begin(), v.end()));
  const Tensor U({4, 3}, std::vector<Real>(u.begin(), u.end()));
  const double tolerance = by_real(1e-14, 1e-6);
  const Svd tall = svd(A);
  check_values(tall.singular_values, s, 1e-14);
  check_close(tall.U, U, 0, tolerance);
  check_close(tall.V, V, 0, tolerance);

  const Svd flat = svd(transposed(A));
  check_values(flat.singular_values, s, 1e-14);
  for (std::size_t j = 0; j < 3; ++j) {  // the sign now follows the 4 rows of U
    const Real sign = j == 2 ? Real(-1) : Real(1);
    for (std::size_t i = 0; i < 4; ++i) check_close(flat.V(i, j), sign * U(i, j), 0, tolerance);
    for (std::size_t i = 0; i < 3; ++i) check_close(flat.U(i, j), sign * V(i, j), 0, tolerance);
  }
}

TEST_CASE("svd: tall, flat, square, one row, one column, one number") {
  for (const Shape& shape : {Shape{50, 12}, {12, 50}, {40, 40}, {1, 9}, {9, 1}, {1, 1}, {300, 3}}) {
    CAPTURE(text(shape));
    check_svd(random_matrix(shape[0], shape[1], 3));
  }
}

TEST_CASE("svd: U and V are orthonormal also where the matrix has a low rank") {
  const DoubleMatrix low = product(random_matrix(30, 3, 4), random_matrix(3, 20, 5));
  const SvdRows of_low = check_svd(low);
  CHECK(of_low.singular_values[2] > 1);
  CHECK(of_low.singular_values[3] < 1e-13);
  check_svd(transposed(low));

  check_svd(DoubleMatrix(5, 3));  // all zeros
  check_svd(DoubleMatrix(3, 5));
  // What is left past the rank cannot be orthogonal: it must be replaced
  DoubleMatrix one_row(6, 4);
  one_row(2, 0) = 1, one_row(2, 1) = 2, one_row(2, 3) = -1;
  check_values(check_svd(one_row).singular_values, {std::sqrt(6.0), 0, 0, 0}, 1e-15, 1e-15);
  check_svd(transposed(one_row));
  // Squares of the second column are not right any more: it counts as 0
  DoubleMatrix vanishing(3, 2);
  vanishing(0, 0) = 1, vanishing(1, 1) = 1.1e-160, vanishing(2, 1) = 1e-160;
  check_values(check_svd(vanishing).singular_values, {1, 0}, 1e-15);
  DoubleMatrix ones(20, 20);
  std::fill(ones.values.begin(), ones.values.end(), 1.0);
  check_svd(ones);
}

TEST_CASE("svd: small singular values do not drown in squares") {
  // Läuchli's matrix: AᵀA is 1 + 10⁻¹⁸ on the diagonal, which is 1 in a double. s = √(3 + ε²), ε,
  // ε.
  const double tiny = 1e-9;
  DoubleMatrix lauchli(4, 3);
  for (std::size_t j = 0; j < 3; ++j) {
    lauchli(0, j) = 1;
    lauchli(j + 1, j) = tiny;
  }
  check_values(check_svd(lauchli).singular_values, {std::sqrt(3.0), tiny, tiny}, 1e-14, 4e-16);

  DoubleMatrix hilbert(8, 8);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) hilbert(i, j) = 1 / double(i + j + 1);
  }
  check_values(check_svd(hilbert).singular_values,
               {1.6959389969219494e+00, 2.9812521131693070e-01, 2.6212843578119052e-02,
                1.4676881177418471e-03, 5.4369433697508964e-05, 1.2943320918741794e-06,
                1.7988737460063012e-08, 1.1115389694888081e-10},
               1e-14, 4e-16);

  DoubleMatrix diagonal(3, 3);
  diagonal(0, 0) = 1e-10, diagonal(1, 1) = -1, diagonal(2, 2) = 1e-20;
  check_values(check_svd(diagonal).singular_values, {1, 1e-10, 1e-20}, 1e-15);
}

TEST_CASE("svd: refuses what is not a finite matrix") {
  CHECK(error_of([] { svd(Tensor({3})); }) == "svd: needs a matrix with at least one row, got 3");
  CHECK(error_of([] {
          svd(Tensor({0, 3}));
        }) == "svd: needs a matrix with at least one row, got 0×3");
  CHECK(error_of([] {
          svd(Tensor({2, 2}, std::numeric_limits<Real>::infinity()));
        }) == "svd: entry (0, 0) of 2×2 is inf (every entry must be a finite number)");
}

TEST_CASE("orthonormal_columns: a basis of the same space, column by column") {
  Rng rng(6);
  const Tensor A = normal_tensor({9, 4}, rng);
  const Tensor Q = orthonormal_columns(A);
  check_close(matmul_at(Q, Q), to_tensor(identity_matrix(4)), 0, by_real(1e-15, 1e-6));
  const Tensor R = matmul_at(Q, A);  // upper triangular with a positive diagonal: A = Q R
  check_close(matmul(Q, R), A, 0, by_real(1e-14, 1e-5));
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(R(j, j) > 0);
    for (std::size_t i = j + 1; i < 4; ++i) check_close(R(i, j), 0, 0, by_real(1e-14, 1e-5));
  }
  // Columns that nearly coincide: without the second pass the basis is not orthogonal.
  const Real near = Real(by_real(1e-12, 1e-4));
  const Tensor close = Tensor::matrix({{1, 1, 1},
                                       {Real(1) / 3, Real(1) / 3 + near, Real(1) / 3},
                                       {Real(0.1), Real(0.1), Real(0.1) + near}});
  const Tensor P = orthonormal_columns(close);
  check_close(matmul_at(P, P), to_tensor(identity_matrix(3)), 0, by_real(1e-15, 1e-6));

  CHECK(error_of([] {
          orthonormal_columns(Tensor::matrix({{1, 2}, {2, 4}, {3, 6}}));
        }) ==
        "orthonormal_columns: column 1 of 3×2 is a combination of the columns before it (the "
        "columns must be "
        "independent)");
  CHECK(error_of([] {
          orthonormal_columns(Tensor::matrix({{0, 1}, {0, 1}}));
        }) == "orthonormal_columns: column 0 of 2×2 is 0 (the columns must be independent)");
  CHECK(error_of([] {
          orthonormal_columns(Tensor({2, 3}, 1));
        }) == "orthonormal_columns: 2×3 has more columns than rows, so they cannot be independent");
}

TEST_CASE("principal_angles: SciPy's angles, for spaces of the same and of another dimension") {
  const Tensor A = Tensor::matrix({{1, 0}, {2, 1}, {0, 3}, {-1, 1}, {1, 1}});
  const Tensor B = Tensor::matrix({{1, 2}, {1, 0}, {1, 1}, {0, -1}, {3, 1}});
  const std::vector<double> angles = {0.6425884421334911, 1.3678255742895642};
  check_values(principal_angles(A, B), angles, 1e-13);
  check_values(principal_angles(B, A), angles, 1e-13);
  check_close(largest_principal_angle(A, B), angles[1], 1e-13);
  const Tensor line({5, 1}, {1, 1, 1, 0, 3});
  check_values(principal_angles(A, line), {0.6515122471573607}, 1e-13);
  check_values(principal_angles(line, A), {0.6515122471573607}, 1e-13);
}

TEST_CASE("principal_angles: tiny angles, right angles and equal spaces") {
  // Column 0 leaves the plane of the first two axes by the angle atan(10⁻⁹), column 1 by atan(½).
  const Tensor A = Tensor::matrix({{1, 0}, {0, 1}, {0, 0}, {0, 0}});
  const Tensor B = Tensor::matrix({{1, 0}, {0, 1}, {Real(1e-9), 0}, {0, Real(0.5)}});
  check_values(principal_angles(A, B), {1e-9, std::atan(0.5)}, by_real(1e-14, 1e-7));
  check_values(principal_angles(A, Tensor::matrix({{0}, {0}, {1}, {0}})), {std::numbers::pi / 2},
               1e-15);
  const Tensor nearly_right = Tensor::matrix({{Real(1e-9)}, {0}, {1}, {0}});
  check_close(std::numbers::pi / 2 - largest_principal_angle(A, nearly_right), 1e-9,
              by_real(1e-6, 1e-6));

  // The same space in another basis, in a general position.
  Rng rng(7);
  const Tensor C = normal_tensor({12, 3}, rng);
  const Tensor mix = Tensor::matrix({{2, 1, 0}, {-1, 1, 3}, {0, 1, 1}});
  CHECK(largest_principal_angle(C, matmul(C, mix)) < by_real(1e-14, 1e-5));
  if (sizeof(Real) == 8) {
    const Tensor Q = orthonormal_columns(normal_tensor({12, 4}, rng));
    Tensor D({12, 3});  // three columns of Q, the last one turned by 10⁻⁹ towards the fourth
    for (std::size_t i = 0; i < 12; ++i) {
      for (std::size_t j = 0; j < 3; ++j)
        D(i, j) = Q(i, j) + (j == 2 ? Real(1e-9) * Q(i, 3) : Real(0));
    }
    Tensor first({12, 3});
    for (std::size_t i = 0; i < 12; ++i) std::copy_n(Q.row(i), 3, first.row(i));
    check_close(largest_principal_angle(first, matmul(D, mix)), 1e-9, 1e-5);
  }
  CHECK(error_of([] {
          principal_angles(Tensor({4, 2}, 1), Tensor({5, 2}, 1));
        }) ==
        "principal_angles: A is 4×2 but B is 5×2 (two matrices with the same number of rows)");
}
