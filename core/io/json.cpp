// The value: access, text and tensors. The parser is in json_parse.cpp.
#include "core/io/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "core/io/utf8.hpp"

namespace strata {
namespace {

constexpr double largest_exact_integer = 9007199254740992.0;  // 2⁵³

template <class Kind>
const Kind& get(const Json& json, const char* expected) {
  const Kind* found = std::get_if<Kind>(&json.value);
  check(found != nullptr, "JSON: expected ", expected, ", found ", json.kind());
  return *found;
}

void write_string(std::string& out, std::string_view string) {
  out += '"';
  for (std::size_t at = 0; at < string.size();) {
    const std::size_t length = utf8_length(string, at);
    const char c = string[at];
    if (length == 0) {
      append_utf8(out, 0xFFFD);
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c >= 0 && c < 0x20) {
      const char* digits = "0123456789abcdef";
      out += "\\u00";
      out += digits[c / 16];
      out += digits[c % 16];
    } else {
      out += string.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out += '"';
}

void write_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> buffer;
  const bool whole = number == std::trunc(number) && std::abs(number) <= largest_exact_integer;
  const bool minus_zero = number == 0 && std::signbit(number);
  // Whole numbers in full: to_chars would shorten 100000 to 1e+05.
  const auto end = whole && !minus_zero
                       ? std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                       static_cast<long long>(number))
                       : std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), end.ptr);
}

struct Writer {
  int indent;
  std::string out;

  void new_line(int depth) {
    if (indent < 0) return;
    out += '\n';
    out.append(std::size_t(indent) * std::size_t(depth), ' ');
  }

  // Numbers and other plain elements share a line, even in indented text.
  void write_array(const Json::Array& array, int depth) {
    bool plain = true;
    for (const Json& element : array) plain = plain && !element.is_array() && !element.is_object();
    out += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out += plain && indent >= 0 ? ", " : ",";
      if (!plain) new_line(depth + 1);
      write(array[i], depth + 1);
    }
    if (!plain) new_line(depth);
    out += ']';
  }

  void write_object(const Json::Object& object, int depth) {
    out += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write_string(out, object[i].first);
      out += indent >= 0 ? ": " : ":";
      write(object[i].second, depth + 1);
    }
    if (!object.empty()) new_line(depth);
    out += '}';
  }

  void write(const Json& json, int depth) {
    if (json.is_null()) out += "null";
    if (const bool* truth = std::get_if<bool>(&json.value)) out += *truth ? "true" : "false";
    if (const double* number = std::get_if<double>(&json.value)) write_number(out, *number);
    if (const auto* string = std::get_if<std::string>(&json.value)) write_string(out, *string);
    if (const auto* array = std::get_if<Json::Array>(&json.value)) write_array(*array, depth);
    if (const auto* object = std::get_if<Json::Object>(&json.value)) write_object(*object, depth);
  }
};

// Appends the numbers in `json` to those already in `values`.
void gather_numbers(const Json& json, const Shape& shape, std::size_t dimension,
                    std::vector<Real>& values) {
  if (dimension == shape.rank) {
    check(json.is_number(), "tensor from JSON: expected a number at depth ", dimension, ", found ",
          json.kind());
    values.push_back(Real(json.as_number()));
    return;
  }
  check(json.is_array(), "tensor from JSON: expected an array at depth ", dimension, ", found ",
        json.kind());
  check(json.items().size() == shape[dimension], "tensor from JSON: an array of ",
        json.items().size(), " elements after one of ", shape[dimension], " at depth ", dimension,
        " (all must be equally long)");
  for (const Json& element : json.items()) gather_numbers(element, shape, dimension + 1, values);
}

Json nest(const Tensor& tensor, std::size_t dimension, std::size_t& next) {
  if (dimension == tensor.rank()) return Json(tensor[next++]);
  Json::Array elements;
  elements.reserve(tensor.shape[dimension]);
  for (std::size_t i = 0; i < tensor.shape[dimension]; ++i)
    elements.push_back(nest(tensor, dimension + 1, next));
  return Json::array(std::move(elements));
}

}  // namespace

Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;
bool Json::operator==(const Json& other) const {
  return value == other.value;
}

Json::Json(const char* string) : value(std::string(string)) {}
Json::Json(std::string string) : value(std::move(string)) {}

Json Json::array(Array elements) {
  Json json;
  json.value = std::move(elements);
  return json;
}

Json Json::object(Object members) {
  Json json;
  json.value = std::move(members);
  return json;
}

const char* Json::kind() const {
  constexpr std::array<const char*, 6> names{"null",     "a boolean", "a number",
                                             "a string", "an array",  "an object"};
  return names[value.index()];
}

bool Json::as_bool() const {
  return get<bool>(*this, "a boolean");
}
double Json::as_number() const {
  return get<double>(*this, "a number");
}
const std::string& Json::as_string() const {
  return get<std::string>(*this, "a string");
}
const Json::Array& Json::items() const {
  return get<Array>(*this, "an array");
}
const Json::Object& Json::members() const {
  return get<Object>(*this, "an object");
}

std::size_t Json::as_size() const {
  const double number = get<double>(*this, "a whole number of 0 or more");
  const bool whole = number >= 0 && number <= largest_exact_integer && number == std::trunc(number);
  check(whole, "JSON: expected a whole number from 0 to 2^53, found ", dump());
  return std::size_t(number);
}

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, member] : members()) {
    if (name == key) return &member;
  }
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* member = find(key)) return *member;
  std::string keys;
  for (const auto& [name, member] : members()) keys += (keys.empty() ? "" : ", ") + name;
  throw Error(text("JSON: no key \"", key, "\" (there are: ", keys.empty() ? "none" : keys, ")"));
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value = Object{};
  check(is_object(), "JSON: cannot set the key \"", key, "\" of ", kind());
  Object& object = std::get<Object>(value);
  for (auto& [name, member] : object) {
    if (name == key) return member;
  }
  return object.emplace_back(key, Json()).second;
}

void Json::push(Json element) {
  if (is_null()) value = Array{};
  check(is_array(), "JSON: cannot append to ", kind());
  std::get<Array>(value).push_back(std::move(element));
}

std::string Json::dump(int indent) const {
  Writer writer{indent, ""};
  writer.write(*this, 0);
  return std::move(writer.out);
}

Tensor to_tensor(const Json& nested_arrays) {
  if (nested_arrays.is_number()) return Tensor::scalar(Real(nested_arrays.as_number()));
  Shape shape;
  for (const Json* level = &nested_arrays; level->is_array(); level = &level->items().front()) {
    check(shape.rank < 4, "tensor from JSON: arrays nested more than 4 deep");
    shape.lengths[shape.rank++] = level->items().size();
    if (!level->items().empty()) continue;
    check(shape.rank == 1, "tensor from JSON: an empty array at depth ", shape.rank - 1);
    break;
  }
  check(shape.rank > 0, "tensor from JSON: expected an array, found ", nested_arrays.kind());
  std::vector<Real> values;
  gather_numbers(nested_arrays, shape, 0, values);
  return Tensor(shape, std::move(values));
}

Json to_json(const Tensor& tensor) {
  if (tensor.rank() == 0) return Json::array();
  std::size_t next = 0;
  return nest(tensor, 0, next);
}

}  // namespace strata
