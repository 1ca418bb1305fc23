// strata data, and files that are not what they should be.

#include <doctest/doctest.h>

#include <filesystem>

#include "core/io/json.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const std::string quick = " --pretrain-epochs 1 --epochs 2 --quiet";

}  // namespace

TEST_CASE("data says what a set holds") {
  const Program strata;
  const Result digits = strata("data digits --json " + strata.file("d.json"));
  CHECK(contains(digits.out, "digits: 1797 examples of 64 features, pictures of 8×8"));
  CHECK(contains(digits.out, "1438 of them for training, 359 for testing"));
  CHECK(parse_json(read_file(strata.file("d.json")), "d").at("labels").at("0").as_size() == 178);
  CHECK(contains(strata("data digits --rows 0:10").out, "10 examples"));
}

TEST_CASE("bad files: exit status 1, one line that names the file, and nothing half-written") {
  const Program strata;
  const auto bad = [&](const std::string& name, const std::string& bytes, const std::string& part) {
    const std::string path = strata.file(name);
    write_file(path, bytes);
    check_refused(
        strata,
        "train linear --hidden 1 --data " + path + " --save " + strata.file("never.safetensors"), 1,
        part);
    CHECK(!std::filesystem::exists(strata.file("never.safetensors")));
  };
  bad("text.csv", "1,2,3\n4,abc,6\n", ":2:2");
  bad("ragged.csv", "1,2,3\n4,5\n", ":2");
  bad("nan.csv", "1,2,3\n4,nan,6\n", "nan");
  bad("empty.csv", "", "empty");
  bad("zero-rows.csv", "a,b,c\n", "");
  bad("bad.npy", "not an array", "");
  check_refused(strata, "data " + strata.file("no-such.csv"), 1, "no such file");
  check_refused(strata, "data no-such-thing", 1, "digits");
  const std::string folder = strata.file("folder.csv");
  std::filesystem::create_directory(folder);
  check_refused(strata, "data " + folder, 1, "");
  check_refused(strata, "encode " + strata.file("text.csv"), 2,
                "is data; here the file of a model is wanted");
  write_file(strata.file("no.model"), "neither");
  check_refused(strata, "encode " + strata.file("no.model"), 1, strata.file("no.model"));
  check_refused(strata, "encode " + strata.file("no.safetensors"), 1, "no such file");
  std::string lies(8, '\0');
  lies[7] = 0x10;  // a header of 2^60 bytes
  write_file(strata.file("lies.safetensors"), lies + "{}");
  check_refused(strata, "encode " + strata.file("lies.safetensors"), 1, "header");
  write_file(strata.file("file"), "in the way");
  check_refused(strata, "pretrain --out " + strata.file("file") + quick, 1, strata.file("file"));
  check_refused(
      strata,
      "train linear --epochs 1 --quiet --save " + strata.file("no/such/folder/m.safetensors"), 1,
      "");
}

TEST_CASE("IDX folders that lie are refused with what was expected and found") {
  const Program strata;
  const std::string folder = strata.file("idx");
  std::filesystem::create_directory(folder);
  const auto idx = [](std::uint32_t magic, std::vector<std::uint32_t> sizes, std::size_t bytes) {
    std::string file;
    const auto put = [&file](std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8) file += char((value >> shift) & 0xff);
    };
    put(magic);
    for (std::uint32_t size : sizes) put(size);
    return file + std::string(bytes, '\x7f');
  };
  const auto write = [&](const std::string& images) {
    write_file(folder + "/train-images-idx3-ubyte", images);
    write_file(folder + "/train-labels-idx1-ubyte", idx(0x801, {10}, 10));
    write_file(folder + "/t10k-images-idx3-ubyte", idx(0x803, {3, 2, 2}, 12));
    write_file(folder + "/t10k-labels-idx1-ubyte", idx(0x801, {3}, 3));
  };
  write(idx(0x803, {10, 2, 2}, 40));
  CHECK(contains(strata("train linear --hidden 1 --epochs 2 --quiet --data " + folder).out,
                 "10 training and 3 test examples"));
  CHECK(contains(strata("data " + folder).out, "training files: "));
  CHECK(contains(strata("data " + folder).out, "3 examples of 4 features"));
  write(idx(0x803, {10, 2, 2}, 39));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x803, {10, 2, 2}, 41));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x12345678, {10, 2, 2}, 40));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
  write(idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 40));
  check_refused(strata, "data " + folder, 1, "train-images-idx3-ubyte");
}

TEST_CASE("control characters of files reach the terminal as text") {
  const Program strata;
  const std::string table = strata.file("table.csv");
  write_file(table, "1,2\n3,a\x1b[2Jb\n");
  const Result refused =
      check_refused(strata, "data " + table, 1, "\"a\\x1b[2Jb\" is not a number");
  CHECK_FALSE(contains(refused.err, "\x1b"));
  const std::string named = strata.file("na\x1b[2Jme.csv");
  write_file(named, "1,2\n3,4\n");
  const Result shown = strata("data '" + named + "'");
  CHECK(contains(shown.out, "na\\x1b[2Jme: 2 examples"));
  CHECK_FALSE(contains(shown.out, "\x1b"));
}
