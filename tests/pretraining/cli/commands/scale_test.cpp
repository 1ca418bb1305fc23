// --scale, and what is said of data whose columns differ in size, of bytes, of rows out of range
// and of test rows that were trained on.

#include <doctest/doctest.h>

#include "core/data/scaling.hpp"
#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Rows of `columns` numbers by f(row, column).
template <class F>
std::string csv(std::size_t rows, std::size_t columns, const F& f) {
  std::string text_of = "";
  for (std::size_t j = 0; j < columns; ++j) text_of += text(j == 0 ? "" : ",", "c", j);
  for (std::size_t i = 0; i < rows; ++i) {
    text_of += "\n";
    for (std::size_t j = 0; j < columns; ++j) text_of += text(j == 0 ? "" : ",", f(i, j));
  }
  return text_of + "\n";
}

}  // namespace

TEST_CASE("scaling: all features alike, bytes, and the columns that vary most and least") {
  const Tensor X({3, 2}, {2, 4, 4, 4, 6, 4});
  const Scaling all = global_scaling(X);
  const std::vector<Real> wanted = {0, Real(0.5), Real(0.5), Real(0.5), 1, Real(0.5)};
  CHECK(all.apply(X).values == wanted);
  CHECK(all.undo(all.apply(X)).values == X.values);
  CHECK(global_scaling(Tensor({2, 2}, Real(7))).apply(Tensor({2, 2}, Real(7))).values ==
        std::vector<Real>(4, 0));
  CHECK_THROWS_AS(global_scaling(Tensor({0, 2})), Error);

  Tensor bytes({2, 16}, Real(3));
  CHECK_FALSE(looks_like_bytes(bytes));  // none above 127
  bytes[5] = 200;
  CHECK(looks_like_bytes(bytes));
  CHECK_FALSE(looks_like_bytes(bytes.reshaped({4, 8})));  // a small table
  bytes[6] = Real(0.5);
  CHECK_FALSE(looks_like_bytes(bytes));
  bytes[6] = 256;
  CHECK_FALSE(looks_like_bytes(bytes));
  CHECK(byte_scaling(2).apply(Tensor({1, 2}, {255, 0})).values == std::vector<Real>{1, 0});

  const Spreads s = spreads(Tensor({2, 4}, {0, 10, 5, 1, 2, 30, 5, 2}));
  CHECK(s.widest == 1);
  CHECK(s.narrowest == 3);  // column 2 does not vary
  check_close(s.greatest, 10, 1e-12);
  check_close(s.least, 0.5, 1e-12);
}

TEST_CASE("scale: columns of different sizes are remarked on, by their numbers") {
  const Program strata;
  const std::string table = strata.file("t.csv"),
                    out = " --epochs 1 --quiet --out " + strata.file("o");
  write_file(table, csv(40, 3, [](std::size_t i, std::size_t j) {
               return j == 0 ? double(i) : j == 1 ? 500.0 * double(i % 7) : 0.25 * double(i % 3);
             }));
  const std::string remark = "columns differ in size: column 1 has a standard deviation of ";
  for (const char* command : {"train linear", "compare linear", "rbm --visible gaussian"}) {
    CAPTURE(command);
    CHECK(contains(strata(std::string(command) + " --data " + table + out).out, remark));
  }
  CHECK_FALSE(contains(strata("train linear --scale standard --data " + table + out).out, remark));
  CHECK_FALSE(contains(strata("train linear" + out).out, remark));  // the digits, in [0, 1]
}

TEST_CASE("scale: bytes are divided by 255, unless something else is said") {
  const Program strata;
  const std::string table = strata.file("b.csv"), model = strata.file("m.safetensors"),
                    out = " --epochs 1 --quiet --out " + strata.file("o") + " --save " + model;
  write_file(table,
             csv(20, 16, [](std::size_t i, std::size_t j) { return (37 * i + 11 * j) % 256; }));
  const Result run = strata("train undercomplete --hidden 2 --data " + table + out);
  CHECK(run.status == 0);
  CHECK(contains(run.out, "bytes, divided by 255"));
  // The model remembers it
  CHECK(strata("reconstruct " + model + " --data " + table).status == 0);
  CHECK(strata("train undercomplete --hidden 2 --scale none --data " + table + out).status == 1);
  const Result other =
      strata("train undercomplete --hidden 2 --scale global --data " + table + out);
  CHECK(other.status == 0);
  CHECK_FALSE(contains(other.out, "divided by 255"));
  CHECK(contains(strata("data " + table).out, "training divides them by 255"));
}

TEST_CASE("scale: rows beyond the range of the training rows are counted") {
  const Program strata;
  const std::string train = strata.file("a.csv"), test = strata.file("b.csv"),
                    model = strata.file("m.safetensors");
  const auto line = [](double from) {
    return [from](std::size_t i, std::size_t j) { return from + double(i) + double(j); };
  };
  write_file(train, csv(10, 3, line(0)));  // from 0 to 9, 1 to 10, 2 to 11
  write_file(test, csv(10, 3, line(4.5)));
  const Result run =
      strata("train undercomplete --hidden 1 --epochs 1 --quiet --scale minmax --data " + train +
             " --test " + test + " --out " + strata.file("o") + " --save " + model);
  CHECK(contains(run.out,
                 "5 of 10 test rows leave the range of the training rows: scaled to [0, 1] "
                 "by that, they go from 0 to 1.5"));
  const Result encoded = strata("encode " + model + " --data " + test);
  CHECK(encoded.status == 0);
  CHECK(contains(encoded.err, "note: 5 of 10 rows of 'b' leave the range"));
  CHECK(strata("encode " + model + " --data " + train).err.empty());
}

TEST_CASE("scale: test rows that are training rows as well are counted") {
  const Program strata;
  const std::string table = strata.file("d.csv");
  write_file(table, csv(40, 3, [](std::size_t i, std::size_t j) {
               return double((i % 4) * (j + 1)) / 9;
             }));
  const std::string command =
      "train undercomplete --hidden 1 --epochs 1 --quiet --out " + strata.file("o");
  CHECK(contains(strata(command + " --data " + table).out,
                 "8 of 8 test rows are training rows, too"));
  CHECK_FALSE(contains(strata(command).out, "training rows, too"));
}
