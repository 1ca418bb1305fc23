// Orthonormal bases, and the angles between two spaces.
// Literal values are from tests/reference/make_linalg_reference.py.

#include "core/linalg/angles.hpp"

#include <numbers>

#include "core/math/matmul.hpp"
#include "tests/core/linalg/matrices.hpp"

using namespace strata;
using namespace strata::testing;

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
