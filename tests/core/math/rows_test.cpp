// core/math/rows.hpp and core/sums.hpp, and the pieces into which both the rows and the tiles of a
// product are cut.

#include "core/math/rows.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <utility>

#include "core/random/rng.hpp"
#include "core/sums.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("sums over fewer, as many and more terms than are summed side by side") {
  for (const std::size_t n : {0, 1, 31, 32, 33, 65}) {
    CAPTURE(n);
    std::vector<int> asked(n, 0);
    const std::size_t squares = sum_over<std::size_t>(n, [&asked](std::size_t i) {
      ++asked[i];
      return (i + 1) * (i + 1);
    });
    CHECK(squares == n * (n + 1) * (2 * n + 1) / 6);
    CHECK(asked == std::vector<int>(n, 1));  // each term once
    // Multiples of 1/4 of this size are exact in double, in any order.
    CHECK(sum_over<double>(n, [](std::size_t i) { return double(i) - 0.25; }) ==
          double(n * (n + 1) / 2) - 1.25 * double(n));
    long double expected = 0;
    for (std::size_t i = 0; i < n; ++i) expected += 1 / ((long double)(i) + 1);
    check_close(sum_over<double>(n, [](std::size_t i) { return 1 / double(i + 1); }),
                double(expected), 1e-15);
  }
  // The sum's type is the one asked for, not that of the terms: in float, 2²⁴ + 1 would be 2²⁴.
  const auto term = [](std::size_t i) { return i == 0 ? 16'777'216.0f : i == 32 ? 1.0f : 0.0f; };
  CHECK(sum_over<double>(33, term) == 16'777'217);
}

TEST_CASE("a bias is added to every row") {
  Tensor Z = Tensor::matrix({{1, 2, 3}, {4, 5, 6}});
  add_to_rows(Z, Tensor({3}, {10, 20, -30}));
  CHECK(Z.values == std::vector<Real>{11, 22, -27, 14, 25, -24});
}

TEST_CASE(
    "the sums of the columns are scaled and added to what is there, from the first row to the "
    "last") {
  const Tensor X = Tensor::matrix({{1, 2}, {3, 4}, {5, 7}});
  Tensor sums({2}, {100, 200});
  add_row_sums(X, Real(0.5), sums);
  CHECK(sums.values == std::vector<Real>{104.5, 206.5});
  add_row_sums(X, -1, sums);
  CHECK(sums.values == std::vector<Real>{95.5, 193.5});

  const Real large = Real(1e17);  // large + 1 rounds to large, in double too
  Tensor ordered({2});
  add_row_sums(Tensor::matrix({{large, 1}, {-large, large}, {1, -large}}), 1, ordered);
  CHECK(ordered.values == std::vector<Real>{1, 0});
}

TEST_CASE("biases and row sums have the same bits with any number of threads") {
  const std::size_t rows = 700;
  for (const std::size_t width : {1, 17, 100, 1000}) {
    Rng rng(1);
    const Tensor X = normal_tensor({rows, width}, rng), b = normal_tensor({width}, rng);
    Tensor Z_alone = X, sums_alone = b;
    add_to_rows(Z_alone, b);
    add_row_sums(X, Real(0.3), sums_alone);
    for (std::size_t j = 0; j < width; ++j) {
      double sum = b[j];
      for (std::size_t i = 0; i < rows; ++i) sum += 0.3 * double(X(i, j));
      check_close(sums_alone[j], sum, 0, by_real(1e-12, 1e-3));
    }
    for (const std::size_t threads : {1, 2, 3, 7}) {
      CAPTURE(width);
      CAPTURE(threads);
      Workers workers(threads);
      Tensor Z = X, sums = b;
      add_to_rows(Z, b, &workers);
      add_row_sums(X, Real(0.3), sums, &workers);
      CHECK(Z.values == Z_alone.values);
      CHECK(sums.values == sums_alone.values);
    }
  }
}

TEST_CASE("biases and sums that do not fit the matrix are refused, naming both shapes") {
  Tensor Z({2, 3}), two({2});
  CHECK(error_of([&] { add_to_rows(Z, two); }) ==
        "add_to_rows: Z is 2×3 but b is 2 (one number for each column)");
  CHECK(error_of([&] { add_row_sums(Z, 1, two); }) ==
        "add_row_sums: X is 2×3 but the sums are 2 (one number for each column)");
  CHECK(two.values == std::vector<Real>{0, 0});
}

TEST_CASE("without rows, or without anything, nothing happens") {
  for (const std::size_t threads : {1, 3}) {
    Workers workers(threads);
    for (Workers* w : {static_cast<Workers*>(nullptr), &workers}) {
      Tensor no_rows({0, 3}), sums({3}, 7), nothing, none;
      add_to_rows(no_rows, sums, w);
      add_row_sums(no_rows, 2, sums, w);
      CHECK(no_rows.empty());
      CHECK(sums.values == std::vector<Real>{7, 7, 7});
      add_to_rows(nothing, none, w);
      add_row_sums(nothing, 2, none, w);
      CHECK(nothing.empty());
      CHECK(none.empty());
    }
  }
}

TEST_CASE("pieces are cut only at multiples of the grain, at most one a thread") {
  for (const std::size_t threads : {1, 2, 3, 7}) {
    for (const std::size_t n : {1, 5, 63, 64, 65, 100, 1000}) {
      for (const std::size_t grain : {1, 6, 14, 16, 64}) {
        Workers workers(threads);  // new ones share their first job, however busy the machine is
        CAPTURE(threads);
        CAPTURE(n);
        CAPTURE(grain);
        std::mutex writing;
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        for_ranges(&workers, n, grain, [&](std::size_t begin, std::size_t end) {
          const std::lock_guard<std::mutex> lock(writing);
          pieces.emplace_back(begin, end);
        });
        CHECK(pieces.size() <= workers.threads());
        if (n >= grain * workers.threads()) CHECK(pieces.size() == workers.threads());
        for (const auto& [begin, end] : pieces) {
          CHECK(begin < end);
          CHECK(begin % grain == 0);
          CHECK((end % grain == 0 || end == n));
        }
      }
    }
  }
}
