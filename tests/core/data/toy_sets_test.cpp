#include "core/data/toy_sets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/data/scaling.hpp"
#include "core/linalg/angles.hpp"
#include "core/math/matmul.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("toy sets: low_rank_gaussian has the rank and the variance that it says") {
  Rng rng(1);
  const Dataset data = low_rank_gaussian(2000, 6, 2, 0, rng);
  check_dataset(data);
  CHECK(text(data.X.shape) == "2000×6");
  const std::vector<double> eigenvalues = symmetric_eigen(matmul_at(data.X, data.X)).values;
  CHECK(eigenvalues[1] > 100);
  CHECK(std::abs(eigenvalues[2]) < by_real(1e-9, 1e-2));

  const Dataset noisy = low_rank_gaussian(4000, 6, 2, 0.5, rng);
  check_close(symmetric_eigen(matmul_at(noisy.X, noisy.X)).values[4] / 4000, 0.25, 0.1);
  double variances = 0;
  for (int repeat = 0; repeat < 200; ++repeat) {
    const Tensor X = low_rank_gaussian(50, 6, 3, 0, rng).X;
    variances += squared_distance(X, Tensor(X.shape)) / double(X.size()) / 200;
  }
  check_close(variances, 1, 0.05);
}

TEST_CASE("toy sets: swiss_roll lies on its sheet") {
  Rng rng(1);
  const SwissRoll roll = swiss_roll(500, 0, rng);
  check_dataset(roll.data);
  CHECK(text(roll.data.X.shape) == "500×3");
  double least = 100, most = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    const double t = roll.position(i, 0), h = roll.position(i, 1);
    least = std::min(least, t);
    most = std::max(most, t);
    CHECK((h >= 0 && h <= 21));
    check_close(roll.data.X(i, 0), t * std::cos(t), 0, by_real(1e-12, 2e-5));
    check_close(roll.data.X(i, 1), h, 0);
    check_close(roll.data.X(i, 2), t * std::sin(t), 0, by_real(1e-12, 2e-5));
  }
  check_close(least, 1.5 * std::numbers::pi, 0.02);
  check_close(most, 4.5 * std::numbers::pi, 0.02);
  CHECK(least >= 1.5 * std::numbers::pi - 1e-6);
  CHECK(most <= 4.5 * std::numbers::pi + 1e-6);
}

TEST_CASE(
    "toy sets: circle has radius 1 and goes all the way round; the noise is as wide as it says") {
  Rng rng(1);
  const Dataset ring = circle(400, 0, rng);
  std::vector<int> quadrants(4, 0);
  for (std::size_t i = 0; i < ring.size(); ++i) {
    check_close(std::hypot(double(ring.X(i, 0)), double(ring.X(i, 1))), 1, by_real(1e-14, 1e-6));
    ++quadrants[std::size_t(ring.X(i, 0) > 0) + 2 * std::size_t(ring.X(i, 1) > 0)];
  }
  for (int count : quadrants) CHECK(count > 60);
  Rng one(7), same(7);
  CHECK(circle(10, 0.3, one).X.values == circle(10, 0.3, same).X.values);
  Rng quiet(8), noisy(8);
  const Tensor exact = circle(5000, 0, quiet).X, blurred = circle(5000, 0.3, noisy).X;
  check_close(std::sqrt(squared_distance(exact, blurred) / 10000), 0.3, 0.05);
}

TEST_CASE("toy sets: blobs lie around their centres") {
  Rng rng(1);
  const Dataset data = blobs(3000, 2, 3, 0.1, rng);
  check_dataset(data);
  CHECK(std::vector<int>(data.labels.begin(), data.labels.begin() + 4) ==
        std::vector<int>{0, 1, 2, 0});
  for (int k = 0; k < 3; ++k) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.labels[i] == k) members.push_back(i);
    }
    CHECK(members.size() == 1000);
    const Tensor X = take(data, members).X;
    const Scaling spread = standard_scaling(X);
    for (std::size_t j = 0; j < 2; ++j) {
      check_close(spread.scale[j], 0.1, 0.1);
      CHECK(std::abs(spread.shift[j]) < 1.02);
    }
  }
  Rng wide(2);
  const Dataset centres = blobs(200, 3, 200, 0, wide);  // one example each: the centres themselves
  const Scaling box = minmax_scaling(centres.X);
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK((box.shift[j] >= -1 && box.shift[j] < Real(-0.9)));
    CHECK((box.shift[j] + box.scale[j] < 1 && box.shift[j] + box.scale[j] > Real(0.9)));
  }
}

TEST_CASE("toy sets: arguments without sense are refused") {
  Rng rng(1);
  CHECK(error_of([&] { circle(0, 0, rng); }) == "circle: n is 0, at least one example is needed");
  CHECK(error_of([&] { swiss_roll(5, -1, rng); }) ==
        "swiss_roll: the noise is -1, it must be 0 or a positive number");
  CHECK(error_of([&] { circle(5, std::numeric_limits<double>::infinity(), rng); }) != "");
  CHECK(error_of([&] { low_rank_gaussian(5, 3, 4, 0, rng); }) ==
        "low_rank_gaussian: the rank is 4, it must be 1 to d = 3");
  CHECK(error_of([&] { low_rank_gaussian(5, 3, 0, 0, rng); }) != "");
  CHECK(error_of([&] { blobs(5, 0, 2, 0, rng); }) != "");
  CHECK(error_of([&] { blobs(5, 2, 0, 0, rng); }) ==
        "blobs: d is 2 and clusters 0, both must be 1 or more");
}

TEST_CASE("scaling: minmax spans [0, 1], also on other rows, and undo undoes it") {
  const Tensor X = Tensor::matrix({{1, 5, -2}, {3, 5, 0}, {2, 5, 6}});
  const Scaling scaling = minmax_scaling(X);
  check_close(scaling.shift, Tensor({3}, std::vector<Real>{1, 5, -2}), 0);
  check_close(scaling.scale, Tensor({3}, std::vector<Real>{2, 1, 8}), 0);
  check_close(scaling.apply(X), Tensor::matrix({{0, 0, 0}, {1, 0, Real(0.25)}, {Real(0.5), 0, 1}}),
              0);
  check_close(scaling.apply(Tensor::matrix({{5, 6, 14}})), Tensor::matrix({{2, 1, 2}}), 0);
  check_close(scaling.undo(scaling.apply(X)), X, 0);
  Rng rng(1);
  const Tensor random = normal_tensor({50, 4}, rng);
  const Tensor scaled = minmax_scaling(random).apply(random);
  CHECK(*std::min_element(scaled.values.begin(), scaled.values.end()) == 0);
  CHECK(*std::max_element(scaled.values.begin(), scaled.values.end()) == 1);
}

TEST_CASE("scaling: standard has mean 0 and variance 1, dividing by n") {
  const Tensor X = Tensor::matrix({{1, Real(0.1)}, {3, Real(0.1)}, {8, Real(0.1)}});
  const Scaling scaling = standard_scaling(X);
  check_close(scaling.shift[0], 4, by_real(1e-15, 1e-6));
  check_close(scaling.scale[0], std::sqrt(26.0 / 3), by_real(1e-15, 1e-6));
  // A constant column, although the mean of three times 0.1 is not quite 0.1.
  CHECK(scaling.shift[1] == Real(0.1));
  CHECK(scaling.scale[1] == 1);
  CHECK(scaling.apply(X)(2, 1) == 0);
  check_close(scaling.apply(X)(0, 0), -3 / std::sqrt(26.0 / 3), by_real(1e-15, 1e-6));
  check_close(scaling.undo(scaling.apply(X)), X, by_real(1e-15, 1e-6));
}

TEST_CASE("scaling: none, and what does not fit") {
  const Tensor X = Tensor::matrix({{1, 2}});
  check_close(Scaling{}.apply(X), X, 0);
  check_close(Scaling{}.undo(X), X, 0);
  const Scaling three = minmax_scaling(Tensor({2, 3}));
  CHECK(error_of([&] { three.apply(X); }) ==
        "Scaling::apply: X is 1×2 but the scaling is for 3 columns");
  CHECK(error_of([&] { three.undo(X); }) ==
        "Scaling::undo: X is 1×2 but the scaling is for 3 columns");
  CHECK(error_of([&] {
          Scaling{Tensor({2}), Tensor()}.apply(X);
        }) == "Scaling::apply: 2 shifts but 0 scales");
  CHECK(error_of([] {
          minmax_scaling(Tensor({0, 3}));
        }) == "minmax_scaling: needs a matrix with rows, got 0×3");
  CHECK(error_of([] { standard_scaling(Tensor({3})); }) != "");
}
