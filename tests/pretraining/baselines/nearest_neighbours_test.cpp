// pretraining/baselines/nearest_neighbours.hpp. Literal values are from
// reference/make_neighbours_reference.py (scikit-learn).

#include "pretraining/baselines/nearest_neighbours.hpp"

#include <algorithm>

#include "core/data/digits8x8.hpp"
#include "core/random/rng.hpp"
#include "pretraining/baselines/pca.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using Rows = std::vector<std::vector<std::size_t>>;

const Tensor points =
    Tensor::matrix({{0, 0}, {1, 0}, {0, 2}, {3, 3}, {-1, -2}, {2, -1}, {5, 0}, {-3, 1}});
const std::vector<int> labels = {2, 1, 1, 0, 2, 0, 1, 0};
const Tensor queries = Tensor::matrix({{Real(0.25), Real(0.5)}, {3, 1}, {-2, Real(-0.5)}});

// Every distance, sorted.
Rows brute_force(const Tensor& P, const Tensor& Q, std::size_t k) {
  Rows nearest;
  for (std::size_t q = 0; q < Q.rows(); ++q) {
    std::vector<std::pair<double, std::size_t>> all;
    for (std::size_t p = 0; p < P.rows(); ++p) {
      double sum = 0;
      for (std::size_t j = 0; j < P.cols(); ++j)
        sum += (double(Q(q, j)) - double(P(p, j))) * (double(Q(q, j)) - double(P(p, j)));
      all.emplace_back(sum, p);
    }
    std::sort(all.begin(), all.end());
    nearest.emplace_back();
    for (std::size_t r = 0; r < k; ++r) nearest.back().push_back(all[r].second);
  }
  return nearest;
}

}  // namespace

TEST_CASE("neighbours: places and classes are those of scikit-learn") {
  CHECK(nearest_neighbours(points, queries, 4) == Rows{{0, 1, 2, 5}, {3, 1, 5, 6}, {4, 7, 0, 1}});
  CHECK(classify_by_neighbours(points, labels, queries, 1) == std::vector<int>{2, 0, 2});
  CHECK(classify_by_neighbours(points, labels, queries, 3) == std::vector<int>{1, 0, 2});
  CHECK(classify_by_neighbours(points, labels, queries, 4) == std::vector<int>{1, 0, 2});
  CHECK(classify_by_neighbours(points, labels, queries, 6) == std::vector<int>{0, 1, 0});
}

TEST_CASE(
    "neighbours: of equally near rows the earlier comes first, of equally frequent labels the "
    "smallest") {
  const Tensor around = Tensor::matrix({{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {1, 0}, {3, 0}});
  const Tensor centre = Tensor::matrix({{0, 0}});
  CHECK(nearest_neighbours(around, centre, 5) == Rows{{0, 1, 2, 3, 4}});
  CHECK(nearest_neighbours(around, centre, 2) == Rows{{0, 1}});
  CHECK(majority({7, 3, 7, 3, 9}) == 3);
  CHECK(majority({9, 9, 1}) == 9);
  CHECK(majority({-2}) == -2);
  CHECK(neighbour_accuracy(around, {4, 4, 5, 5, 6, 6}, centre, {4}, 4) == 1);
  CHECK(neighbour_accuracy(around, {5, 5, 4, 4, 6, 6}, centre, {5}, 4) == 0);
}

TEST_CASE(
    "neighbours: the digits are classified as scikit-learn does, as pixels and as eight numbers of "
    "PCA") {
  const TrainTest digits = split_every(digits8x8());
  const Pca pca = fit_pca(digits.train.X, 8);
  const Tensor train_codes = pca.transform(digits.train.X),
               test_codes = pca.transform(digits.test.X);
  const auto right = [&](const Tensor& P, const Tensor& Q, std::size_t k) {
    return 359 * neighbour_accuracy(P, digits.train.labels, Q, digits.test.labels, k);
  };
  check_close(right(digits.train.X, digits.test.X, 1), 356, 1e-12);
  check_close(right(digits.train.X, digits.test.X, 5), 354, 1e-12);
  check_close(right(digits.train.X, digits.test.X, 10), 354, 1e-12);
  check_close(right(train_codes, test_codes, 1), 344, 1e-12);
  check_close(right(train_codes, test_codes, 5), 347, 1e-12);
  check_close(right(train_codes, test_codes, 10), 345, 1e-12);
}

TEST_CASE("neighbours: the same as by brute force, for any number of threads") {
  Rng rng(3);
  const Tensor P = normal_tensor({700, 5}, rng), Q = normal_tensor({300, 5}, rng);
  Workers three(3);
  for (std::size_t k : {std::size_t(1), std::size_t(4), std::size_t(700)}) {
    const Rows expected = brute_force(P, Q, k);
    CHECK(nearest_neighbours(P, Q, k) == expected);
    CHECK(nearest_neighbours(P, Q, k, &three) == expected);
  }
}

// The product alone is wrong here: all its digits are those of ‖q‖² and ‖p‖².
TEST_CASE(
    "neighbours: points far from the origin and close to each other, beside one that is farther "
    "away still") {
  Rng rng(4);
  Tensor P = normal_tensor({200, 3}, rng), Q = normal_tensor({40, 3}, rng);
  const Real far = Real(by_real(1e9, 1e3));
  for (Tensor* X : {&P, &Q}) {
    for (Real& value : X->values) value += far;
  }
  P(7, 0) = -1000 * far;  // and so the mean is no help
  CHECK(nearest_neighbours(P, Q, 3) == brute_force(P, Q, 3));
}

TEST_CASE("neighbours: wrong calls are told") {
  CHECK(error_of([] {
          nearest_neighbours(points, Tensor({2, 3}), 1);
        }) ==
        "nearest_neighbours: the points are 8×2 but the queries 2×3 (both must have as many "
        "columns)");
  CHECK(error_of([] { nearest_neighbours(points, queries, 9); }).find("k must be 1 to 8") !=
        std::string::npos);
  CHECK(error_of([] { nearest_neighbours(points, queries, 0); }).find("k is 0") !=
        std::string::npos);
  CHECK(error_of([] {
          classify_by_neighbours(points, {1, 2}, queries, 1);
        }).find("8 points but 2 labels") != std::string::npos);
  CHECK(error_of([] {
          neighbour_accuracy(points, labels, queries, {}, 1);
        }).find("3 queries but 0 labels") != std::string::npos);
  Tensor hole = queries;
  hole(1, 1) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(error_of([&] { nearest_neighbours(points, hole, 1); }).find("not a number") !=
        std::string::npos);
}

TEST_CASE("neighbours: rows are chosen evenly, or all where there are few") {
  CHECK(evenly_chosen(10, 4) == std::vector<std::size_t>{0, 2, 5, 7});
  CHECK(evenly_chosen(3, 4) == std::vector<std::size_t>{0, 1, 2});
  CHECK(evenly_chosen(0, 4).empty());
  CHECK(evenly_chosen(60000, 10000)[9999] == 59994);
}
