#include "core/io/json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/io/files.hpp"
#include "tests/check_close.hpp"

using namespace strata::testing;
using strata::Json;
using strata::parse_json;
using strata::Tensor;
using strata::to_json;
using strata::to_tensor;

namespace {

std::string problem(std::string_view source) {
  return error_of([&] { parse_json(source, "f"); });
}

}  // namespace

TEST_CASE("json: a value built in code is written in its order") {
  Json json = Json::object({{"b", 1}, {"a", Json::array({true, nullptr, "x"})}});
  json["c"]["d"] = 2.5;
  json["b"] = 3;
  json["list"].push(1u);
  json["list"].push(Json::object());
  CHECK(json.dump() == R"({"b":3,"a":[true,null,"x"],"c":{"d":2.5},"list":[1,{}]})");
  CHECK(json.dump(2) ==
        "{\n  \"b\": 3,\n  \"a\": [true, null, \"x\"],\n  \"c\": {\n    \"d\": 2.5\n  },\n  "
        "\"list\": [\n    "
        "1,\n"
        "    {}\n  ]\n}");
  CHECK(parse_json(json.dump(2), "f") == json);
}

TEST_CASE("json: numbers are short and read back as the same double") {
  CHECK(Json(0.1).dump() == "0.1");
  CHECK(Json(100000).dump() == "100000");
  CHECK(Json(-7.0).dump() == "-7");
  CHECK(Json(-0.0).dump() == "-0");
  CHECK(Json(9007199254740992.0).dump() == "9007199254740992");
  CHECK(Json(1e300).dump() == "1e+300");
  CHECK(Json(std::nan("")).dump() == "null");
  CHECK(Json(-std::numeric_limits<double>::infinity()).dump() == "null");
  for (double number :
       {1.0 / 3, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308, 123456789.125}) {
    CHECK(parse_json(Json(number).dump(), "f").as_number() == number);
  }
  CHECK(parse_json("-0.5e+2", "f").as_number() == -50);
  CHECK(parse_json("1E2", "f").as_number() == 100);
  CHECK(parse_json("1e-999", "f").as_number() == 0);
  CHECK(std::signbit(parse_json("-0", "f").as_number()));
}

TEST_CASE("json: strings and their escapes") {
  const std::string hard = "\"\\/\b\f\n\r\t\x01 \x7f é ∂ 😀";
  CHECK(Json(hard).dump() == R"("\"\\/\u0008\u000c\n\u000d\t\u0001 )"
                             "\x7f é ∂ 😀\"");
  CHECK(parse_json(Json(hard).dump(), "f").as_string() == hard);
  CHECK(parse_json(R"("\"\\\/\b\f\n\r\t\u0001")", "f").as_string() == "\"\\/\b\f\n\r\t\x01");
  CHECK(parse_json(R"("\u00e9\u2202\uD83D\ude00")", "f").as_string() == "é∂😀");
  CHECK(parse_json(R"("a\u0000b")", "f").as_string() == std::string("a\0b", 3));
  CHECK(Json(std::string("a\0b", 3)).dump() == R"("a\u0000b")");
  CHECK(Json("caf\xe9!").dump() == "\"caf\xEF\xBF\xBD!\"");
}

TEST_CASE("json: what is not JSON is refused, with its place") {
  CHECK(problem("") == "f:1:1: expected a value, found the end of the text");
  CHECK(problem("{\n  \"é\": 1,\n  \"é\": 2}") == "f:3:3: the key \"é\" is given twice");
  CHECK(problem("[\"é\" 1]") == "f:1:6: expected ',' or ']', found '1'");
  CHECK(problem("[1,]") == "f:1:4: expected a value, found ']'");
  CHECK(problem("{\"a\":1,}") == "f:1:8: expected a key in double quotes, found '}'");
  CHECK(problem("{a:1}") == "f:1:2: expected a key in double quotes, found 'a'");
  CHECK(problem("{\"a\" 1}") == "f:1:6: expected ':', found '1'");
  CHECK(problem("[1\n") == "f:2:1: expected ',' or ']', found the end of the text");
  CHECK(problem("1 2") == "f:1:3: expected the end of the text, found '2'");
  CHECK(problem("01") == "f:1:2: expected the end of the text, found '1'");
  CHECK(problem("1.") == "f:1:3: expected a digit, found the end of the text");
  CHECK(problem(".5") == "f:1:1: expected a value, found '.'");
  CHECK(problem("+1") == "f:1:1: expected a value, found '+'");
  CHECK(problem("-") == "f:1:2: expected a digit, found the end of the text");
  CHECK(problem("1e+") == "f:1:4: expected a digit, found the end of the text");
  CHECK(problem("1e999") == "f:1:1: the number 1e999 is too large");
  CHECK(problem("NaN") == "f:1:1: expected a value, found 'N'");
  CHECK(problem("nul") == "f:1:1: expected a value, found 'n'");
  CHECK(problem("'a'") == "f:1:1: expected a value, found '''");
  CHECK(problem("\"a\nb\"") ==
        "f:1:3: expected a character or the closing quote of the string, found a line break");
  CHECK(
      problem("\"a") ==
      "f:1:3: expected a character or the closing quote of the string, found the end of the text");
  CHECK(problem(R"("\x")") ==
        R"(f:1:3: expected one of " \ / b f n r t u after a backslash, found 'x')");
  CHECK(problem(std::string_view("\"\\\0\"", 4)).find("found the control character 0") !=
        std::string::npos);
  CHECK(problem(R"("\u12G4")") == R"(f:1:6: expected four hexadecimal digits after \u, found 'G')");
  CHECK(problem(std::string_view("1\0", 2)) ==
        "f:1:2: expected the end of the text, found the control character 0");
}

TEST_CASE("json: surrogates alone, and bytes that are not UTF-8, are refused") {
  for (const char* half :
       {R"("\uD83D")", R"("\uDE00")", R"("\uDE00\uDE00")", R"("\uD83D\u0041")", R"("\uD83Dx")"}) {
    CHECK(problem(half) == "f:1:2: half a surrogate pair");
  }
  for (const char* bytes :
       {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    CHECK(problem("\"" + std::string(bytes) + "\"").find("which is not UTF-8") !=
          std::string::npos);
  }
}

TEST_CASE("json: nesting is bounded") {
  CHECK(problem(std::string(256, '[') + "1" + std::string(256, ']')) == "");
  CHECK(problem(std::string(257, '[') + "1" + std::string(257, ']')) ==
        "f:1:258: nested more than 256 deep");
  CHECK(problem(std::string(1000000, '[')) == "f:1:258: nested more than 256 deep");
}

TEST_CASE("json: access by kind, with clear errors") {
  const Json json =
      parse_json(R"({"n": 3, "s": "text", "t": true, "list": [1], "half": 0.5})", "f");
  CHECK(json.at("n").as_size() == 3);
  CHECK(json.at("s").as_string() == "text");
  CHECK(json.at("t").as_bool());
  CHECK(json.at("list").items().size() == 1);
  CHECK(json.has("n"));
  CHECK_FALSE(json.has("none"));
  CHECK_FALSE(Json(1).has("none"));
  CHECK(error_of([&] { json.at("none"); }) ==
        "JSON: no key \"none\" (there are: n, s, t, list, half)");
  CHECK(error_of([&] { Json(1).at("none"); }) == "JSON: expected an object, found a number");
  CHECK(error_of([&] { json.at("s").as_number(); }) == "JSON: expected a number, found a string");
  CHECK(error_of([&] { json.at("half").as_size(); }) ==
        "JSON: expected a whole number from 0 to 2^53, found 0.5");
  CHECK(error_of([&] { Json(-1).as_size(); }) ==
        "JSON: expected a whole number from 0 to 2^53, found -1");
  CHECK(error_of([&] { Json(1e17).as_size(); }).starts_with("JSON: expected a whole number"));
  CHECK(error_of([&] { Json("a")["k"] = 1; }) == "JSON: cannot set the key \"k\" of a string");
  CHECK(error_of([&] { Json("a").push(1); }) == "JSON: cannot append to a string");
}

TEST_CASE("json: tensors of rank 1 to 4, both ways") {
  const Tensor A = to_tensor(parse_json("[[[[1,2],[3,4]]],[[[5,6],[7,8.5]]]]", "f"));
  CHECK(strata::text(A.shape) == "2×1×2×2");
  CHECK(A[7] == strata::Real(8.5));
  CHECK(to_json(A).dump() == "[[[[1,2],[3,4]]],[[[5,6],[7,8.5]]]]");
  CHECK(to_tensor(Json(4)).item() == 4);
  CHECK(to_tensor(Json::array()).size() == 0);
  CHECK(to_json(Tensor()).dump() == "[]");
  const auto refused = [](const char* source) {
    return error_of([&] { to_tensor(parse_json(source, "f")); });
  };
  CHECK(refused("[[1,2],[3]]") ==
        "tensor from JSON: an array of 1 elements after one of 2 at depth 1 (all must be equally "
        "long)");
  CHECK(refused("[1,[2]]") == "tensor from JSON: expected a number at depth 1, found an array");
  CHECK(refused("[[1],2]") == "tensor from JSON: expected an array at depth 1, found a number");
  CHECK(refused("[1,null]") == "tensor from JSON: expected a number at depth 1, found null");
  CHECK(refused("[[[[[1]]]]]") == "tensor from JSON: arrays nested more than 4 deep");
  CHECK(refused("[[],[]]") == "tensor from JSON: an empty array at depth 1");
  CHECK(refused("\"a\"") == "tensor from JSON: expected an array, found a string");
}

TEST_CASE("json: the oracle's file is read, and written back to the same value") {
  const std::string source = strata::read_file("tests/reference/reference.json");
  const Json json = parse_json(source, "reference.json");
  CHECK(json.at("ops").items().size() > 10);
  CHECK(parse_json(json.dump(), "again") == json);
  CHECK(parse_json(json.dump(1), "again") == json);
}
