#include "core/rng.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the generator gives the published sequence: xoshiro256++ seeded by SplitMix64") {
  // Made independently in Python from the two papers' definitions, seed 1.
  Rng rng(1);
  const std::uint64_t expected[] = {14971601782005023387u, 13781649495232077965u, 1847458086238483744u,
                                    13765271635752736470u};
  for (std::uint64_t value : expected) CHECK(rng.next() == value);
}

TEST_CASE("streams of one seed differ, and the same stream repeats") {
  Rng a(1, 1), b(1, 2), again(1, 1);
  CHECK(a.next() != b.next());
  Rng c(1, 1);
  CHECK(c.next() == again.next());
}

TEST_CASE("a saved state repeats the draws to come, the spare normal included") {
  Rng rng(4);
  rng.normal();
  const RngState state = rng.state();
  const double first = rng.normal(), second = rng.normal();
  rng.set_state(state);
  CHECK(rng.normal() == first);
  CHECK(rng.normal() == second);
}

TEST_CASE("moments of uniforms and normals") {
  Rng rng(2);
  const int n = 200'000;
  double sum = 0, squares = 0, fourth = 0, uniform_sum = 0;
  for (int i = 0; i < n; ++i) {
    const double z = rng.normal();
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
    const double u = rng.uniform();
    CHECK((u >= 0 && u < 1));
    uniform_sum += u;
  }
  CHECK(std::abs(sum / n) < 0.01);
  CHECK(std::abs(squares / n - 1) < 0.02);
  CHECK(std::abs(fourth / n - 3) < 0.1);
  CHECK(std::abs(uniform_sum / n - 0.5) < 0.005);
}

TEST_CASE("a shuffle is a permutation, and every first element is as likely") {
  Rng rng(3);
  std::vector<int> counts(5, 0);
  for (int trial = 0; trial < 50'000; ++trial) {
    std::vector<std::size_t> order = {0, 1, 2, 3, 4};
    rng.shuffle(order);
    CHECK(std::accumulate(order.begin(), order.end(), std::size_t(0)) == 10);
    ++counts[order[0]];
  }
  for (int count : counts) CHECK(std::abs(count - 10'000) < 400);
  // below 3 · 2⁶² there are two 64-bit numbers for some remainders and one for others, unless some are drawn again
  int low = 0;
  for (int trial = 0; trial < 30'000; ++trial) low += rng.below(std::size_t(3) << 62) < std::size_t(1) << 62;
  CHECK(std::abs(low - 10'000) < 400);
  CHECK(error_of([&] { rng.below(0); }).find("no number below 0") != std::string::npos);
}
