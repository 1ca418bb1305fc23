// What numbers say of a mistake by themselves, and what they do not say. Rules with such mistakes
// are in blame_test.cpp.

#include "core/gradcheck/likely_mistake.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace strata;

namespace {

std::string said(const Tensor& wrong, const Tensor& right,
                 const std::vector<KnownNumber>& known = {}) {
  std::vector<RightEntry> entries;
  for (std::size_t i = 0; i < right.size(); ++i) entries.push_back({i, double(right[i])});
  return likely_mistake(wrong, entries, known);
}

}  // namespace

TEST_CASE("nothing is said where nothing follows") {
  // A single entry is any factor of any number.
  CHECK(said(Tensor::matrix({{0, 0}, {7, 0}}), Tensor::matrix({{0, 0}, {5, 0}})) == "");
  // Large entries are twice as large, but a small one is not.
  CHECK(said(Tensor::matrix({{10, 8}, {3, 6}}), Tensor::matrix({{5, 4}, {Real(0.01), 3}})) == "");
  // Each column of the right gradient has one number, so any wrong one of that kind is off by one.
  CHECK(said(Tensor::matrix({{7, 1, 4}, {7, 1, 4}}), Tensor::matrix({{5, 3, 9}, {5, 3, 9}})) == "");
  CHECK(said(Tensor::matrix({{1, 2}, {3, 5}}), Tensor::matrix({{1, 2}, {3, 4}})) == "");
  CHECK(said(Tensor({2}, {1, 2}), Tensor({2}, {std::numeric_limits<Real>::infinity(), 1})) == "");
  CHECK(said(Tensor({0}), Tensor({0})) == "");
}

TEST_CASE("a factor is said, and the first number of the graph that it is") {
  std::vector<KnownNumber> known = {{5, "m is 5"}};
  add_sizes(known, "W", {5, 3});
  CHECK(known.size() == 3);  // 5, once; 3; 15
  const Tensor right({4}, {1, -2, 3, 4});
  const auto times = [&](Real factor) {
    Tensor wrong = right;
    for (Real& x : wrong.values) x *= factor;
    return said(wrong, right, known);
  };
  const std::string every = " as large as it should be in every entry";
  CHECK(times(5) == "it is 5.000 times" + every + ", and m is 5");
  CHECK(times(3) == "it is 3.000 times" + every + ", and W has 3 columns");
  CHECK(times(-15) == "it is -15.000 times" + every + ", and W has 15 entries");
  CHECK(times(Real(0.2)) == "it is 0.200 times" + every + ", and m is 5 (a factor of one over it)");
  CHECK(times(2) == "it is twice" + every);
  CHECK(times(Real(0.5)) == "it is half" + every);
  CHECK(times(Real(1.7)) == "it is 1.700 times" + every);
  CHECK(times(-1) == "its sign is wrong in every entry");
  CHECK(times(0) == "every entry is 0");
}

TEST_CASE("a transpose, and sums left out, are told from a factor") {
  CHECK(said(Tensor::matrix({{1, 2}, {3, 4}}), Tensor::matrix({{1, 3}, {2, 4}})) ==
        "it is the transpose of what it should be");
  CHECK(said(Tensor::matrix({{3, 4}, {5, 1}}), Tensor::matrix({{1, 2}, {3, -1}})) ==
        "every entry is off by the same 2: a term of all entries is missing, or one too many");
  CHECK(said(Tensor::matrix({{3, 4, 9}, {5, 1, 3}}), Tensor::matrix({{1, 2, 7}, {4, 0, 2}})) ==
        "the entries of a row are all off by the same: a sum over each row is missing or wrong");
  CHECK(said(Tensor::matrix({{3, 4, 9}, {5, 1, 3}}), Tensor::matrix({{1, 3, 5}, {3, 0, -1}})) ==
        "the entries of a column are all off by the same: a sum over each column is missing or "
        "wrong");
}
