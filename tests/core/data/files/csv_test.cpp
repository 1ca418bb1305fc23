#include "core/data/files/csv.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <filesystem>
#include <limits>

#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/core/data/files/refusal.hpp"
#include "tests/scratch.hpp"

namespace fs = std::filesystem;
using namespace strata;
using namespace strata::testing;

namespace {

Dataset table(const std::string& content) {
  const Scratch scratch;
  const std::string path = scratch.file("points.csv");
  write_file(path, content);
  return read_csv(path);
}

std::string refusal(const std::string& content) {
  return refusal_of([](const std::string& path) { read_csv(path); }, "points.csv", content);
}

// What write_csv makes of X.
std::string written(const Tensor& X, const std::vector<std::string>& header = {}) {
  const Scratch scratch;
  const std::string path = scratch.file("points.csv");
  write_csv(path, X, header);
  return read_file(path);
}

}  // namespace

TEST_CASE(
    "csv: comma, semicolon, tab; with and without header, line ends, blank lines, the mark of "
    "UTF-8") {
  const Tensor expected = Tensor::matrix({{1, Real(-2.5), 3}, {4, 5, Real(1e-3)}});
  for (const char* content : {
           "1,-2.5,3\n4,5,1e-3\n",
           "1,-2.5,3\n4,5,1e-3",
           "1;-2.5;3\r\n4;5;0.001\r\n",
           "1\t-2.5\t3\n4\t5\t.001\n\n\r\n \n",
           "a,b,c\n1,-2.5,3\n4,5,1E-03\n",
           "\xEF\xBB\xBFmüsli,b,c\n1,-2.5,3\n4,5,1e-3\n",
           "\xEF\xBB\xBF"
           "1,-2.5,3\n4,5,1e-3\n",
           " +1 , -2.5,3 \n4,\"5\",1e-3\n",
           "\"a, and \"\"more\"\"\";\"b;\tc\";1\n1;-2.5;3\n4;5;0.001\n",
       }) {
    CAPTURE(content);
    const Dataset data = table(content);
    check_close(data.X, expected, 0);
    CHECK_FALSE(data.has_labels());
    CHECK(data.name == "points");
    CHECK(data.image == ImageShape{});
  }
  CHECK(text(table("7\n").X.shape) == "1×1");
}

TEST_CASE("csv: a column of labels") {
  for (const char* name : {"label", "Label", "CLASS", "digit", "target", "y", "\"label\""}) {
    CAPTURE(name);
    const Dataset data = table(text("a,", name, ",b\n0.5,3,1.5\n2.5,-1.0,3.5\n"));
    CHECK(data.labels == std::vector<int>{3, -1});
    check_close(data.X, Tensor::matrix({{Real(0.5), Real(1.5)}, {Real(2.5), Real(3.5)}}), 0);
    check_dataset(data);
  }
  // Coordinates, not labels.
  CHECK_FALSE(table("x,y\n1,2\n").has_labels());
  CHECK(table("x,y\n1,2\n").features() == 2);
  CHECK_FALSE(table("labels,b\n1,2\n").has_labels());
  CHECK(refusal("a,label\n1,2\n1,2.5\n") ==
        "3:2 (column \"label\"): the label \"2.5\" is not an integer");
  CHECK(refusal("label,a\n3000000000,2\n") ==
        "2:1 (column \"label\"): the label \"3000000000\" is not an integer");
  CHECK(refusal("label,a\n,2\n") == "2:1 (column \"label\"): the cell is empty, expected a number");
  CHECK(refusal("a,class,y\n1,2,3\n") ==
        "1:3: there are two columns of labels, \"class\" and \"y\" (rename one)");
  CHECK(refusal("label\n1\n") == "has labels only, and no other column");
}

TEST_CASE("csv: what is wrong is named with line and column") {
  const std::string words = " (of a column of words: number them 0, 1, 2, …, or leave it out)";
  CHECK(refusal("1,2\n3,abc\n") == std::string("2:2: \"abc\" is not a number") + words);
  CHECK(refusal("a,b\n1,2\n3,4x\n") ==
        std::string("3:2 (column \"b\"): \"4x\" is not a number") + words);
  CHECK(refusal("1,2\n,3\n") == "2:1: the cell is empty, expected a number");
  CHECK(refusal("1,,2\n") == "1:2: the cell is empty, expected a number");  // no header either
  CHECK(refusal("1,2\n3,\n") == "2:2: the cell is empty, expected a number");
  CHECK(refusal("1,2,3\n4,5\n") == "2:3: the line has 2 cells, expected 3 as in the first line");
  CHECK(refusal("1,2\n4,5,6\n") == "2:3: the line has 3 cells, expected 2 as in the first line");
  CHECK(refusal("1,2\n\n3,4\n") == "2:1: a blank line between others");
  CHECK(refusal("1,2\n3,\"4\n") == "2:2: a quote is opened but not closed on this line");
  CHECK(refusal("a;b\n1;2,5\n") ==
        "2:2 (column \"b\"): \"2,5\" is not a number (write a decimal point, not a comma)");
  CHECK(refusal("1\n2 3\n") ==
        "2:1: \"2 3\" is not a number (cells are separated by commas, semicolons or tabs)");
  CHECK(refusal("1,2\n3,0x10\n") == std::string("2:2: \"0x10\" is not a number") + words);
  CHECK(refusal("1,2\n3,+-1\n") == std::string("2:2: \"+-1\" is not a number") + words);
  CHECK(refusal("1,2\n3,a\rb\n") == std::string("2:2: \"a\rb\" is not a number") + words);
  CHECK(refusal("1,2\n3,4 5\n") == std::string("2:2: \"4 5\" is not a number") + words);
  CHECK(refusal("1\n" + std::string(39, 'a') + "ü" + std::string(100, 'b')) ==
        "2:1: \"" + std::string(39, 'a') +
            "…\" is not a number (cells are separated by commas, semicolons or tabs)");
}

TEST_CASE("csv: numbers that are not finite are refused, in the first line too") {
  for (const char* cell :
       {"nan", "NaN", "inf", "-inf", "Infinity", "1e999", "-1e99999999999999999999"}) {
    CAPTURE(cell);
    const std::string expected = text("\"", cell, "\" is not a finite number that a ", real_name,
                                      " can hold (put one there, or leave the row out)");
    CHECK(refusal(text("1,2\n3,", cell, "\n")) == "2:2: " + expected);
    CHECK(refusal(text("1,", cell, "\n3,4\n")) == "1:2: " + expected);
  }
  CHECK(refusal("1,1" + std::string(400, '0') + "e-5\n").starts_with("1:2: "));
  if (sizeof(Real) == 4)
    CHECK(refusal("1,1e39\n").starts_with("1:2: \"1e39\" is not a finite number"));
}

TEST_CASE("csv: a number that is too small is rounded to 0, not refused") {
  const Tensor zeros({1, 4}, Real(0));
  const std::string tiny = "0." + std::string(400, '0') + "1e+5";
  const Dataset data = table("1e-400,-2.5e-999,1E-99999999999999999999," + tiny + "\n");
  check_close(data.X, zeros, 0);
  CHECK(std::signbit(data.X[1]));
}

TEST_CASE("csv: files that hold no table") {
  CHECK(refusal("") == "is empty");
  CHECK(refusal("\n\r\n") == "is empty");
  CHECK(refusal("\xEF\xBB\xBF") == "is empty");
  CHECK(refusal("a,b\n") == "has a header but no rows");
  CHECK(refusal("a,b\n\n\n") == "has a header but no rows");
  CHECK(refusal("\n1,2\n") == "1:1: a blank line between others");
  CHECK(contains(refusal("\x1f\x8b\x08"), "points.csv.gz && gunzip "));
  CHECK(refusal("\xFF\xFE,1") == "is text in UTF-16: save it as UTF-8");
  CHECK(error_of([] { read_csv("/no/such.csv"); }) == "/no/such.csv: no such file");
}

TEST_CASE("csv: a wide line and many blank ones take no memory") {
  CHECK(refusal(std::string(200000, ',') + std::string(200000, '\n')) ==
        "1:1: the cell is empty, expected a number");
}

TEST_CASE("csv: what is written reads back to the last bit") {
  Rng rng(5);
  Tensor X = normal_tensor({40, 7}, rng);
  X[0] = std::numeric_limits<Real>::max();
  X[1] = std::numeric_limits<Real>::lowest();
  X[2] = std::numeric_limits<Real>::denorm_min();
  X[3] = std::numeric_limits<Real>::min();
  X[4] = Real(-0.0);
  X[5] = Real(1) / 3;
  X[6] = Real(1e23);
  const Dataset back = table(written(X, {"a", "b", "c", "d", "e", "f", "g"}));
  REQUIRE(back.X.shape == X.shape);
  CHECK(back.X.values == X.values);
  CHECK(std::signbit(back.X[4]));
}

TEST_CASE("csv: the shortest digits, and a header quoted where it must be") {
  CHECK(written(Tensor::matrix({{Real(0.1), -2}, {Real(1e30), Real(0.3)}})) ==
        "0.1,-2\n1e+30,0.3\n");
  CHECK(written(Tensor({3}, 1)) == "1,1,1\n");
  const Tensor X = Tensor::matrix({{1, 2, 3}});
  CHECK(written(X, {"a b", "1,2", "say \"c\""}) == "a b,\"1,2\",\"say \"\"c\"\"\"\n1,2,3\n");
  CHECK(table(written(X, {"a", "b;c", "label"})).labels == std::vector<int>{3});
  const Scratch scratch;
  const std::string path = scratch.file("points.csv");
  CHECK(error_of([&] { write_csv(path, X, {"a"}); }) ==
        "write_csv: a header of 1 names for 3 columns");
  CHECK(error_of([&] {
          write_csv(path, X, {"1", "2", ""});
        }) == "write_csv: every name of the header is a number, it would be read as data");
  CHECK(error_of([&] {
          write_csv(path, X, {"a", "b\n", "c"});
        }) == "write_csv: name 1 of the header has a line break");
  CHECK(error_of([&] { write_csv(path, Tensor()); }) != "");
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("csv: the machine's language does not matter") {
  const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(written(Tensor::matrix({{Real(0.5)}})) == "0.5\n");
  check_close(table("0.5\n").X, Tensor::matrix({{Real(0.5)}}), 0);
  if (german != nullptr) std::setlocale(LC_ALL, "C");
}
