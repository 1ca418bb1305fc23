#include <cmath>
#include <unordered_set>

#include "core/io/decimal.hpp"
#include "core/io/json.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

constexpr int deepest_nesting = 256;  // so that a file cannot overflow the stack

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One function for each rule of the grammar. `at` is the next character to read.
struct Parser {
  std::string_view source;
  const std::string& name;
  std::size_t at = 0;

  // '\0' at the end, which no rule expects.
  char peek() const { return at < source.size() ? source[at] : '\0'; }

  std::string found() const {
    if (at >= source.size()) return "the end of the text";
    const std::size_t length = utf8_length(source, at);
    const auto byte = static_cast<unsigned char>(source[at]);
    if (length == 0) return text("the byte ", int(byte), ", which is not UTF-8");
    if (byte == '\n' || byte == '\r') return "a line break";
    if (byte < 0x20 || byte == 0x7F) return text("the control character ", int(byte));
    return text("'", source.substr(at, length), "'");
  }

  [[noreturn]] void fail(std::size_t position, const std::string& problem) const {
    const std::string_view before = source.substr(0, position);
    std::size_t line = 1, line_start = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i] != '\n') continue;
      ++line;
      line_start = i + 1;
    }
    throw Error(
        text(name, ":", line, ":", count_characters(before.substr(line_start)) + 1, ": ", problem));
  }

  [[noreturn]] void expected(const std::string& what) const {
    fail(at, text("expected ", what, ", found ", found()));
  }

  void skip_space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at;
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at;
    return true;
  }

  Json parse_word(std::string_view word, Json meaning) {
    if (source.substr(at, word.size()) != word) expected("a value");
    at += word.size();
    return meaning;
  }

  void skip_digits() {
    if (!is_digit(peek())) expected("a digit");
    while (is_digit(peek())) ++at;
  }

  // -? (0 | 1-9 digits) (. digits)? ((e|E) (+|-)? digits)?
  Json parse_number() {
    const std::size_t start = at;
    take('-');
    if (!take('0')) skip_digits();
    if (take('.')) skip_digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      skip_digits();
    }
    const std::string_view digits = source.substr(start, at - start);
    const double number = parse_decimal(digits).value();
    if (!std::isfinite(number))
      fail(start, text("the number ", digits.substr(0, 40), " is too large"));
    return number;
  }

  unsigned parse_hex4() {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at) {
      const char c = peek();
      if (is_digit(c)) {
        code = code * 16 + unsigned(c - '0');
      } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        code = code * 16 + unsigned((c | 0x20) - 'a') + 10;
      } else {
        expected("four hexadecimal digits after \\u");
      }
    }
    return code;
  }

  // Characters beyond U+FFFF are written as a pair of surrogates: \uD83D\uDE00 is U+1F600.
  void parse_unicode(std::string& out) {
    const std::size_t start = at - 2;
    const unsigned first = parse_hex4();
    if (first < 0xD800 || first > 0xDFFF) return append_utf8(out, first);
    if (first > 0xDBFF || source.substr(at, 2) != "\\u") fail(start, "half a surrogate pair");
    at += 2;
    const unsigned second = parse_hex4();
    if (second < 0xDC00 || second > 0xDFFF) fail(start, "half a surrogate pair");
    append_utf8(out, 0x10000ul + ((first - 0xD800ul) << 10) + (second - 0xDC00ul));
  }

  void parse_escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const std::size_t known = at < source.size() ? letters.find(peek()) : std::string_view::npos;
    if (take('u')) {
      parse_unicode(out);
    } else if (known != std::string_view::npos) {
      out += meanings[known];
      ++at;
    } else {
      expected("one of \" \\ / b f n r t u after a backslash");
    }
  }

  std::string parse_string() {
    std::string out;
    ++at;  // the opening quote
    while (!take('"')) {
      const std::size_t length = utf8_length(source, at);
      if (length == 0 || static_cast<unsigned char>(peek()) < 0x20)
        expected("a character or the closing quote of the string");
      if (take('\\')) {
        parse_escape(out);
      } else {
        out += source.substr(at, length);
        at += length;
      }
    }
    return out;
  }

  Json parse_array(int depth) {
    Json::Array elements;
    ++at;
    skip_space();
    if (take(']')) return Json::array();
    while (true) {
      elements.push_back(parse_value(depth + 1));
      skip_space();
      if (take(']')) return Json::array(std::move(elements));
      if (!take(',')) expected("',' or ']'");
    }
  }

  Json parse_object(int depth) {
    Json::Object members;
    std::unordered_set<std::string> keys;
    ++at;
    skip_space();
    if (take('}')) return Json::object();
    while (true) {
      skip_space();
      const std::size_t key_start = at;
      if (peek() != '"') expected("a key in double quotes");
      std::string key = parse_string();
      if (!keys.insert(key).second) fail(key_start, text("the key \"", key, "\" is given twice"));
      skip_space();
      if (!take(':')) expected("':'");
      Json value = parse_value(depth + 1);
      members.emplace_back(std::move(key), std::move(value));
      skip_space();
      if (take('}')) return Json::object(std::move(members));
      if (!take(',')) expected("',' or '}'");
    }
  }

  Json parse_value(int depth) {
    skip_space();
    if (depth > deepest_nesting) fail(at, text("nested more than ", deepest_nesting, " deep"));
    switch (peek()) {
      case '{':
        return parse_object(depth);
      case '[':
        return parse_array(depth);
      case '"':
        return parse_string();
      case 't':
        return parse_word("true", true);
      case 'f':
        return parse_word("false", false);
      case 'n':
        return parse_word("null", nullptr);
      default:
        if (peek() == '-' || is_digit(peek())) return parse_number();
        expected("a value");
    }
  }
};

}  // namespace

Json parse_json(std::string_view source, const std::string& name) {
  Parser parser{source, name};
  Json value = parser.parse_value(0);
  parser.skip_space();
  if (parser.at < source.size()) parser.expected("the end of the text");
  return value;
}

}  // namespace strata
