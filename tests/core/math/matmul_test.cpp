#include "core/math/matmul.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "core/math/matmul_packed.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const Real nan_value = std::numeric_limits<Real>::quiet_NaN();
// Tiles and vectors are never filled by all of them
const std::size_t edge_sizes[] = {1, 5, 17, 33};

bool all_nan(const Tensor& A) {
  return std::all_of(A.values.begin(), A.values.end(), [](Real a) { return std::isnan(a); });
}

// The panels that packing leaves in memory from one product to the next are NaN after this.
void fill_panels_with_nan() {
  const Tensor A({100, 300}, nan_value), B({300, 100}, nan_value);
  Tensor C({100, 100});
  matmul(A, B, C);
  REQUIRE(all_nan(C));
}

// A matrix in the corner of a larger one that holds `around` everywhere else.
Tensor framed(const Tensor& A, Real around) {
  Tensor large({A.rows() + 20, A.cols() + 40}, around);
  for (std::size_t i = 0; i < A.rows(); ++i) std::copy_n(A.row(i), A.cols(), large.row(i));
  return large;
}

bool same_number(Real a, Real b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

TEST_CASE(
    "the blocked products equal the three loops in every variant, for shapes with every kind of "
    "edge") {
  Rng rng(1);
  const std::size_t sizes[] = {1, 2, 3, 7, 8, 9, 16, 17, 33, 70};
  for (std::size_t n : sizes) {
    for (std::size_t k : {1, 5, 64}) {
      for (std::size_t p : sizes) {
        CAPTURE(n);
        CAPTURE(k);
        CAPTURE(p);
        const Tensor A = normal_tensor({n, k}, rng), B = normal_tensor({k, p}, rng),
                     start = normal_tensor({n, p}, rng);
        const Tensor At = transposed(A), Bt = transposed(B);
        const double absolute = by_real(1e-13, 1e-4);
        for (Store store : {Store::overwrite, Store::add}) {
          Tensor expected = start, nn = start, nt = start, tn = start;
          reference::matmul(A, B, expected, store);
          matmul(A, B, nn, store);
          matmul_bt(A, Bt, nt, store);
          matmul_at(At, B, tn, store);
          check_close(nn, expected, 0, absolute);
          check_close(nt, expected, 0, absolute);
          check_close(tn, expected, 0, absolute);
        }
      }
    }
  }
}

TEST_CASE("products of several blocks, deep, tall and wide, scaled") {
  Rng rng(3);
  const std::size_t shapes[][3] = {
      {340, 3, 1030}, {700, 300, 40}, {5, 1000, 1100}, {341, 513, 33}, {1, 600, 1}};
  for (const auto& shape : shapes) {
    const std::size_t n = shape[0], k = shape[1], p = shape[2];
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(p);
    const Tensor A = uniform_tensor({n, k}, rng, -1, 1), B = uniform_tensor({k, p}, rng, -1, 1),
                 start = uniform_tensor({n, p}, rng, -1, 1);
    const Tensor At = transposed(A), Bt = transposed(B);
    const double absolute = by_real(1e-12, 1e-3);
    for (Store store : {Store::overwrite, Store::add}) {
      Tensor expected = start, nn = start, nt = start, tn = start;
      reference::matmul(A, B, expected, store, Real(0.25));
      matmul(A, B, nn, store, nullptr, Real(0.25));
      matmul_bt(A, Bt, nt, store, nullptr, Real(0.25));
      matmul_at(At, B, tn, store, nullptr, Real(0.25));
      check_close(nn, expected, 0, absolute);
      check_close(nt, expected, 0, absolute);
      check_close(tn, expected, 0, absolute);
    }
  }
}

TEST_CASE("a sum over nothing is zero, and a matrix without rows is left alone") {
  Tensor C({2, 3}, 7), none({0, 3});
  matmul_at(Tensor({0, 2}), Tensor({0, 3}), C);
  CHECK(C.values == std::vector<Real>(6, 0));
  matmul(Tensor({0, 4}), Tensor({4, 3}), none);
  CHECK(none.empty());
}

TEST_CASE("a literal product") {
  const Tensor A = Tensor::matrix({{1, 2}, {3, 4}}), B = Tensor::matrix({{5, 6}, {7, 8}});
  CHECK(matmul(A, B).values == std::vector<Real>{19, 22, 43, 50});
  CHECK(matmul_bt(A, B).values == std::vector<Real>{17, 23, 39, 53});
  CHECK(matmul_at(A, B).values == std::vector<Real>{26, 30, 38, 44});
}

TEST_CASE("the same bits for any number of threads, cut by rows or by columns") {
  Rng rng(2);
  const std::size_t shapes[][3] = {{301, 200, 150}, {150, 300, 301}, {1000, 50, 20}};
  for (const auto& shape : shapes) {
    const std::size_t n = shape[0], k = shape[1], p = shape[2];
    const Tensor A = normal_tensor({n, k}, rng), B = normal_tensor({k, p}, rng);
    const Tensor At = transposed(A), Bt = transposed(B);
    Tensor alone({n, p}), nt_alone({n, p}), tn_alone({n, p});
    matmul(A, B, alone);
    matmul_bt(A, Bt, nt_alone);
    matmul_at(At, B, tn_alone);
    CHECK(nt_alone.values == alone.values);  // only the packing differs
    CHECK(tn_alone.values == alone.values);
    for (std::size_t threads : {2, 3, 7}) {
      Workers workers(threads);
#ifdef STRATA_DEBUG
      CHECK(workers.threads() == 1);  // the debug build steps through one thread
#else
      CHECK(workers.threads() == threads);
#endif
      for (int round = 0; round < 20; ++round) {
        Tensor nn({n, p}), nt({n, p}), tn({n, p});
        matmul(A, B, nn, Store::overwrite, &workers);
        matmul_bt(A, Bt, nt, Store::overwrite, &workers);
        matmul_at(At, B, tn, Store::overwrite, &workers);
        CHECK(nn.values == alone.values);
        CHECK(nt.values == alone.values);
        CHECK(tn.values == alone.values);
      }
    }
  }
}

TEST_CASE("shapes that do not fit are refused, naming both") {
  Tensor C({2, 5});
  CHECK(error_of([&] {
          matmul(Tensor({2, 3}), Tensor({4, 5}), C);
        }) == "matmul: A is 2×3 but B is 4×5 (columns of A must equal rows of B)");
  CHECK(error_of([&] {
          matmul_bt(Tensor({2, 3}), Tensor({5, 4}), C);
        }) == "matmul_bt: A is 2×3 but B is 5×4 (columns of A must equal columns of B)");
  CHECK(error_of([&] {
          matmul_at(Tensor({3, 2}), Tensor({4, 5}), C);
        }) == "matmul_at: A is 3×2 but B is 4×5 (rows of A must equal rows of B)");
  CHECK(error_of([&] {
          matmul(Tensor({2, 4}), Tensor({4, 6}), C);
        }).find("the result is 2×6 but C is 2×5") != std::string::npos);
}

TEST_CASE("NaN in an operand is not lost, even against zeros") {
  Tensor A({1, 2}, {std::numeric_limits<Real>::quiet_NaN(), 0});
  CHECK(std::isnan(matmul(A, Tensor({2, 3}))[0]));
}

TEST_CASE(
    "nothing comes in from old panels or leaves the edges: NaN that a product met before stays "
    "away") {
  Rng rng(4);
  const double absolute = by_real(1e-13, 1e-4);
  for (std::size_t n : edge_sizes) {
    for (std::size_t k : edge_sizes) {
      for (std::size_t p : edge_sizes) {
        CAPTURE(n);
        CAPTURE(k);
        CAPTURE(p);
        const Tensor A = normal_tensor({n, k}, rng), B = normal_tensor({k, p}, rng);
        const Tensor At = transposed(A), Bt = transposed(B);
        for (Store store : {Store::overwrite, Store::add}) {
          // What is overwritten does not matter.
          const Tensor start =
              store == Store::add ? normal_tensor({n, p}, rng) : Tensor({n, p}, nan_value);
          Tensor expected = start, nn = start, nt = start, tn = start;
          reference::matmul(A, B, expected, store);
          REQUIRE(all_finite(expected));
          fill_panels_with_nan();
          matmul(A, B, nn, store);
          check_close(nn, expected, 0, absolute);
          fill_panels_with_nan();
          matmul_bt(A, Bt, nt, store);
          check_close(nt, expected, 0, absolute);
          fill_panels_with_nan();
          matmul_at(At, B, tn, store);
          check_close(tn, expected, 0, absolute);
        }
      }
    }
  }
}

TEST_CASE("a product of parts of larger matrices neither uses nor touches what is around them") {
  Rng rng(5);
  const double absolute = by_real(1e-13, 1e-4);
  for (std::size_t n : edge_sizes) {
    for (std::size_t k : edge_sizes) {
      for (std::size_t p : edge_sizes) {
        CAPTURE(n);
        CAPTURE(k);
        CAPTURE(p);
        const Tensor A = normal_tensor({n, k}, rng), B = normal_tensor({k, p}, rng),
                     start = normal_tensor({n, p}, rng);
        const Tensor in_rows = framed(A, nan_value), in_cols = framed(transposed(B), nan_value);
        for (Store store : {Store::overwrite, Store::add}) {
          for (Real around : {nan_value, Real(7)}) {
            Tensor expected = start, C = framed(start, around);
            reference::matmul(A, B, expected, store);
            Product product{.n = n, .k = k, .p = p, .store = store};
            product.A = in_rows.values.data();
            product.a_row = in_rows.cols();
            product.a_col = 1;
            product.B = in_cols.values.data();  // transposed
            product.b_row = 1;
            product.b_col = in_cols.cols();
            product.C = C.values.data();
            product.c_row = C.cols();
            multiply_packed(product);
            const Tensor frame = framed(expected, around);
            bool inside = true, outside = true;
            for (std::size_t i = 0; i < C.rows(); ++i) {
              for (std::size_t j = 0; j < C.cols(); ++j) {
                if (i < n && j < p) {
                  inside = inside && is_close(C(i, j), frame(i, j), 0, absolute);
                } else {
                  outside = outside && same_number(C(i, j), around);
                }
              }
            }
            CHECK(inside);
            CHECK(outside);
          }
        }
      }
    }
  }
}

TEST_CASE("one NaN in a row of A makes that row of C NaN and no other, in every variant") {
  Rng rng(6);
  const std::size_t shapes[][3] = {{33, 17, 33}, {17, 300, 5}, {5, 1, 17}};
  for (const auto& shape : shapes) {
    const std::size_t n = shape[0], k = shape[1], p = shape[2];
    const Tensor B = normal_tensor({k, p}, rng), Bt = transposed(B);
    for (std::size_t row = 0; row < n; ++row) {
      CAPTURE(n);
      CAPTURE(row);
      Tensor A = normal_tensor({n, k}, rng);
      A(row, row % k) = nan_value;
      Tensor nn({n, p}), nt({n, p}), tn({n, p});
      matmul(A, B, nn);
      matmul_bt(A, Bt, nt);
      matmul_at(transposed(A), B, tn);
      for (const Tensor* C : {&nn, &nt, &tn}) {
        for (std::size_t i = 0; i < n; ++i) {
          const Tensor c = slice_rows(*C, i, i + 1);
          CHECK((i == row ? all_nan(c) : all_finite(c)));
        }
      }
    }
  }
}
