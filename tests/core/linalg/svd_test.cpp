// Singular values, and both factors, also of matrices of low rank.
// Literal values are from tests/reference/make_linalg_reference.py.

#include "core/linalg/svd.hpp"

#include <limits>

#include "core/linalg/eigen.hpp"
#include "tests/core/linalg/matrices.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

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

}  // namespace

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
