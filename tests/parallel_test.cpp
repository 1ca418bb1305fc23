#include "core/parallel.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the pieces cover the range once, for any number of threads and any grain") {
  for (std::size_t threads : {1, 2, 3, 8}) {
    Workers workers(threads);
    for (std::size_t n : {0, 1, 3, 4, 5, 63, 64, 100}) {
      for (std::size_t grain : {1, 4, 64, 1000}) {
        std::vector<std::atomic<int>> seen(n);
        for_ranges(&workers, n, grain, [&](std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) ++seen[i];
        });
        for (const auto& times : seen) CHECK(times == 1);
      }
    }
  }
}

TEST_CASE("many short rounds end, and without workers the caller does all") {
  Workers workers(4);
  std::atomic<std::size_t> sum = 0;
  for (int round = 0; round < 2000; ++round) {
    workers.for_ranges(8, 1, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
  }
  CHECK(sum == 16'000);
  for_ranges(nullptr, 10, 1, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
  CHECK(sum == 16'010);
}
