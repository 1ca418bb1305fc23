#pragma once
// JSON (RFC 8259): results for programs, the settings inside a model file, the oracle's values in
// tests. A value is null, true or false, a number, a string, an array, or an object whose keys keep
// the order in which they were given.
//   Json results = Json::object({{"seed", 1}, {"methods", Json::array({"pca", "greedy"})}});
//   results["seconds"] = 0.25;
//   write_file("results.json", results.dump(2));

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  // Monostate is null
  std::variant<std::monostate, bool, double, std::string, Array, Object> value;

  Json() = default;
  Json(std::nullptr_t) {}
  // As the compiler would make them, but once, in json.cpp: else every file that builds JSON takes
  // 0.4 to 1 s longer to compile.
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();
  Json(bool truth) : value(truth) {}
  /// Whole numbers are exact up to 2⁵³.
  template <class Number>
  requires(std::integral<Number> || std::floating_point<Number>) Json(Number number)
      : value(double(number)) {}
  Json(const char* string);
  Json(std::string string);
  /// An array or an object from its elements; empty without arguments. Keys must differ.
  static Json array(Array elements = {});
  static Json object(Object members = {});

  bool is_null() const { return std::holds_alternative<std::monostate>(value); }
  bool is_bool() const { return std::holds_alternative<bool>(value); }
  bool is_number() const { return std::holds_alternative<double>(value); }
  bool is_string() const { return std::holds_alternative<std::string>(value); }
  bool is_array() const { return std::holds_alternative<Array>(value); }
  bool is_object() const { return std::holds_alternative<Object>(value); }
  /// "null", "a boolean", "a number", "a string", "an array" or "an object", for error texts.
  const char* kind() const;

  // Each throws Error "JSON: expected a number, found a string" if the value is of another kind.
  bool as_bool() const;
  double as_number() const;
  /// A whole number from 0 to 2⁵³. Throws Error for any other number too.
  std::size_t as_size() const;
  const std::string& as_string() const;
  /// The elements of an array.
  const Array& items() const;
  /// The members of an object, in order.
  const Object& members() const;

  /// The member of an object. If there is none, throws Error and names the keys that exist.
  const Json& at(std::string_view key) const;
  /// The same, or nullptr if there is none (or if this is not an object).
  const Json* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }

  /// The member to be set, created as null if there is none. null becomes an object. Throws Error
  /// for other kinds.
  Json& operator[](std::string_view key);
  /// Appends to an array. null becomes an array. Throws Error for other kinds.
  void push(Json element);

  /// The text. With indent < 0 it is one line without spaces; otherwise each member has its own
  /// line, indented by that many spaces per level. Numbers are the shortest text that reads back as
  /// the same double; NaN and infinities, which JSON does not have, are written as null. Bytes of a
  /// string that are not UTF-8 become U+FFFD.
  std::string dump(int indent = -1) const;

  bool operator==(const Json& other) const;
};

/// Reads one JSON value with nothing after it. `name` is the file, or whatever the text is called.
/// Throws Error "NAME:LINE:COLUMN: expected …, found …" (columns count characters, from 1) for
/// everything that RFC 8259 does not allow, a duplicate key, numbers beyond double, and values
/// nested more than 256 deep.
Json parse_json(std::string_view text, const std::string& name);

/// Nested arrays of numbers, one to four deep, as a tensor; a plain number as a tensor of shape
/// (1). Throws Error for rows of different lengths and for elements that are not numbers.
Tensor to_tensor(const Json& nested_arrays);
/// The tensor as nested arrays, one level per dimension.
Json to_json(const Tensor& tensor);

}  // namespace strata
