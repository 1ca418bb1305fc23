// The toy sequences.

#include "core/data/sequences.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("toy waves: lengths, labels, ranges, shapes, and the same for the same seed") {
  Rng rng(7), same(7);
  const Sequences s = waves(300, 5, 20, 0, rng);
  CHECK(s.data.X.values == waves(300, 5, 20, 0, same).data.X.values);
  check_dataset(s.data);
  CHECK(s.steps == 20);
  CHECK(s.step_features == 1);
  CHECK(sequence_lengths(s.data.X, 1) == s.lengths);
  CHECK(*std::min_element(s.lengths.begin(), s.lengths.end()) == 5);
  CHECK(*std::max_element(s.lengths.begin(), s.lengths.end()) == 20);
  CHECK(largest_magnitude(s.data.X) <= 1);
  for (std::size_t i = 0; i < 300; ++i) {
    CHECK(s.data.labels[i] == int(i % 3));
    if (i % 3 != 1) continue;
    // a sawtooth rises by the same amount at each step, but where it falls back: every 6 steps or
    // later
    std::vector<double> rises;
    for (std::size_t t = 1; t < s.lengths[i]; ++t)
      rises.push_back(s.data.X(i, t) - s.data.X(i, t - 1));
    std::sort(rises.begin(), rises.end());
    const double usual = rises.back();
    CHECK(usual > 0);
    const auto is_usual = [usual](double rise) { return std::abs(rise - usual) < 1e-4; };
    CHECK(std::count_if(rises.begin(), rises.end(), is_usual) + 4 >= std::ptrdiff_t(rises.size()));
  }
  CHECK(error_of([&] { waves(10, 0, 5, 0, rng); }).find("1 ≤ shortest ≤ longest") !=
        std::string::npos);
  CHECK(error_of([&] { waves(10, 6, 5, 0, rng); }).find("lengths from 6 to 5") !=
        std::string::npos);
  CHECK(error_of([&] { waves(0, 1, 5, 0, rng); }).find("n is 0") != std::string::npos);
}
