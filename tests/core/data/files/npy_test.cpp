#include "core/data/files/npy.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/core/data/files/refusal.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A file of version 1 without padding.
std::string npy(const std::string& header, const std::string& numbers) {
  return std::string("\x93NUMPY\1\0", 8) + char(header.size() & 255) + char(header.size() >> 8) +
         header + numbers;
}

std::string npy(const std::string& type, const std::string& shape, const std::string& numbers) {
  return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n",
             numbers);
}

Tensor array(const std::string& bytes) {
  const Scratch scratch;
  const std::string path = scratch.file("array.npy");
  write_file(path, bytes);
  return read_npy(path);
}

Dataset dataset(const std::string& bytes) {
  const Scratch scratch;
  const std::string path = scratch.file("array.npy");
  write_file(path, bytes);
  return read_npy_dataset(path);
}

// Reading a file as a data set reads it as an array first.
std::string refusal(const std::string& bytes) {
  return refusal_of(read_npy_dataset, "array.npy", bytes);
}

std::string written(const Tensor& X) {
  const Scratch scratch;
  const std::string path = scratch.file("array.npy");
  write_npy(path, X);
  return read_file(path);
}

}  // namespace

TEST_CASE("npy: a file that NumPy wrote") {
  // numpy.save of array([[1.5, -2, 3], [0, inf, 0.001]])
  const std::string bytes =
      std::string(
          "\223NUMPY\001\000v\000{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", 69) +
      std::string(58, ' ') +
      std::string(
          "\012\000\000\000\000\000\000\370\077\000\000\000\000\000\000\000\300\000\000\000\000\000"
          "\000\010@"
          "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\360\177\374\251\361\322MbP\077",
          49);
  CHECK(bytes.size() == 176);
  const Tensor expected =
      Tensor::matrix({{Real(1.5), -2, 3}, {0, std::numeric_limits<Real>::infinity(), Real(0.001)}});
  CHECK(text(array(bytes).shape) == "2×3");
  CHECK(array(bytes).values == expected.values);
  if (sizeof(Real) == 8) CHECK(written(expected) == bytes);
  CHECK(array(written(expected)).values == expected.values);
}

TEST_CASE("npy: versions 2 and 3") {
  const std::string header = "{\"shape\": (2,), 'fortran_order':False,'descr':'|u1'}";
  for (char version : {'\2', '\3'}) {
    const std::string bytes = std::string("\x93NUMPY") + version + '\0' + char(header.size()) +
                              std::string(3, '\0') + header + "\7\xFF";
    CHECK(array(bytes).values == std::vector<Real>{7, 255});
  }
}

TEST_CASE("npy: every type of number") {
  using Values = std::vector<Real>;
  CHECK(array(npy("<f4", "(2,)", std::string("\0\0\0\x3F\0\0\x80\xBF", 8))).values ==
        Values{Real(0.5), -1});
  CHECK(array(npy(">f4", "(2,)", std::string("\x3F\0\0\0\xBF\x80\0\0", 8))).values ==
        Values{Real(0.5), -1});
  CHECK(array(npy(">f8", "(1,)", std::string("\xC0\0\0\0\0\0\0\0", 8))).values == Values{-2});
  CHECK(array(npy("|u1", "(2,)", "\7\xFF")).values == Values{7, 255});
  CHECK(array(npy("|i1", "(2,)", "\7\xFF")).values == Values{7, -1});
  CHECK(array(npy("|b1", "(2,)", std::string("\0\1", 2))).values == Values{0, 1});
  CHECK(array(npy("<u2", "(2,)", "\1\2\xFE\xFF")).values == Values{513, 65534});
  CHECK(array(npy("<i2", "(2,)", "\1\2\xFE\xFF")).values == Values{513, -2});
  CHECK(array(npy(">i2", "(2,)", "\1\2\xFF\xFE")).values == Values{258, -2});
  CHECK(array(npy("<i4", "(2,)", std::string("\0\0\1\0\xFD\xFF\xFF\xFF", 8))).values ==
        Values{65536, -3});
  CHECK(array(npy("<u4", "(1,)", "\xFF\xFF\xFF\xFF")).values == Values{Real(4294967295.0)});
  CHECK(array(npy("<i8", "(1,)", "\xFC\xFF\xFF\xFF\xFF\xFF\xFF\xFF")).values == Values{-4});
  CHECK(array(npy("<u8", "(1,)", std::string("\0\0\0\0\1\0\0\0", 8))).values ==
        Values{Real(4294967296.0)});
  if (sizeof(Real) == 4) {
    CHECK(refusal(npy("<f8", "(1, 1)", "\xFF\xFF\xFF\xFF\xFF\xFF\xEF\x7F"))
              .find("use the double build") != std::string::npos);
  }
}

TEST_CASE("npy: shapes of rank 0 to 4, and of Python 2") {
  CHECK(text(array(npy("|u1", "()", "a")).shape) == "1");
  CHECK(text(array(npy("|u1", "(3,)", "abc")).shape) == "3");
  CHECK(text(array(npy("|u1", "(3L, 1L)", "abc")).shape) == "3×1");
  CHECK(text(array(npy("|u1", "(1, 2, 2)", "abcd")).shape) == "1×2×2");
  CHECK(text(array(npy("|u1", "( 2,1 ,2,1)", "abcd")).shape) == "2×1×2×1");
  CHECK(text(array(npy("|u1", "(0, 5)", "")).shape) == "0×5");
}

TEST_CASE("npy: Fortran order, where the first dimension moves fastest") {
  const auto fortran = [](const std::string& shape, const std::string& numbers) {
    return npy("{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + "}", numbers);
  };
  // numpy: arange(6).reshape(2, 3) and arange(24).reshape(2, 3, 4) are 0 1 2 … in C order.
  CHECK(array(fortran("(2, 3)", std::string("\0\3\1\4\2\5", 6))).values ==
        std::vector<Real>{0, 1, 2, 3, 4, 5});
  CHECK(array(fortran("(3,)", "\1\2\3")).values == std::vector<Real>{1, 2, 3});
  std::string numbers;
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) numbers += char(12 * i + 4 * j + k);
    }
  }
  const Tensor cube = array(fortran("(2, 3, 4)", numbers));
  const Tensor four = array(fortran("(2, 3, 2, 2)", "abcdefghijklmnopqrstuvwx"));
  for (std::size_t i = 0; i < 24; ++i) CHECK(cube[i] == Real(i));
  CHECK(four[23] == 'x');                       // [1][2][1][1]
  CHECK(four[12] == 'b');                       // [1][0][0][0]
  CHECK(four[2] == Real('a' + 1 * 2 * 3));      // [0][0][1][0]
  CHECK(four[1] == Real('a' + 1 * 2 * 3 * 2));  // [0][0][0][1]
}

TEST_CASE("npy: what is wrong with a file is said") {
  CHECK(refusal("") == "is no .npy file: it begins with , expected 93 4e 55 4d 50 59");
  CHECK(refusal("1,2,3\n") ==
        "is no .npy file: it begins with 31 2c 32 2c 33 0a, expected 93 4e 55 4d 50 59");
  CHECK(refusal("PK\3\4") == "is a zip archive (.npz): save the one array with numpy.save");
  CHECK(contains(refusal("\x1f\x8b"), "array.npy.gz && gunzip "));
  CHECK(refusal("\x93NUMPY\4") == "is of version 4, 1 to 3 can be read");
  CHECK(refusal("\x93NUMPY") == "is cut off: it has 6 bytes, at least 10 are needed");
  CHECK(refusal(npy("|u1", "(1, 1)", "").substr(0, 30)) ==
        "is cut off: its header has 60 bytes, found 20");
  CHECK(refusal(npy("<f4", "(2, 2)", std::string(15, '.'))) ==
        "is cut off: its shape 2×2 needs 16 bytes after the header, found 15");
  CHECK(refusal(npy("<f4", "(2, 2)", std::string(17, '.'))) ==
        "is too long: its shape 2×2 needs 16 bytes after the header, found 17");
  CHECK(refusal(npy("|O", "(2, 2)", "")) ==
        "holds Python objects (|O), only plain numbers are read (in numpy: x.astype('f8'))");
  CHECK(refusal(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "")) ==
        "holds records with fields, only plain numbers are read");
  for (const char* type : {"<c16", "<U3", "<f2", "f8", "<M8[s]", "<b2"}) {
    CHECK(refusal(npy(type, "(1, 1)", ""))
              .starts_with(text("holds numbers of type '", type, "', read are f4 ")));
  }
}

TEST_CASE("npy: headers that are not understood") {
  const std::string not_understood = "its header is not understood: ";
  CHECK(refusal(npy("hello", "")) == not_understood + "expected {, found \"hello\"");
  CHECK(refusal(npy("{'descr': '<f8", "")) == not_understood + "expected ', found \"\"");
  CHECK(refusal(npy("{'de\nscr': 1}", "")) == not_understood + "expected ', found \"scr': 1}\"");
  CHECK(refusal(npy("{'" + std::string(41, 'x') + "'}", "")) ==
        not_understood + "expected ', found \"x'}\"");
  CHECK(refusal(npy("{'descr' '<f8'}", "")) == not_understood + "expected :, found \"'<f8'}\"");
  CHECK(refusal(npy("{'colour': 1}", "")) == not_understood + "it has a key 'colour'");
  CHECK(refusal(npy("{'fortran_order': Maybe}", "")) ==
        not_understood + "expected False, found \"Maybe}\"");
  CHECK(refusal(npy("{'descr': '<f8', 'shape': (1,)}", "")) == "its header lacks 'fortran_order'");
  CHECK(refusal(npy("{}", "")) == "its header lacks 'descr'");
  CHECK(refusal(npy("{'descr': '<f8', 'fortran_order': True}", "")) == "its header lacks 'shape'");
  CHECK(refusal(npy("|u1", "(2, x)", ""))
            .starts_with(not_understood + "expected a length in the shape, found \"x)"));
  CHECK(refusal(npy("|u1", "(-1, 2)", ""))
            .starts_with(not_understood + "expected a length in the shape"));
  CHECK(refusal(npy("|u1", "(2, 2", "")) ==
        not_understood + "expected a length in the shape, found \"}\"");
  CHECK(refusal(npy("|u1", "(1, 1, 1, 1, 1)", "a")) ==
        "has more than 4 dimensions, at most 4 are read");
  CHECK(refusal(npy("|u1", "(2, 0)", "")) == "dimension 1 of its shape (counted from 0) is 0");
}

TEST_CASE("npy: shapes larger than the file take no memory") {
  CHECK(refusal(npy("<f8", "(1000000000000, 1)", ""))
            .starts_with("is cut off: its shape 1000000000000×1 needs 8000"));
  CHECK(refusal(npy("<f8", "(4294967296, 4294967296)", "")) ==
        "its shape 4294967296×4294967296 is larger than any file");
  CHECK(refusal(npy("<f8", "(2305843009213693953, 1)", std::string(8, '.'))) ==
        "its shape 2305843009213693953×1 is larger than any file");  // times 8: 8 after an overflow
  CHECK(refusal(npy("|u1", "(99999999999999999999, 1)", "")) ==
        "its shape is larger than any file");
}

TEST_CASE("npy: data sets") {
  const Dataset images = dataset(npy("|u1", "(2, 2, 3)", "abcdefghijkl"));
  CHECK(images.name == "array");
  CHECK(text(images.X.shape) == "2×6");
  CHECK(images.image == ImageShape{2, 3});
  CHECK(images.X(1, 0) == 'g');
  check_dataset(images);
  const Dataset four = dataset(npy("|u1", "(2, 1, 2, 2)", "abcdefgh"));
  CHECK(text(four.X.shape) == "2×4");
  CHECK(four.image == ImageShape{});
  CHECK(refusal(npy("|u1", "(3,)", "abc")) ==
        "its shape is 3, a data set needs examples × features (in numpy: x.reshape(-1, 1) for one "
        "feature)");
  CHECK(refusal(npy("|u1", "(0, 3)", "")) == "its shape is 0×3, it holds no examples");
  const std::string zeros(12, '\0');
  CHECK(refusal(npy("<f4", "(2, 2)", zeros + std::string("\0\0\x80\x7F", 4))) ==
        "row 1, column 1 (counted from 0) holds inf; every number of a data set must be finite");
  CHECK(std::isnan(array(npy("<f4", "(1,)", std::string("\0\0\xC0\x7F", 4)))[0]));
}

TEST_CASE("npy: what is written") {
  const Tensor vector({3}, std::vector<Real>{1, 2, 3});
  const std::string bytes = written(vector);
  CHECK(bytes.size() == 128 + 3 * sizeof(Real));
  CHECK(bytes.find(text("{'descr': '<f", sizeof(Real),
                        "', 'fortran_order': False, 'shape': (3,), }")) == 10);
  CHECK(bytes[127] == '\n');
  Rng rng(2);
  for (const Shape& shape :
       {Shape{5}, Shape{0, 2}, Shape{4, 3}, Shape{2, 3, 4}, Shape{2, 1, 3, 2}}) {
    const Tensor X = normal_tensor(shape, rng);
    const Tensor back = array(written(X));
    CHECK(back.shape == X.shape);
    CHECK(back.values == X.values);
  }
  const Scratch scratch;
  const std::string path = scratch.file("array.npy");
  CHECK(error_of([&] { write_npy(path, Tensor()); }) ==
        "write_npy: the tensor is empty, " + path + " is not written");
}
