#include "core/data/digits8x8.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace strata;

TEST_CASE("digits8x8: the counts of numpy, and known images") {
  const Dataset digits = digits8x8();
  check_dataset(digits);
  CHECK(digits.name == "digits");
  CHECK(digits.size() == 1797);
  CHECK(digits.features() == 64);
  CHECK(digits.image == ImageShape{8, 8});

  std::vector<int> examples_of(10, 0);
  for (int label : digits.labels) ++examples_of.at(std::size_t(label));
  CHECK(examples_of == std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180});

  // The sums of the pixel counts: plain, squared, times the pixel's number from 1, times the
  // example's number from 0.
  std::size_t no_count = 0;
  double sum = 0, squares = 0, by_pixel = 0, by_example = 0;
  for (std::size_t i = 0; i < 1797; ++i) {
    for (std::size_t p = 0; p < 64; ++p) {
      const double count = double(digits.X(i, p)) * 16;
      if (count < 0 || count > 16 || count != std::floor(count)) ++no_count;
      sum += count;
      squares += count * count;
      by_pixel += count * double(p + 1);
      by_example += count * double(i);
    }
  }
  CHECK(no_count == 0);
  CHECK(sum == 561718);
  CHECK(squares == 6907012);
  CHECK(by_pixel == 18222371);
  CHECK(by_example == 503342547);

  const std::vector<int> zero = {0, 0, 5,  13, 9,  1,  0, 0, 0, 0, 13, 15, 10, 15, 5, 0,  //
                                 0, 3, 15, 2,  0,  11, 8, 0, 0, 4, 12, 0,  0,  8,  8, 0,  //
                                 0, 5, 8,  0,  0,  9,  8, 0, 0, 4, 11, 0,  1,  12, 7, 0,  //
                                 0, 2, 14, 5,  10, 12, 0, 0, 0, 0, 6,  13, 10, 0,  0, 0};
  for (std::size_t p = 0; p < 64; ++p) CHECK(digits.X(0, p) == Real(zero[p]) / 16);
  CHECK(digits.labels[0] == 0);
  CHECK(digits.labels[1796] == 8);
  CHECK(std::string(digits8x8_rows[1796]) ==
        "8 ..ae81...2ge61....ff8f....5gga....cffc...4g64g6..8ga8g8..18cec1.");

  const TrainTest split = split_every(digits);
  CHECK(split.train.size() == 1438);
  CHECK(split.test.size() == 359);
}
