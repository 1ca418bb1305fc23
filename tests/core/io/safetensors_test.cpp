#include "core/io/safetensors.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "core/io/files.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata::testing;
using strata::read_file;
using strata::read_safetensors;
using strata::Real;
using strata::SafeTensors;
using strata::Tensor;
using strata::write_file;
using strata::write_safetensors;

namespace {

std::string length_bytes(std::uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += char((length >> (8 * i)) & 0xFF);
  return bytes;
}

// What is said about a file of this header and so many bytes of data, without the path.
std::string problem(const std::string& header, std::size_t data_size = 0) {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  write_file(path, length_bytes(header.size()) + header + std::string(data_size, '\0'));
  const std::string error = error_of([&] { read_safetensors(path); });
  if (error.empty()) return "";
  CHECK(error.starts_with(path));
  return error.substr(path.size() + 2);
}

std::string problem_of_tensor(const std::string& dtype, const std::string& shape,
                              const std::string& offsets, std::size_t data_size) {
  return problem("{\"W\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
                     ",\"data_offsets\":" + offsets + "}}",
                 data_size);
}

std::string entry(const std::string& name, const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + offsets + "}";
}

}  // namespace

TEST_CASE("safetensors: names, shapes, numbers and metadata come back bit for bit") {
  strata::Rng rng(1);
  const Real infinity = std::numeric_limits<Real>::infinity();
  SafeTensors saved;
  saved.tensors = {{"encoder.0.W", strata::normal_tensor({3, 5}, rng)},
                   {"encoder.0.b", Tensor({2}, {infinity, Real(-0.0)})},
                   {"kernel", strata::normal_tensor({2, 1, 3, 2}, rng)},
                   {"none", Tensor({0, 3})}};
  saved.metadata = {{"strata", R"({"kind":"sparse","text":"é \"x\""})"}, {"format", "pt"}};
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  write_safetensors(path, saved);
  const SafeTensors loaded = read_safetensors(path);
  CHECK(loaded.metadata == saved.metadata);
  REQUIRE(loaded.tensors.size() == saved.tensors.size());
  for (std::size_t i = 0; i < saved.tensors.size(); ++i) {
    CHECK(loaded.tensors[i].first == saved.tensors[i].first);
    CHECK(loaded.tensors[i].second.shape == saved.tensors[i].second.shape);
    CHECK(loaded.tensors[i].second.values == saved.tensors[i].second.values);
  }
  CHECK(std::signbit(loaded.at("encoder.0.b")[1]));
  CHECK(*loaded.find_metadata("format") == "pt");
  CHECK(loaded.find_metadata("none") == nullptr);
  CHECK(loaded.find("kernel") == &loaded.at("kernel"));
  CHECK(error_of([&] { loaded.at("x"); }) ==
        "no tensor x in the file (there are: encoder.0.W, encoder.0.b, kernel, none)");
}

TEST_CASE("safetensors: the bytes written, one by one") {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  write_safetensors(path, {{{"b", Tensor({1}, Real(-2))}}, {}});
  const bool wide = sizeof(Real) == 8;
  std::string header = wide ? R"({"b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})"
                            : R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  header.resize(56, ' ');
  const std::string minus_two =
      wide ? std::string("\0\0\0\0\0\0\0\xC0", 8) : std::string("\0\0\0\xC0", 4);
  CHECK(read_file(path) == length_bytes(56) + header + minus_two);
}

TEST_CASE("safetensors: F64 and F32 are both read; rank 0 is shape (1)") {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  const std::string header = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},)"
                             R"("s":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})";
  // -1.5, then 2.5 and -0
  const std::string numbers("\0\0\0\0\0\0\xF8\xBF\0\0\x20\x40\0\0\0\x80", 16);
  write_file(path, length_bytes(header.size()) + header + numbers);
  const SafeTensors loaded = read_safetensors(path);
  CHECK(loaded.tensors[0].first == "w");
  CHECK(loaded.at("w")[0] == Real(2.5));
  CHECK(std::signbit(loaded.at("w")[1]));
  CHECK(loaded.at("s").shape == strata::Shape{1});
  CHECK(loaded.at("s").item() == Real(-1.5));
}

TEST_CASE("safetensors: a number beyond float is refused by the float build only") {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  const std::string header = R"({"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})";
  write_file(path, length_bytes(header.size()) + header + std::string("\0\0\0\0\0\0\0\x7E", 8));
  const std::string error = error_of([&] { read_safetensors(path); });
  CHECK((error.find("tensor w holds") != std::string::npos) == (sizeof(Real) == 4));
}

TEST_CASE("safetensors: files that are cut off or no safetensors at all") {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  const auto problem_of_bytes = [&](const std::string& bytes) {
    write_file(path, bytes);
    return error_of([&] { read_safetensors(path); }).substr(path.size() + 2);
  };
  CHECK(problem_of_bytes("") == "not a safetensors file: 0 bytes, at least 8 are needed");
  CHECK(problem_of_bytes("1234567") == "not a safetensors file: 7 bytes, at least 8 are needed");
  CHECK(problem_of_bytes(length_bytes(std::uint64_t(1) << 60) + "{}") ==
        "not a safetensors file, or cut off: its header should have 1152921504606846976 bytes, but "
        "2 follow");
  CHECK(problem_of_bytes(length_bytes(~std::uint64_t(0)) + "{}").find("but 2 follow") !=
        std::string::npos);
  CHECK(problem_of_bytes(length_bytes(3) + "{}").find("should have 3 bytes, but 2 follow") !=
        std::string::npos);
  CHECK(problem("") == "header):1:1: expected a value, found the end of the text");
  CHECK(problem("{} x") == "header):1:4: expected the end of the text, found 'x'");
  CHECK(problem("[]") == "the header is an array, not an object");
  CHECK(problem("{}") == "");
  CHECK(problem("{}", 3) == "3 bytes after the last tensor");
  CHECK(error_of([] { read_safetensors("/none/file"); }) == "/none/file: no such file");
}

TEST_CASE("safetensors: a header that lies about a tensor") {
  CHECK(problem_of_tensor("F64", "[2,3]", "[0,48]", 48) == "");
  CHECK(problem_of_tensor("F16", "[4]", "[0,8]", 8) ==
        "tensor W: the dtype is F16, but only F64 and F32 are read");
  CHECK(
      problem_of_tensor("F64", "[2,3]", "[0,40]", 40) ==
      "tensor W: a shape of 2×3 with 8 bytes each does not fill the 40 bytes of its data_offsets");
  CHECK(problem_of_tensor("F64", "[1]", "[0,16]", 8) ==
        "tensor W: data_offsets 0 to 16 lie outside the 8 bytes of data");
  CHECK(problem_of_tensor("F64", "[1]", "[8,0]", 8) ==
        "tensor W: data_offsets 8 to 0 lie outside the 8 bytes of data");
  CHECK(problem_of_tensor("F64", "[1]", "[-8,0]", 8).find("whole number") != std::string::npos);
  CHECK(problem_of_tensor("F64", "[1]", "[0,8.5]", 8).find("whole number") != std::string::npos);
  CHECK(problem_of_tensor("F64", "[1]", "[0]", 8) == "tensor W: data_offsets has 1 numbers, not 2");
  CHECK(problem_of_tensor("F64", "[1.5]", "[0,8]", 8).find("whole number") != std::string::npos);
  CHECK(problem_of_tensor("F64", "[-1]", "[0,8]", 8).find("whole number") != std::string::npos);
  CHECK(problem_of_tensor("F64", "[1,1,1,1,1]", "[0,8]", 8) ==
        "tensor W: the shape has 5 dimensions, but at most 4 are read");
  CHECK(problem_of_tensor("F64", "[1,0]", "[0,0]", 0) == "tensor W: dimension 1 of its shape is 0");
  // 2³¹ · 2³⁰ · 8 bytes = 2⁶⁴, which would wrap round to 0
  CHECK(problem_of_tensor("F64", "[2147483648,1073741824]", "[0,0]", 0)
            .find("does not fill the 0 bytes") != std::string::npos);
  CHECK(problem_of_tensor("F64", "[1000000,1000000]", "[0,8]", 8).find("does not fill") !=
        std::string::npos);
  CHECK(problem(R"({"W":{"dtype":"F64","shape":[1]}})", 8) ==
        "tensor W: JSON: no key \"data_offsets\" (there are: dtype, shape)");
  CHECK(problem(R"({"W":3})") == "tensor W: JSON: expected an object, found a number");
  CHECK(problem(R"({"__metadata__":{"a":1}})") ==
        "tensor __metadata__: JSON: expected a string, found a number");
}

TEST_CASE("safetensors: tensors must tile the data") {
  const auto pair = [](const std::string& a, const std::string& b, std::size_t data_size) {
    return problem("{" + entry("a", a) + "," + entry("b", b) + "}", data_size);
  };
  CHECK(pair("[0,8]", "[8,16]", 16) == "");
  CHECK(pair("[8,16]", "[0,8]", 16) == "");
  CHECK(pair("[0,8]", "[4,12]", 12) ==
        "tensor b begins at byte 4 of the data, but 8 was expected (tensors overlap)");
  CHECK(pair("[0,8]", "[0,8]", 8).find("(tensors overlap)") != std::string::npos);
  CHECK(pair("[0,8]", "[12,20]", 20) ==
        "tensor b begins at byte 12 of the data, but 8 was expected (a hole)");
  CHECK(pair("[4,12]", "[12,20]", 20) ==
        "tensor a begins at byte 4 of the data, but 0 was expected (a hole)");
  CHECK(pair("[0,8]", "[8,16]", 17) == "1 bytes after the last tensor");
  CHECK(problem("{" + entry("a", "[0,8]") + "," + entry("a", "[8,16]") + "}", 16)
            .find("given twice") != std::string::npos);
}

TEST_CASE("safetensors: what cannot be written") {
  const Scratch scratch;
  const std::string path = scratch.file("model.safetensors");
  const Tensor one = Tensor::scalar(1);
  CHECK(error_of([&] {
          write_safetensors(path, {{{"a", one}, {"a", one}}, {}});
        }) == path + ": the tensor name a is taken");
  CHECK(error_of([&] {
          write_safetensors(path, {{{"__metadata__", one}}, {}});
        }) == path + ": the tensor name __metadata__ is taken");
  CHECK(error_of([&] {
          write_safetensors(path, {{{"a", Tensor()}}, {}});
        }) == path + ": tensor a is empty");
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("safetensors: doubles keep their bits in either build, and an empty vector comes back") {
  const Scratch scratch;
  const std::string path = scratch.file("c.safetensors");
  SafeTensors saved;
  saved.tensors = {{"a", Tensor({2}, {1, 2})}};
  saved.doubles = {{"a", {1.0 / 3, 1e300, -0.0}}, {"none", {}}};
  write_safetensors(path, saved);
  const SafeTensors read = read_safetensors(path);
  CHECK(read.doubles == saved.doubles);
  CHECK(std::signbit(read.doubles[0].second[2]));
  CHECK(read.tensors.size() == 1);
  CHECK(contains(read_file(path), "\"a.double\":{\"dtype\":\"F64\""));
  saved = {.tensors = {{"b.double", Tensor({2})}}};
  CHECK(contains(error_of([&] { write_safetensors(path, saved); }), "b.double ends in .double"));
}
