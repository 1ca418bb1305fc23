#include "core/data/files/load.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/data/files/npy.hpp"
#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("load: by name, by ending, and what is not understood") {
  const Scratch scratch;
  const std::string array = scratch.file("array.npy");
  CHECK(load_rows("digits").size() == 1797);
  const TrainTest digits = load_data("digits");
  CHECK(digits.test.size() == 359);
  CHECK(digits.test.X(1, 5) == load_rows("digits").X(9, 5));
  for (std::size_t k = 0; k < 359; ++k) CHECK(digits.test_rows[k] == 5 * k + 4);
  CHECK(load_data("waves").test_rows[0] == 4);

  for (const char* name : {"a.csv", "a.TSV", "a.txt"}) {
    write_file(scratch.file(name), "1\t2\n3\t4\n5\t6\n7\t8\n9\t10\n11\t12\n");
    CHECK(load_rows(scratch.file(name)).size() == 6);
    const TrainTest split = load_data(scratch.file(name));
    CHECK(split.split == SplitKind::random);
    CHECK(split.train.size() == 5);
    REQUIRE(split.test_rows.size() == 1);
    const Real row = Real(split.test_rows[0]);
    CHECK(split.test.X.values == std::vector<Real>{2 * row + 1, 2 * row + 2});
    CHECK(load_data(scratch.file(name)).test_rows == split.test_rows);
  }
  write_npy(array, Tensor::matrix({{1, 2}, {3, 4}, {5, 6}, {7, 8}}));
  const TrainTest few = load_data(array);
  CHECK(few.train.size() == 4);
  CHECK(few.test.size() == 0);
  CHECK(few.test.features() == 2);

  write_file(scratch.file("train-images-idx3-ubyte"),
             std::string("\0\0\10\3\0\0\0\1\0\0\0\1\0\0\0\2ab", 18));
  write_file(scratch.file("train-labels-idx1-ubyte"), std::string("\0\0\10\1\0\0\0\1\3", 9));
  write_file(scratch.file("t10k-images-idx3-ubyte"),
             std::string("\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\2abcd", 20));
  write_file(scratch.file("t10k-labels-idx1-ubyte"), std::string("\0\0\10\1\0\0\0\2\3\4", 10));
  CHECK(load_data(scratch.folder.string()).train.size() == 1);
  CHECK(load_data(scratch.folder.string()).split == SplitKind::own);
  CHECK(load_rows(scratch.folder.string()).labels == std::vector<int>{3, 4});
  CHECK(load_rows(scratch.folder.string(), IdxPart::train).labels == std::vector<int>{3});

  const std::string understood =
      "; give digits, circle, swiss_roll, blobs, waves, a folder of IDX files (make mnist brings "
      "MNIST to "
      "build/data/mnist), or a file ending in .csv, .tsv, .txt or .npy";
  CHECK(error_of([] { load_data("mnist"); }) ==
        "data mnist: no such data set or folder" + understood);
  CHECK(error_of([] { load_rows(""); }) == "data '': no such data set or folder" + understood);
  write_file(scratch.file("a.xls"), "");
  CHECK(error_of([&] { load_data(scratch.file("a.xls")); }) ==
        "data " + scratch.file("a.xls") + ": not a kind of file that is understood" + understood);
  write_file(scratch.file("a.csv.gz"), "\x1f\x8b");
  CHECK(error_of([&] { load_data(scratch.file("a.csv.gz")); }) ==
        scratch.file("a.csv.gz") + ": is gzipped: gunzip " + scratch.file("a.csv.gz"));
  CHECK(error_of([&] { load_data(scratch.file("none.csv")); }) ==
        scratch.file("none.csv") + ": no such file");
  write_npy(array, Tensor::matrix({{1}, {std::numeric_limits<Real>::quiet_NaN()}}));
  CHECK(error_of([&] { load_rows(array); }).starts_with(array + ": row 1, column 0 "));
}
