// pretraining/runs/yardstick.hpp: what errors are held against, and the notes on a result.

#include "pretraining/runs/yardstick.hpp"

#include <doctest/doctest.h>

#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// The objective falls by 1 an epoch, from 100, for as long as `until`.
History course(std::size_t epochs, std::size_t until) {
  History history;
  for (std::size_t k = 0; k < epochs; ++k) {
    EpochRecord record;
    record.epoch = k + 1;
    record.loss = 100 - double(std::min(k, until));
    history.epochs.push_back(record);
  }
  return history;
}

}  // namespace

TEST_CASE("yardstick: the error of the means, of rows that gave them and of others") {
  const Tensor X({2, 2}, {0, 4, 2, 0}), others({1, 2}, {4, 2});
  check_close(error_of_means(X, column_means(X)), 1 + 4, 1e-12);
  check_close(error_of_means(others, column_means(X)), 9, 1e-12);
}

TEST_CASE("yardstick: units that are 0, units that hardly move, and units that move") {
  const Tensor H({3, 4}, {0, Real(0.5), Real(0.2), 1, 0, Real(0.501), Real(0.3), 0, 0, Real(0.5),
                          Real(0.2), Real(0.5)});
  const IdleUnits idle = idle_units(H);
  CHECK(idle.dead == 1);
  CHECK(idle.constant == 1);
  CHECK(idle.units == 4);
  // All of them near 1: none moves farther than the others
  CHECK(idle_units(Tensor({2, 2}, {Real(0.9999), 1, 1, Real(0.9999)})).constant == 2);
}

TEST_CASE("yardstick: a note for each thing that asks for another look, and none without") {
  const Judged good{.train_error = 1,
                    .test_error = 1.1,
                    .train_of_means = 5,
                    .test_of_means = 5,
                    .has_test = true,
                    .idle = {.units = 30}};
  CHECK(remarks_on(good).empty());
  const auto only = [](const Judged& result) {
    const std::vector<std::string> remarks = remarks_on(result);
    REQUIRE(remarks.size() == 1);
    return remarks[0];
  };
  Judged r = good;
  r.test_error = r.train_error = 4.95;
  CHECK(contains(only(r), "no better than answering everything with the means"));
  r = good;
  r.idle = {.dead = 1, .constant = 2, .units = 30};
  CHECK(only(r).starts_with("3 of 30 code units are 0 or constant"));
  r.idle = {.dead = 1, .units = 30};  // one of thirty is no trouble
  CHECK(remarks_on(r).empty());
  r = good;
  r.train_error = 0.5;
  CHECK(contains(only(r), "far below the test error"));
  r = good;
  const History still = course(50, 50), early = course(50, 10), done = course(50, 40);
  r.history = &still;
  CHECK(contains(only(r), "still falls"));
  r.history = &early;
  CHECK(contains(only(r), "has not fallen since half"));
  r.may_come_to_rest = true;
  CHECK(remarks_on(r).empty());
  r.may_come_to_rest = false;
  r.history = &done;
  CHECK(remarks_on(r).empty());
  History rising = course(50, 0);
  for (EpochRecord& record : rising.epochs) record.loss += double(record.epoch);
  r.history = &rising;
  CHECK(remarks_on(r).empty());
}

TEST_CASE("yardstick: of examples that are all the same nothing else is said") {
  const Program strata;
  const std::string table = strata.file("same.csv");
  std::string lines = "a,b,c\n";
  for (int i = 0; i < 20; ++i) lines += "0.1,0.7,0.3\n";
  write_file(table, lines);
  const Result result = strata("train undercomplete --epochs 30 --quiet --data " + table +
                               " --out " + strata.file("run"));
  CHECK(count(result.out, "note: ") == 1);
  CHECK(contains(result.out, "note: the training examples are all the same"));
}

TEST_CASE("yardstick: train prints it, and says where a result is no better than the means") {
  const Program strata;
  const std::string folder = " --quiet --out " + strata.file("run");
  const Result good = strata("train linear --epochs 30" + folder);
  // The variance of the digits' training rows, and what their means cost on the test rows: NumPy
  CHECK(contains(good.out, "answering with the means    train 4.724356   test 4.572733"));
  CHECK(!contains(good.out, "no better than"));
  const Result bad = strata("train undercomplete --rate 1e-9 --epochs 3" + folder);
  CHECK(contains(bad.out, "(0.0 % of the variance explained)"));
  CHECK(contains(bad.out, "note: this is no better than answering everything with the means"));
  CHECK(contains(read_file(strata.file("run") + "/report.html"),
                 "<strong>Note:</strong> this is no better than"));
  CHECK(contains(read_file(strata.file("run") + "/results.json"), "\"remarks\": ["));
}
