#include "core/matmul.hpp"

#include <doctest/doctest.h>

#include "core/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the blocked products equal the three loops in every variant, for shapes with every kind of edge") {
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
          reference::matmul_nn(A, B, expected, store);
          matmul_nn(A, B, nn, store);
          matmul_nt(A, Bt, nt, store);
          matmul_tn(At, B, tn, store);
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
  for (const auto& [n, k, p] : shapes) {
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(p);
    const Tensor A = uniform_tensor({n, k}, rng, -1, 1), B = uniform_tensor({k, p}, rng, -1, 1),
                 start = uniform_tensor({n, p}, rng, -1, 1);
    const Tensor At = transposed(A), Bt = transposed(B);
    const double absolute = by_real(1e-12, 1e-3);
    for (Store store : {Store::overwrite, Store::add}) {
      Tensor expected = start, nn = start, nt = start, tn = start;
      reference::matmul_nn(A, B, expected, store, Real(0.25));
      matmul_nn(A, B, nn, store, nullptr, Real(0.25));
      matmul_nt(A, Bt, nt, store, nullptr, Real(0.25));
      matmul_tn(At, B, tn, store, nullptr, Real(0.25));
      check_close(nn, expected, 0, absolute);
      check_close(nt, expected, 0, absolute);
      check_close(tn, expected, 0, absolute);
    }
  }
}

TEST_CASE("a sum over nothing is zero, and a matrix without rows is left alone") {
  Tensor C({2, 3}, 7), none({0, 3});
  matmul_tn(Tensor({0, 2}), Tensor({0, 3}), C);
  CHECK(C.values == std::vector<Real>(6, 0));
  matmul_nn(Tensor({0, 4}), Tensor({4, 3}), none);
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
  for (const auto& [n, k, p] : shapes) {
    const Tensor A = normal_tensor({n, k}, rng), B = normal_tensor({k, p}, rng);
    const Tensor At = transposed(A), Bt = transposed(B);
    Tensor alone({n, p}), nt_alone({n, p}), tn_alone({n, p});
    matmul_nn(A, B, alone);
    matmul_nt(A, Bt, nt_alone);
    matmul_tn(At, B, tn_alone);
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
        matmul_nn(A, B, nn, Store::overwrite, &workers);
        matmul_nt(A, Bt, nt, Store::overwrite, &workers);
        matmul_tn(At, B, tn, Store::overwrite, &workers);
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
          matmul_nn(Tensor({2, 3}), Tensor({4, 5}), C);
        }) == "matmul: A is 2×3 but B is 4×5 (columns of A must equal rows of B)");
  CHECK(error_of([&] {
          matmul_nt(Tensor({2, 3}), Tensor({5, 4}), C);
        }) == "matmul_bt: A is 2×3 but B is 5×4 (columns of A must equal columns of B)");
  CHECK(error_of([&] {
          matmul_tn(Tensor({3, 2}), Tensor({4, 5}), C);
        }) == "matmul_at: A is 3×2 but B is 4×5 (rows of A must equal rows of B)");
  CHECK(error_of([&] {
          matmul_nn(Tensor({2, 4}), Tensor({4, 6}), C);
        }).find("the result is 2×6 but C is 2×5") != std::string::npos);
}

TEST_CASE("NaN in an operand is not lost, even against zeros") {
  Tensor A({1, 2}, {std::numeric_limits<Real>::quiet_NaN(), 0});
  CHECK(std::isnan(matmul(A, Tensor({2, 3}))[0]));
}
