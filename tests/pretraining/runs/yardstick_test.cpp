// pretraining/runs/yardstick.hpp: what errors are held against, and the notes on a result.

#include "pretraining/runs/yardstick.hpp"

#include <doctest/doctest.h>

#include "core/io/files.hpp"
#include "core/io/json.hpp"
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

TEST_CASE("yardstick: the variance explained is R2, of the test rows about means of their own") {
  TrainTest data;
  data.train.X = Tensor({2, 2}, {0, 4, 2, 0});
  data.test.X = Tensor({2, 2}, {4, 2, 6, 2});
  const ErrorOfMeans errors = errors_of_means(data);
  check_close(errors.train, 5, 1e-12);
  check_close(errors.test, 17, 1e-12);  // (3² + 5²) / 2 from the training means (1, 2)
  check_close(errors.test_variance, 1, 1e-12);
  check_close(errors.explained(1, 0.25), 0.75, 1e-12);
  check_close(errors.explained(1, 3), -2, 1e-12);
  check_close(errors.explained(1, std::nullopt), 0.8, 1e-12);
  data.test.X = Tensor({1, 2}, {4, 2});  // a single row has no variance
  check_close(errors_of_means(data).explained(1, 3), 1 - 3.0 / 9, 1e-12);
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
                    .of_means = {5, 5, 5},
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
  r.test_error = 5;
  CHECK(contains(only(r), "on test examples this is no better than"));
  CHECK(contains(only(r), "learnt by heart"));
  r = good;
  r.of_means.test = 16;  // the training rows' means do not suit the test rows
  CHECK(contains(only(r), "the test rows lie elsewhere"));
  r = good;
  const History still = course(10, 10), early = course(50, 10), done = course(50, 40);
  r.history = &still;
  CHECK(contains(only(r), "still falls"));
  r.history = &early;
  CHECK(contains(only(r), "has not fallen since half of the epochs: fewer"));
  r.train_error = 3;
  CHECK(contains(only(r), "has not fallen since half of the epochs: it is stuck"));
  r.train_error = good.train_error;
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
  CHECK(contains(bad.out, "(-3.9 % of the variance explained)"));
  CHECK(contains(bad.out, "note: this is no better than answering everything with the means"));
  CHECK(contains(read_file(strata.file("run") + "/report.html"),
                 "<strong>Note:</strong> this is no better than"));
  CHECK(contains(read_file(strata.file("run") + "/results.json"), "\"remarks\": ["));
}

TEST_CASE("yardstick: pretrain, compare and classify print it, too") {
  const Program strata;
  const std::string folder = " --quiet --out " + strata.file("run");
  const Result pretrain = strata(
      "pretrain --layers 64-20-2 --pretrain-epochs 1 --epochs 1 --rate 1e-9 --pretrain-rate 1e-9" +
      folder);
  CHECK(contains(pretrain.out, "(the columns' means)           4.724356     4.572733     -0.4 %"));
  CHECK(contains(pretrain.out,
                 "note: shallow, deep_random, greedy_finetuned: this is no better than answering"));
  const Json results = parse_json(read_file(strata.file("run") + "/results.json"), "results");
  CHECK(results.at("remarks").items().size() >= 1);
  check_close(results.at("methods").items()[0].at("explained").as_number(), 1 - 3.275617 / 4.552967,
              1e-5);
  CHECK(contains(read_file(strata.file("run") + "/report.html"), "<strong>Note:</strong> shallow"));

  const Result compare = strata("compare undercomplete --epochs 1" + folder);
  CHECK(contains(compare.out, "expl. %"));
  CHECK(contains(read_file(strata.file("run") + "/results.json"), "\"test_error_of_means\": 4.57"));

  const Result classify = strata(
      "classify --layers 64-10 --layer-kind plain --pretrain-epochs 1 --epochs 1 --labels 0" +
      folder);
  CHECK(contains(classify.out, "(always class 1, the most frequent)"));
  CHECK(contains(classify.out, "pretraining changed the test accuracy by "));

  const Result rbm = strata("rbm --layers 64-5 --epochs 0" + folder);
  CHECK(contains(rbm.out,
                 "answering with the means                      train 4.724356   test 4.572733"));
  CHECK(contains(
      rbm.out,
      "note: rbm 1: its input is no more likely than under the same units, not connected"));
}
