#include "core/tensor.hpp"

#include <doctest/doctest.h>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("row-major entries, rows and columns") {
  const Tensor A = Tensor::matrix({{1, 2, 3}, {4, 5, 6}});
  CHECK(text(A.shape) == "2×3");
  CHECK(A(1, 0) == 4);
  CHECK(A.row(1)[2] == 6);
  CHECK(transposed(A).values == std::vector<Real>{1, 4, 2, 5, 3, 6});
  CHECK(slice_rows(A, 1, 2).values == std::vector<Real>{4, 5, 6});
  Tensor picked;
  gather_rows(A, {1, 1, 0}, picked);
  CHECK(picked.values == std::vector<Real>{4, 5, 6, 4, 5, 6, 1, 2, 3});
  CHECK(column_means(A).values == std::vector<Real>{Real(2.5), Real(3.5), Real(4.5)});
  const Tensor images({2, 3, 4, 5});
  CHECK(images.rows() == 2);
  CHECK(images.cols() == 60);
}

TEST_CASE("the reported error is a sum over features and a mean over examples") {
  const Tensor X = Tensor::matrix({{1, 2}, {3, 4}}), R = Tensor::matrix({{1, 0}, {0, 4}});
  CHECK(squared_error_per_example(X, R) == (4 + 9) / 2.0);
}

TEST_CASE("an empty tensor has no rows and no columns") {
  CHECK(Tensor().rows() == 0);
  CHECK(Tensor().cols() == 0);
  CHECK(error_of([] { slice_rows(Tensor(), 0, 0); }).find("needs a matrix") != std::string::npos);
  CHECK(error_of([] { squared_error_per_example(Tensor(), Tensor()); }).find("no examples") !=
        std::string::npos);
}

TEST_CASE("relative differences: of the largest entry, and never lost in NaN") {
  const Tensor A = Tensor::matrix({{1, -4}}), B = Tensor::matrix({{1, -3}});
  CHECK(relative_difference(A, B) == 0.25);
  CHECK(relative_difference(A, A) == 0);
  CHECK(relative_difference(Tensor({2}), Tensor({2})) == 0);
  Tensor broken = A;
  broken[0] = std::numeric_limits<Real>::quiet_NaN();
  CHECK(std::isinf(relative_difference(A, broken)));
  CHECK(std::isinf(relative_difference(broken, A)));
}

TEST_CASE("infinity and NaN are close to nothing but infinity itself") {
  const double infinity = std::numeric_limits<double>::infinity(),
               nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(!is_close(infinity, 3, 1e-9));
  CHECK(!is_close(3, infinity, 1e-9));
  CHECK(!is_close(nan, nan, 1e-9));
  CHECK(is_close(infinity, infinity, 1e-9));
}

TEST_CASE("what cannot be is refused in one line") {
  CHECK(error_of([] {
          Tensor({2, 2}, std::vector<Real>{1, 2, 3});
        }) == "tensor: 3 numbers for shape 2×2 (needs 4)");
  CHECK(error_of([] {
          Tensor::matrix({{1, 2}, {3}});
        }).find("a row of 1 numbers after a row of 2") != std::string::npos);
  CHECK(error_of([] {
          Shape({1, 2, 3, 4, 5});
        }).find("1 to 4 dimensions, not 5") != std::string::npos);
  CHECK(error_of([] { Shape({3, 0}); }).find("dimension 1 of 3×0 is 0") != std::string::npos);
  CHECK(error_of([] {
          Shape({std::size_t(1) << 40, std::size_t(1) << 40});
        }).find("larger than any memory") != std::string::npos);
#ifndef __SANITIZE_ADDRESS__  // there it ends the program instead of throwing
  CHECK(error_of([] {
          Tensor({std::size_t(1) << 45});
        }).find("not enough memory for a tensor of 35184372088832 (") == 0);
#endif
  CHECK(error_of([] { Tensor({2, 3}).item(); }) == "item: the tensor is 2×3, not a single number");
  CHECK(error_of([] {
          Tensor({2, 3}).reshaped({4});
        }) == "reshape: 2×3 has 6 numbers but 4 needs 4");
  CHECK(error_of([] {
          slice_rows(Tensor({2, 3}), 1, 3);
        }) == "slice_rows: rows 1:3 of a tensor of 2×3");
}

TEST_CASE("the text of a large tensor is bounded") {
  const std::string shown = to_text(Tensor({1000, 1000}, 1));
  CHECK(shown.find("1000×1000") == 0);
  CHECK(shown.find("992 more rows") != std::string::npos);
  CHECK(shown.size() < 2000);
}
