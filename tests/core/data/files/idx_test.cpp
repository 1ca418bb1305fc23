#include "core/data/files/idx.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/io/files.hpp"
#include "tests/check_close.hpp"
#include "tests/core/data/files/refusal.hpp"
#include "tests/scratch.hpp"

namespace fs = std::filesystem;
using namespace strata;
using namespace strata::testing;

namespace {

std::string idx_header(const std::vector<unsigned>& lengths) {
  std::string bytes = {0, 0, 8, char(lengths.size())};
  for (unsigned length : lengths) {
    for (int shift : {24, 16, 8, 0}) bytes += char(length >> shift & 255);
  }
  return bytes;
}

// n images of 2×3 whose pixels are offset, offset + 1, …
std::string images(unsigned n, int offset) {
  std::string bytes = idx_header({n, 2, 3});
  for (unsigned p = 0; p < n * 6; ++p) bytes += char(offset + int(p));
  return bytes;
}

std::string labels(const std::vector<int>& of_each) {
  std::string bytes = idx_header({unsigned(of_each.size())});
  for (int label : of_each) bytes += char(label);
  return bytes;
}

void write_set(const Scratch& to, const std::string& prefix, const std::string& test,
               const std::string& mark) {
  write_file(to.file(prefix + "train-images" + mark + "idx3-ubyte"), images(3, 0));
  write_file(to.file(prefix + "train-labels" + mark + "idx1-ubyte"), labels({7, 0, 255}));
  write_file(to.file(prefix + test + "-images" + mark + "idx3-ubyte"), images(2, 100));
  write_file(to.file(prefix + test + "-labels" + mark + "idx1-ubyte"), labels({1, 2}));
}

std::string refusal(const std::string& bytes) {
  return refusal_of(read_idx, "file", bytes);
}

}  // namespace

TEST_CASE("idx: bytes as they are, rank 1 to 4") {
  const Scratch scratch;
  write_file(scratch.file("a"), std::string("\0\0\10\2\0\0\0\2\0\0\0\3\0\1\2\377\376\200", 18));
  const Tensor read = read_idx(scratch.file("a"));
  CHECK(text(read.shape) == "2×3");
  CHECK(read.values == std::vector<Real>{0, 1, 2, 255, 254, 128});
  write_file(scratch.file("b"), labels({5, 6, 7}));
  CHECK(text(read_idx(scratch.file("b")).shape) == "3");
  write_file(scratch.file("c"), images(1, 9));
  CHECK(text(read_idx(scratch.file("c")).shape) == "1×2×3");
  write_file(scratch.file("d"), idx_header({1, 2, 1, 2}) + "abcd");
  CHECK(text(read_idx(scratch.file("d")).shape) == "1×2×1×2");
  // A length of two bytes
  write_file(scratch.file("e"), idx_header({300}) + std::string(300, 'x'));
  CHECK(read_idx(scratch.file("e")).size() == 300);
}

TEST_CASE("idx: what is wrong with a file is said") {
  CHECK(refusal("") == "is no IDX file: it has 0 bytes, at least 4 are needed");
  CHECK(refusal("\x89PNG\r\n") ==
        "is no IDX file: it begins with 89 50 4e 47, expected 00 00 08 and the rank");
  CHECK(refusal(std::string("\0\0\x0D\1\0\0\0\1....", 12)) ==
        "holds 32-bit floats (type code 0d), only unsigned bytes (08) are read");
  CHECK(refusal(std::string("\0\0\x07\1\0\0\0\1.", 9)) ==
        "holds numbers of an unknown type (type code 07), only unsigned bytes (08) are read");
  CHECK(refusal(std::string("\0\0\10\0", 4)) ==
        "has rank 0 (its first bytes are 00 00 08 00), 1 to 4 can be read");
  CHECK(refusal(idx_header({1, 1, 1, 1, 1}) + ".").starts_with("has rank 5 "));
  CHECK(refusal(idx_header({2, 2, 3}).substr(0, 15)) ==
        "is cut off: a header of rank 3 needs 16 bytes, found 15");
  CHECK(refusal(images(2, 0).substr(0, 27)) ==
        "is cut off: its shape 2×2×3 needs 12 bytes after the header, found 11");
  CHECK(refusal(images(2, 0) + ".") ==
        "is too long: its shape 2×2×3 needs 12 bytes after the header, found 13");
  CHECK(refusal(idx_header({0, 2, 3})) == "holds no examples (dimension 0 of 3, counted from 0)");
  CHECK(refusal(idx_header({2, 0, 3})) ==
        "has a dimension of length 0 (dimension 1 of 3, counted from 0)");
}

TEST_CASE("idx: of a gzipped file the command that unpacks it is said") {
  const Scratch scratch;
  for (const char* name : {"train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"}) {
    const std::string path = scratch.file(name);
    write_file(path, "\x1f\x8b\x08");
    const std::string error = error_of([&] { read_idx(path); });
    const std::string named = scratch.file("train-images-idx3-ubyte.gz");
    CHECK(error ==
          path + ": is gzipped: " + (path == named ? "" : "mv " + path + " " + named + " && ") +
              "gunzip " + named);
  }
}

TEST_CASE("idx: lengths larger than the file take no memory") {
  CHECK(refusal(idx_header({60000, 28, 28})) ==
        "is cut off: its shape 60000×28×28 needs 47040000 bytes after the header, found 0");
  CHECK(
      refusal(idx_header({4294967295u, 4294967295u}) + ".").starts_with("is cut off: its shape "));
  CHECK(refusal(idx_header({4294967295u, 4294967295u, 2, 2}) + ".") ==
        "its shape 4294967295×4294967295×2×2 is larger than any file");
}

TEST_CASE("idx: a folder, under each of the usual names") {
  struct Case {
    const char *prefix, *test, *mark;
  };
  for (const Case& names :
       {Case{"", "t10k", "-"}, Case{"", "t10k", "."}, Case{"emnist-letters-", "test", "-"}}) {
    CAPTURE(names.prefix);
    CAPTURE(names.mark);
    const Scratch scratch;
    write_set(scratch, names.prefix, names.test, names.mark);
    const TrainTest data = load_idx_folder(scratch.folder.string());
    CHECK(data.train.name == scratch.folder.filename().string());
    CHECK(text(data.train.X.shape) == "3×6");
    CHECK(data.train.image == ImageShape{2, 3});
    CHECK(data.train.labels == std::vector<int>{7, 0, 255});
    CHECK(data.train.X(2, 5) == Real(17) / 255);
    CHECK(text(data.test.X.shape) == "2×6");
    CHECK(data.test.labels == std::vector<int>{1, 2});
    CHECK(data.test.X(0, 0) == Real(100) / 255);
    CHECK(data.test.X(1, 5) == Real(111) / 255);
    check_dataset(data.train);
  }
}

TEST_CASE("idx: a folder's name, a slash at its end, and folders in it") {
  const Scratch scratch;
  write_set(scratch, "", "t10k", ".");
  // The files of one archive, each unpacked also into a folder of its own.
  fs::create_directories(scratch.folder / "train-images-idx3-ubyte");
  const Dataset data = read_idx_folder(scratch.folder.string() + "/", IdxPart::train);
  CHECK(data.name == scratch.folder.filename().string());
  CHECK(data.size() == 3);
  CHECK(read_idx_folder(scratch.folder.string() + "/.", IdxPart::train).name == data.name);
}

TEST_CASE("idx: what is missing in a folder is named") {
  const Scratch scratch;
  const std::string folder = scratch.folder.string();
  const auto refused = [&](IdxPart part) {
    return error_of([&] { read_idx_folder(folder, part); });
  };
  CHECK(error_of([&] { load_idx_folder(folder + "/none"); }) == folder + "/none: no such folder");
  CHECK(refused(IdxPart::train) == folder +
                                       ": there is no file train-images-idx3-ubyte (nor "
                                       "NAME-train-images-idx3-ubyte) in this folder");
  write_file(scratch.file("train-images-idx3-ubyte.gz"), "\x1f\x8b");
  CHECK(refused(IdxPart::train) ==
        folder + "/train-images-idx3-ubyte.gz: is gzipped: gunzip " + folder + "/*.gz");
  write_set(scratch, "", "t10k", "-");
  load_idx_folder(folder);
  CHECK(error_of([&] { load_idx_folder(scratch.file("t10k-labels-idx1-ubyte")); }) ==
        scratch.file("t10k-labels-idx1-ubyte") + ": is no folder of IDX files");
  fs::remove(scratch.file("t10k-labels-idx1-ubyte"));
  CHECK(refused(IdxPart::test) == folder +
                                      ": there is no file t10k-labels-idx1-ubyte (nor "
                                      "NAME-t10k-labels-idx1-ubyte) in this folder");
  write_set(scratch, "b-", "test", "-");
  CHECK(refused(IdxPart::train) ==
        folder +
            ": both b-train-images-idx3-ubyte and train-images-idx3-ubyte are "
            "there; keep one data set in a folder");
}

TEST_CASE("idx: files of two data sets in one folder are told apart by their prefix") {
  const Scratch scratch;
  const std::string folder = scratch.folder.string();
  const auto rename = [&](const char* from, const char* to) {
    fs::rename(scratch.file(from), scratch.file(to));
  };
  write_set(scratch, "kmnist-", "t10k", "-");
  rename("kmnist-t10k-labels-idx1-ubyte", "t10k-labels-idx1-ubyte");
  CHECK(error_of([&] { read_idx_folder(folder, IdxPart::test); }) ==
        folder +
            ": kmnist-t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte are of two data sets; keep "
            "one in "
            "a folder");
  rename("kmnist-t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte");
  CHECK(read_idx_folder(folder, IdxPart::test).size() == 2);
  CHECK(error_of([&] { load_idx_folder(folder); }) ==
        folder +
            ": kmnist-train-images-idx3-ubyte and t10k-images-idx3-ubyte are of two data sets; "
            "keep one in "
            "a folder");
}

TEST_CASE("idx: images and labels must fit") {
  const Scratch scratch;
  const std::string folder = scratch.folder.string();
  const std::string image_path = scratch.file("train-images-idx3-ubyte");
  const std::string label_path = scratch.file("train-labels-idx1-ubyte");
  write_set(scratch, "", "t10k", "-");
  write_file(label_path, labels({1, 2}));
  CHECK(error_of([&] { read_idx_folder(folder, IdxPart::train); }) ==
        label_path + ": holds 2 labels, but " + image_path + " holds 3 images");
  write_file(label_path, images(3, 0));
  CHECK(error_of([&] { read_idx_folder(folder, IdxPart::train); }) ==
        label_path + ": its shape is 3×2×3, expected one label an example");
  write_set(scratch, "", "t10k", "-");
  write_file(image_path, labels({1, 2, 3}));
  CHECK(error_of([&] { read_idx_folder(folder, IdxPart::train); }) ==
        image_path + ": its shape is 3, expected examples × height × width");
  write_file(image_path, idx_header({3, 3, 2}) + std::string(18, '.'));
  CHECK(error_of([&] { load_idx_folder(folder); }) ==
        folder + ": training images are 3×2 but test images are 2×3");
}
