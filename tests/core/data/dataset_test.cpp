#include "core/data/dataset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Example i is (10 i, 10 i + 1) with the label i.
Dataset numbered(std::size_t n) {
  Dataset data{"numbered", Tensor({n, 2}), std::vector<int>(n), {1, 2}};
  for (std::size_t i = 0; i < n; ++i) {
    data.X(i, 0) = Real(10 * i);
    data.X(i, 1) = Real(10 * i + 1);
    data.labels[i] = int(i);
  }
  return data;
}

// The rows still belong to their labels.
void check_numbered(const Tensor& X, const std::vector<int>& labels) {
  REQUIRE(X.rows() == labels.size());
  for (std::size_t r = 0; r < labels.size(); ++r) {
    CHECK(X(r, 0) == Real(10 * labels[r]));
    CHECK(X(r, 1) == Real(10 * labels[r] + 1));
  }
}

std::vector<int> visited(Batches& batches) {
  std::vector<int> labels;
  for (std::size_t b = 0; b < batches.count(); ++b) {
    const Batch& batch = batches.batch(b);
    check_numbered(batch.X, batch.labels);
    labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
  }
  return labels;
}

std::vector<int> sorted(std::vector<int> labels) {
  std::sort(labels.begin(), labels.end());
  return labels;
}

std::vector<int> first_numbers(std::size_t n) {
  std::vector<int> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

TEST_CASE("dataset: sizes, and of one that is empty") {
  const Dataset data = numbered(3);
  CHECK(data.size() == 3);
  CHECK(data.features() == 2);
  CHECK(data.has_labels());
  CHECK(Dataset{}.size() == 0);
  CHECK(Dataset{}.features() == 0);
  CHECK_FALSE(Dataset{}.has_labels());
}

TEST_CASE("dataset: labels, matrix and image shape must fit") {
  Dataset data = numbered(3);
  check_dataset(data);
  data.labels = {1, 2};
  CHECK(error_of([&] { check_dataset(data); }) ==
        "numbered: 2 labels for 3 examples (there must be one each, or none)");
  CHECK(error_of([&] { rows(data, 0, 1); }) != "");
  CHECK(error_of([&] { take(data, {0}); }) != "");
  CHECK(error_of([&] { Batches(data, 2); }) != "");
  data.labels.clear();
  check_dataset(data);
  data.image = {2, 2};
  CHECK(error_of([&] { check_dataset(data); }) ==
        "numbered: an image of 2×2 does not have the 2 features of the examples");
  CHECK(error_of([] {
          check_dataset({"", Tensor({4}), {}, {}});
        }) == "data set: X is 4, not a matrix (examples × features)");
}

TEST_CASE("dataset: an entry that is not finite is named") {
  Tensor X({3, 2}, 1);
  check_finite("file", X);
  X(2, 1) = std::numeric_limits<Real>::quiet_NaN();
  CHECK(error_of([&] { check_finite("file", X); }) ==
        "file: row 2, column 1 (counted from 0) holds nan; every number of a data set must be "
        "finite");
  X(1, 0) = -std::numeric_limits<Real>::infinity();
  CHECK(error_of([&] { check_finite("file", X); }).starts_with("file: row 1, column 0 "));
}

TEST_CASE("dataset: rows and take keep labels, name and image shape") {
  const Dataset data = numbered(6);
  const Dataset middle = rows(data, 2, 5);
  CHECK(middle.labels == std::vector<int>{2, 3, 4});
  check_numbered(middle.X, middle.labels);
  CHECK(middle.name == "numbered");
  CHECK(middle.image == ImageShape{1, 2});
  CHECK(rows(data, 6, 6).size() == 0);
  CHECK(rows(data, 6, 6).features() == 2);
  CHECK(error_of([&] { rows(data, 2, 7); }) == "rows 2:7 of numbered: it has 6 examples");
  CHECK(error_of([&] { rows(data, 3, 2); }) != "");

  const Dataset chosen = take(data, {5, 0, 5});
  CHECK(chosen.labels == std::vector<int>{5, 0, 5});
  check_numbered(chosen.X, chosen.labels);
  CHECK(chosen.image == ImageShape{1, 2});
  CHECK(take(data, {}).features() == 2);
  CHECK(error_of([&] { take(data, {6}); }) != "");

  Dataset unlabelled = data;
  unlabelled.labels.clear();
  CHECK_FALSE(take(unlabelled, {1}).has_labels());
  CHECK_FALSE(rows(unlabelled, 0, 2).has_labels());
}

TEST_CASE("dataset: every fifth example is for testing") {
  const TrainTest split = split_every(numbered(12));
  CHECK(split.test.labels == std::vector<int>{4, 9});
  CHECK(split.train.labels == std::vector<int>{0, 1, 2, 3, 5, 6, 7, 8, 10, 11});
  check_numbered(split.train.X, split.train.labels);
  CHECK(split_every(numbered(7), 3, 0).test.labels == std::vector<int>{0, 3, 6});
  CHECK(error_of([] { split_every(numbered(4), 1, 0); }) ==
        "split_every: the period is 1, at least 2 is needed");
  CHECK(error_of([] { split_every(numbered(4), 3, 3); }) ==
        "split_every: the remainder 3 must be below the period 3");
}

TEST_CASE("dataset: the last fifth in the order of the data is for testing") {
  const TrainTest split = split_ordered(numbered(14));
  CHECK(split.test.labels == std::vector<int>{12, 13});
  CHECK(split.train.labels == first_numbers(12));
  CHECK(split.split == SplitKind::ordered);
  CHECK(split.test_rows == std::vector<std::size_t>{12, 13});
  CHECK(split_ordered(numbered(30), 10).test.labels == std::vector<int>{27, 28, 29});
  CHECK(error_of([] { split_ordered(numbered(4), 1); }) ==
        "split_ordered: the period is 1, at least 2 is needed");
}

TEST_CASE("dataset: a random split takes every example once, in the order of the data") {
  Rng rng(3);
  const Dataset data = numbered(50);
  const TrainTest split = split_random(data, 5, rng);
  CHECK(split.test.size() == 10);
  CHECK(split.train.size() == 40);
  CHECK(std::is_sorted(split.test.labels.begin(), split.test.labels.end()));
  CHECK(std::is_sorted(split.train.labels.begin(), split.train.labels.end()));
  check_numbered(split.test.X, split.test.labels);
  CHECK(std::vector<int>(split.test_rows.begin(), split.test_rows.end()) == split.test.labels);
  std::vector<int> all = split.train.labels;
  all.insert(all.end(), split.test.labels.begin(), split.test.labels.end());
  CHECK(sorted(all) == first_numbers(50));
  CHECK(split_random(data, 5, rng).test.labels != split.test.labels);
  Rng again(3);
  CHECK(split_random(data, 5, again).test.labels == split.test.labels);
  CHECK(error_of([&] { split_random(data, 1, rng); }) ==
        "split_random: the period is 1, at least 2 is needed");
}

TEST_CASE(
    "dataset: a random split is fair to each example, and without labels there is one class") {
  Dataset data = numbered(15);
  data.labels.clear();
  std::vector<int> drawn(15, 0);
  Rng rng(1);
  for (int k = 0; k < 2000; ++k) {
    for (const std::size_t row : split_random(data, 5, rng).test_rows) ++drawn[row];
  }
  // 400 expected; the standard deviation is √(2000 · 0.2 · 0.8) = 18
  for (const int times : drawn) CHECK(std::abs(times - 400) < 80);

  Dataset same = data;
  same.labels.assign(15, 7);
  CHECK(split_by(SplitKind::random, same).test_rows == split_by(SplitKind::random, data).test_rows);
}

TEST_CASE("dataset: a random split draws from each class its share, and n / 5 in all") {
  // How many examples of each class there are, and how many of them are for testing
  struct Case {
    std::vector<std::size_t> sizes, tested;
  };
  const Case cases[] = {{{20, 20, 20, 20, 20}, {4, 4, 4, 4, 4}},
                        {{50, 30, 20}, {10, 6, 4}},
                        {{8, 7, 7, 1}, {2, 1, 1, 0}},  // 23 / 5 = 4: the one left goes where 8 / 5
                        {{9, 9, 2}, {2, 2, 0}},        // is cut the most; 20 / 5 = 4
                        {{5, 1, 1, 1, 1, 1}, {2, 0, 0, 0, 0, 0}},  // no class is lost to training
                        {{2, 1, 1}, {0, 0, 0}},                    // fewer than 5
                        {{}, {}}};
  for (const Case& c : cases) {
    std::vector<int> in_turn, in_blocks;
    std::vector<std::size_t> left = c.sizes;
    const std::size_t most = left.empty() ? 0 : *std::max_element(left.begin(), left.end());
    for (std::size_t turn = 0; turn < most; ++turn) {
      for (std::size_t k = 0; k < left.size(); ++k) {
        if (left[k] > turn) in_turn.push_back(int(k));
      }
    }
    in_blocks = sorted(in_turn);
    for (const std::vector<int>& labels : {in_turn, in_blocks}) {
      Dataset data = numbered(labels.size());
      data.labels = labels;
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Rng rng(seed);
        const TrainTest split = split_random(data, 5, rng);
        for (std::size_t k = 0; k < c.sizes.size(); ++k) {
          const auto tested =
              std::count(split.test.labels.begin(), split.test.labels.end(), int(k));
          CHECK(std::size_t(tested) == c.tested[k]);
        }
        CHECK(split.test.size() == labels.size() / 5);
        CHECK(split.train.size() == labels.size() - labels.size() / 5);
      }
    }
  }
  // A class for each example: some are lost to training, the share in all is kept.
  Rng rng(1);
  CHECK(split_random(numbered(23), 5, rng).test.size() == 4);
}

TEST_CASE("dataset: a split by its name is the same whoever asks, and tells what it was") {
  const Dataset data = numbered(40);
  for (const SplitKind kind : {SplitKind::random, SplitKind::ordered, SplitKind::every}) {
    CAPTURE(split_kinds.name(kind));
    const TrainTest split = split_by(kind, data);
    CHECK(split.split == kind);
    CHECK(split.test.size() == 8);
    CHECK(split_by(kind, data).test_rows == split.test_rows);
    CHECK(split_by(kind, data, 10).test.size() == 4);
    for (const std::size_t few : {std::size_t(0), std::size_t(1), std::size_t(2), std::size_t(4)}) {
      CHECK(split_by(kind, rows(data, 0, few)).train.size() == few);
      CHECK(split_by(kind, rows(data, 0, few)).test.size() == 0);
    }
    CHECK(split_by(kind, rows(data, 0, 5)).test.size() == 1);
  }
  CHECK(split_by(SplitKind::every, data, 10).test_rows == std::vector<std::size_t>{9, 19, 29, 39});
  CHECK(error_of([&] { split_by(SplitKind::own, data); }) ==
        "split_by: a test set of its own is not split off");
}

TEST_CASE("batches: in order, and the last short one counts") {
  const Dataset data = numbered(7);
  Batches batches(data, 3);
  CHECK(batches.count() == 3);
  CHECK(batches.batch(0).X.rows() == 3);
  CHECK(batches.batch(2).X.rows() == 1);
  CHECK(batches.batch(2).labels == std::vector<int>{6});
  CHECK(visited(batches) == first_numbers(7));
  CHECK(error_of([&] { batches.batch(3); }) ==
        "Batches: there is no batch 3, the data set makes 3 (counted from 0)");

  const Dataset even = numbered(6);
  Batches no_short_one(even, 3);
  CHECK(no_short_one.count() == 2);
  CHECK(visited(no_short_one) == first_numbers(6));
}

TEST_CASE(
    "batches: a fresh order each epoch, every example once, the same for the same generator") {
  const Dataset data = numbered(20);
  Batches batches(data, 6), others(data, 6);
  Rng rng(1), same(1);
  batches.shuffle(rng);
  const std::vector<int> first = visited(batches);
  CHECK(first != first_numbers(20));
  CHECK(sorted(first) == first_numbers(20));
  const RngState before = rng.state();
  batches.shuffle(rng);
  const std::vector<int> second = visited(batches);
  CHECK(second != first);
  CHECK(sorted(second) == first_numbers(20));
  others.shuffle(same);
  CHECK(visited(others) == first);
  // An interrupted run goes on from the saved state alone.
  Batches resumed(data, 6);
  same.set_state(before);
  resumed.shuffle(same);
  CHECK(visited(resumed) == second);
}

TEST_CASE("batches: the buffers stay where they are") {
  const Dataset data = numbered(7);
  Batches batches(data, 3);
  Rng rng(1);
  visited(batches);
  const Real* full = batches.batch(0).X.values.data();
  const Real* last = batches.batch(2).X.values.data();
  CHECK(&batches.batch(0) != &batches.batch(2));
  for (int epoch = 0; epoch < 3; ++epoch) {
    batches.shuffle(rng);
    CHECK(batches.batch(0).X.values.data() == full);
    CHECK(batches.batch(1).X.values.data() == full);
    CHECK(batches.batch(2).X.values.data() == last);
  }
}

TEST_CASE("batches: sizes at the border") {
  const Dataset data = numbered(4);
  CHECK(error_of([&] { Batches(data, 0); }) ==
        "Batches: the batch size is 0, at least 1 is needed");
  Batches one(data, 100);
  CHECK(one.count() == 1);
  CHECK(visited(one) == first_numbers(4));
  Batches huge(data, std::numeric_limits<std::size_t>::max());
  CHECK(huge.count() == 1);
  const Dataset empty = rows(data, 0, 0);
  Batches no_batches(empty, 3);
  CHECK(no_batches.count() == 0);
  CHECK(error_of([&] { no_batches.batch(0); }) != "");
  Dataset unlabelled = data;
  unlabelled.labels.clear();
  Batches plain(unlabelled, 3);
  CHECK(plain.batch(0).labels.empty());
}
