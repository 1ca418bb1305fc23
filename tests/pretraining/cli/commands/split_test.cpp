// Which rows are for testing: --split and --test, as a user meets them.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/data/files/load.hpp"
#include "core/io/json.hpp"
#include "tests/markup.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Three numbers that tell the class, labels in turn: 0 1 2 3 4 0 1 2 3 4 …
std::string labels_in_turn(int examples, const std::vector<int>& classes = {0, 1, 2, 3, 4}) {
  std::string csv = "a,b,c,label\n";
  for (int i = 0; i < examples; ++i) {
    const int c = classes[std::size_t(i) % classes.size()];
    csv += text(c % 2 + 0.01 * (i % 7), ",", c / 2 % 2 + 0.01 * (i % 9), ",",
                c / 4 + 0.01 * (i % 4), ",", c, "\n");
  }
  return csv;
}

std::string table(int examples) {
  std::string csv = "a,b,c\n";
  for (int i = 0; i < examples; ++i) csv += text(i % 7, ",", i % 3, ",", i % 4, "\n");
  return csv;
}

const std::string classify =
    "classify --scale minmax --layers 3-16 --pretrain-epochs 5 --labels 0 --quiet --data ";
const std::string train = "train linear --hidden 1 --epochs 1 --quiet --data ";

// The first column of what --predictions wrote.
std::vector<std::size_t> rows_predicted(const std::string& file) {
  std::vector<std::size_t> rows;
  std::istringstream lines(read_file(file));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "row,class");
  while (std::getline(lines, line)) rows.push_back(std::stoul(line));
  return rows;
}

Json results(const Program& strata) {
  return parse_json(read_file(strata.file("o") + "/results.json"), "results.json");
}

}  // namespace

TEST_CASE("split: labels that repeat in turn are in both parts, each with its share") {
  const Program strata;
  const std::string data = strata.file("turn.csv"), out = " --out " + strata.file("o");
  write_file(data, labels_in_turn(200));
  const Result run = strata(classify + data + out + " --predictions " + strata.file("p.csv"));
  CAPTURE(run.err);
  REQUIRE(run.status == 0);
  CHECK(contains(run.out, "160 training and 40 test examples"));
  CHECK(contains(run.out, "test rows are drawn at random, with the same share of each class\n"));
  CHECK_FALSE(contains(run.out, "note:"));
  CHECK(results(strata).at("test_accuracy_after").as_number() == 1);
  CHECK(results(strata).at("data").at("split").as_string() == "random");
  CHECK(results(strata).at("remarks").items().empty());
  CHECK(contains(read_file(strata.file("o") + "/report.html"),
                 "In this run test rows are drawn at random"));

  const std::vector<std::size_t> rows = rows_predicted(strata.file("p.csv"));
  CHECK(rows == load_data(data).test_rows);
  std::map<std::size_t, int> of_class;
  for (const std::size_t row : rows) ++of_class[row % 5];
  for (std::size_t c = 0; c < 5; ++c) CHECK(of_class[c] == 8);

  // Another --seed trains differently and is judged by the same rows.
  REQUIRE(
      strata(classify + data + out + " --seed 2 --predictions " + strata.file("p.csv")).status ==
      0);
  CHECK(rows_predicted(strata.file("p.csv")) == rows);

  REQUIRE(strata(classify + data + out + " --split fifth --predictions " + strata.file("p.csv"))
              .status == 0);
  CHECK(results(strata).at("test_accuracy_after").as_number() == 0);
  CHECK(results(strata).at("remarks").items().size() == 3);  // two on classes, one on the accuracy
}

TEST_CASE("split: the last rows, every fifth, and both within --rows") {
  const Program strata;
  write_file(strata.file("turn.csv"), labels_in_turn(200));
  const auto rows_of = [&](const std::string& options) {
    const Result run = strata(classify + options + " --epochs 1 --out " + strata.file("o") +
                              " --predictions " + strata.file("p.csv"));
    CAPTURE(run.err);
    REQUIRE(run.status == 0);
    return rows_predicted(strata.file("p.csv"));
  };
  const std::string data = strata.file("turn.csv");
  const std::vector<std::size_t> last = rows_of(data + " --split ordered");
  CHECK(last.size() == 40);
  CHECK(last.front() == 160);
  CHECK(last.back() == 199);
  CHECK(results(strata).at("data").at("split").as_string() == "ordered");
  CHECK(rows_of(data + " --split ordered --rows 12:24") == std::vector<std::size_t>{22, 23});
  CHECK(rows_of(data + " --split fifth --rows 12:24") == std::vector<std::size_t>{14, 19});
  for (const std::size_t row : rows_of(data + " --rows 100:140")) CHECK((row >= 100 && row < 140));
  // The digits keep theirs.
  const std::string digits = "digits --layers 64-8 --rows 3:40";
  CHECK(rows_of(digits) == std::vector<std::size_t>{4, 9, 14, 19, 24, 29, 34, 39});
  CHECK(results(strata).at("data").at("split").as_string() == "fifth");
  CHECK(rows_of(digits + " --split random").size() == 7);
  CHECK(results(strata).at("data").at("split").as_string() == "random");
}

TEST_CASE("split: --predictions of a saved classifier counts the rows in the file") {
  const Program strata;
  const std::string data = strata.file("turn.csv");
  write_file(data, labels_in_turn(60));
  REQUIRE(strata(classify + data + " --epochs 1 --out " + strata.file("o")).status == 0);
  REQUIRE(strata("classify --model " + strata.file("o") + "/model.safetensors --data " + data +
                 " --rows 7:10 --predictions " + strata.file("p.csv"))
              .status == 0);
  CHECK(rows_predicted(strata.file("p.csv")) == std::vector<std::size_t>{7, 8, 9});
}

TEST_CASE("--test: a test set of its own, scaled by the training rows") {
  const Program strata;
  const std::string data = strata.file("rows.csv"), test = strata.file("later.csv"),
                    out = " --scale minmax --out " + strata.file("o");
  write_file(data, table(21));
  write_file(test, "a,b,c\n60,1,1\n600,2,3\n1,1,1\n");  // a goes to 6 in training
  const Result run = strata(train + data + " --test " + test + out);
  CAPTURE(run.err);
  REQUIRE(run.status == 0);
  CHECK(contains(run.out, "on rows: 21 training and 3 test examples"));
  CHECK(contains(run.out, "\n  test rows are those of later\n"));
  const Json json = results(strata);
  CHECK(json.at("data").at("split").as_string() == "own");
  CHECK(json.at("data").at("test_name").as_string() == "later");
  // 10 and 100 in the scale of the training rows, whose mean is 0.5: (9.5² + 99.5²) / 3 and a bit
  CHECK(json.at("test_error_of_means").as_number() == doctest::Approx(3330.3).epsilon(0.001));
  check_page(read_file(strata.file("o") + "/report.html"));

  CHECK(contains(strata(train + data + " --rows 0:2 --test " + test + out).out,
                 "2 training and 3 test examples"));
  const Result shown = strata("data " + data + " --test " + test);
  CHECK(contains(shown.out, "training set: rows: 21 examples of 3 features"));
  CHECK(contains(shown.out, "test set: later: 3 examples of 3 features"));

  write_file(strata.file("two.csv"), "a,b\n1,2\n");
  check_refused(strata, train + data + " --test " + strata.file("two.csv"), 1,
                "two.csv: has 2 features, but 'rows' has 3");
  check_refused(strata, train + data + " --test " + strata.file("no.csv"), 1, "no such file");
  check_refused(strata, train + data + " --split random --test " + test, 2,
                "--split random: with --test all rows of --data are for training");
  check_refused(strata, train + data + " --split stratified", 2,
                "--split stratified: must be random, ordered or fifth");
}

TEST_CASE(
    "--test: a folder of IDX files has test files, which another test set takes the place of") {
  const Program strata;
  const auto write = [&](const char* part, const std::string& images, const std::string& labels) {
    write_file(strata.file(text(part, "-images-idx3-ubyte")),
               std::string("\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\2", 16) + images);
    write_file(strata.file(text(part, "-labels-idx1-ubyte")),
               std::string("\0\0\10\1\0\0\0\2", 8) + labels);
  };
  write("train", "abcd", std::string("\0\1", 2));
  const std::string folder = strata.scratch.folder.string();
  write_file(strata.file("rows.csv"), "a,b\n0,1\n1,0\n0.5,0\n");
  CHECK(contains(strata(train + folder + " --test " + strata.file("rows.csv")).out,
                 "2 training and 3 test examples"));
  write("t10k", "efgh", std::string("\0\1", 2));
  CHECK(contains(strata(train + folder).out, "2 training and 2 test examples"));
  CHECK(contains(strata(train + strata.file("rows.csv") + " --test " + folder).out,
                 "3 training and 2 test examples"));
  check_refused(strata, train + folder + " --split ordered", 2, "has test files of its own");
}

TEST_CASE("few rows: a line says that none is for testing; what needs test rows is refused") {
  const Program strata;
  write_file(strata.file("one.csv"), "a,b\n0.5,1\n");
  write_file(strata.file("two.csv"), "a,b\n0,1\n1,0\n");
  write_file(strata.file("same.csv"), "a,b,label\n0,1,3\n1,0,3\n0,0,3\n1,1,3\n0,0.5,3\n");
  const Result one = strata(train + strata.file("one.csv") + " --out " + strata.file("o"));
  CHECK(one.status == 0);
  CHECK(
      contains(one.out, "\n  there are no test rows: 1 row is too few to split (5 are needed)\n"));
  CHECK(contains(strata(train + strata.file("two.csv") + " --out " + strata.file("o")).out,
                 "there are no test rows: 2 rows are too few"));
  CHECK(contains(strata(train + strata.file("same.csv") + " --out " + strata.file("o")).out,
                 "4 training and 1 test examples"));
  CHECK(contains(strata("data " + strata.file("two.csv")).out, "there are no test rows"));
  check_refused(strata, "pretrain --layers 2-1 --data " + strata.file("two.csv"), 1,
                "has no test rows (it needs at least 5 rows, or a test set of its own: --test)");
}

TEST_CASE("classify: classes that only one of the parts has are named") {
  const Program strata;
  write_file(strata.file("turn.csv"), labels_in_turn(60, {0, 1, 2, 3}));
  write_file(strata.file("test.csv"), labels_in_turn(12, {0, 3, 5}));
  const Result run = strata(classify + strata.file("turn.csv") + " --test " +
                            strata.file("test.csv") + " --epochs 2 --out " + strata.file("o"));
  CAPTURE(run.err);
  REQUIRE(run.status == 0);
  CHECK(contains(run.out, "\nnote: the test rows lack classes 1 and 2\n"));
  CHECK(contains(run.out,
                 "\nnote: the training rows lack class 5, so its test rows cannot be predicted "
                 "right\n"));
  CHECK(results(strata).at("remarks").items().size() == 2);
  CHECK(contains(read_file(strata.file("o") + "/report.html"), "lack class 5"));
  // Labels of one example only stay in training.
  write_file(strata.file("odd.csv"), labels_in_turn(60, {0, 1, 2}) + "0.5,0.5,0.5,4\n");
  const Result odd =
      strata(classify + strata.file("odd.csv") + " --epochs 2 --out " + strata.file("o"));
  CHECK(contains(odd.out, "49 training and 12 test examples"));
  CHECK(contains(odd.out, "note: the test rows lack class 4\n"));

  write_file(strata.file("none.csv"), table(5));
  check_refused(strata, classify + strata.file("turn.csv") + " --test " + strata.file("none.csv"),
                1, "the data set 'none' has no labels");
}

TEST_CASE("split: a training is continued with the split that it was begun with") {
  const Program strata;
  write_file(strata.file("rows.csv"), table(40));
  const std::string run =
      "train undercomplete --hidden 2 --scale minmax --patience 50 --quiet --data " +
      strata.file("rows.csv") + " --out " + strata.file("o");
  const auto errors = [&] {
    return text(results(strata).at("train_error").as_number(), " ",
                results(strata).at("test_error").as_number());
  };
  const std::string checkpoint = strata.file("c.safetensors");
  const Result first = strata(run + " --epochs 3 --checkpoint " + checkpoint);
  REQUIRE(first.status == 0);
  // ⌊32 / 10⌋ of the training rows
  CHECK(contains(first.out, "3 of the training examples are held out to stop by"));
  const std::string before = errors();
  CHECK(strata(run + " --epochs 3 --split random --resume " + checkpoint).status == 0);
  CHECK(errors() == before);
  check_refused(strata, run + " --epochs 3 --split ordered --resume " + checkpoint, 1,
                "the split was random there and is ordered here");
  check_refused(strata, run + " --epochs 3 --split fifth --resume " + checkpoint, 1,
                "the split was random there and is fifth here");
}

TEST_CASE("split: the rows that --patience holds out are chosen in the same way") {
  const Program strata;
  std::string csv = "a,b,c\n";
  // Of 100 rows the last 20 are for testing; of the other 80 the last 8 are held out
  for (int i = 0; i < 100; ++i)
    csv += i / 8 == 9 ? "900,900,900\n" : text(0.1 * (i % 7), ",", 0.1 * (i % 3), ",0.5\n");
  write_file(strata.file("rows.csv"), csv);
  const auto loss = [&](const std::string& split) {
    const Result run = strata(
        "train undercomplete --hidden 1 --output linear --epochs 2 --quiet "
        "--patience 9 --data " +
        strata.file("rows.csv") + split + " --out " + strata.file("o"));
    CAPTURE(run.err);
    REQUIRE(run.status == 0);
    CHECK(contains(run.out, "8 of the training examples are held out to stop by"));
    return results(strata).at("terms").at("reconstruction").as_number();
  };
  CHECK(loss(" --split ordered") < 10);
  CHECK(loss(" --split fifth") > 1000);
  CHECK(loss("") > 1000);
}
