#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "core/check.hpp"
#include "core/formula/formula.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

using Kind = Formula::Kind;

constexpr std::string_view functions[] = {"log",  "exp",  "tanh",     "max",    "min",
                                          "mean", "sign", "softplus", "softmax"};
constexpr std::string_view settings[] = {"keep", "size", "begin", "end", "label"};
constexpr std::string_view relations[] = {"+=", "−=", "=", "←", "~", "<", ">", "≤", "≥"};

bool is_one_of(std::string_view word, auto&& words) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}
bool is_letter(std::string_view character) {
  return character.size() == 1 && std::isalpha(static_cast<unsigned char>(character[0])) != 0;
}
bool is_digit(std::string_view character) {
  return character.size() == 1 && std::isdigit(static_cast<unsigned char>(character[0])) != 0;
}
// α to ω and Α to Ω, Σ left out; ∂.
bool is_greek(std::string_view character) {
  return (character >= "Α" && character <= "ω" && character != "Σ") || character == "∂";
}

Formula made(Kind kind, std::string text, std::vector<Formula> parts = {}) {
  return {kind, std::move(text), std::move(parts)};
}

class Parser {
 public:
  explicit Parser(std::string_view formula) : text_(formula) {}

  std::vector<Formula> equations() {
    std::vector<Formula> all = {equation()};
    while (accept(",")) all.push_back(equation());
    if (skip_spaces() < text_.size()) fail("begins nothing");
    return all;
  }

 private:
  // ---- characters
  std::string_view character() const { return text_.substr(at_, utf8_length(text_, at_)); }
  std::size_t skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_;
  }
  bool sees(std::string_view token) {
    skip_spaces();
    return text_.substr(at_).starts_with(token);
  }
  bool accept(std::string_view token) {
    const bool found = sees(token);
    if (found) at_ += token.size();
    return found;
  }
  /// The one of these that stands here, passed over; empty where there is none.
  std::string accept_one_of(auto&& tokens) {
    for (std::string_view token : tokens) {
      if (accept(token)) return std::string(token);
    }
    return "";
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail(text("stands where ", token, " is expected"));
  }
  std::string run_of(bool (*belongs)(std::string_view)) {
    const std::size_t first = at_;
    while (at_ < text_.size() && belongs(character())) at_ += character().size();
    return std::string(text_.substr(first, at_ - first));
  }
  [[noreturn]] void fail(const std::string& what, std::size_t columns_back = 0) const {
    const std::string_view here = at_ < text_.size() ? character() : "the end";
    throw Error(text("“", text_, "”, column ",
                     display_width(text_.substr(0, at_)) + 1 - columns_back, ": ",
                     columns_back > 0 ? "" : text(here, " "), what));
  }

  // ---- equations
  Formula equation() {
    Formula left = expression();
    const std::string relation = accept_one_of(relations);
    if (relation.empty()) return left;
    return made(Kind::relation, relation, {std::move(left), value()});
  }
  Formula value() {
    Formula usual = expression();
    if (!accept("where ")) return usual;
    Formula cases = made(Kind::cases, "", {std::move(usual), condition()});
    if (accept(", else ")) cases.parts.push_back(expression());
    return cases;
  }
  Formula condition() {
    Formula left = expression();
    const std::string relation = accept_one_of(relations);
    if (relation.empty()) return left;
    return made(Kind::relation, relation, {std::move(left), expression()});
  }

  // ---- sums and products
  Formula expression() {
    const bool is_negative = accept("−");
    Formula total = product();
    if (is_negative) total = made(Kind::negative, "", {std::move(total)});
    while (!sees("+=") && !sees("−=") && (sees("+") || sees("−"))) {
      std::string sign(character());
      accept(sign);
      total = made(Kind::sum, std::move(sign), {std::move(total), product()});
    }
    return total;
  }
  Formula product() {
    std::vector<Formula> factors = {factor()};
    std::vector<std::string> signs;
    for (;;) {
      if (accept("/")) {
        factors.back() = made(Kind::fraction, "", {std::move(factors.back()), factor()});
        continue;
      }
      std::string sign = accept_one_of(std::initializer_list<std::string_view>{"⊙", "⋆"});
      if (sign.empty() && !begins_factor()) break;
      signs.push_back(std::move(sign));
      factors.push_back(factor());
    }
    Formula all = std::move(factors[0]);
    for (std::size_t k = 0; k < signs.size(); ++k)
      all = made(Kind::product, signs[k], {std::move(all), std::move(factors[k + 1])});
    return all;
  }
  bool begins_factor() {
    skip_spaces();
    if (sees("where ")) return false;
    const std::string_view c = character();
    if (c == bar_) return false;  // it ends what the same sign has begun
    constexpr std::string_view others[] = {"½", "…", "“", "√", "Σ", "(", "[", "|", "‖"};
    return is_letter(c) || is_digit(c) || is_greek(c) || is_one_of(c, others);
  }

  // ---- a factor, with what follows it directly
  Formula factor() {
    skip_spaces();
    Formula whole = base();
    for (;;) {
      const std::string_view c = character();
      if (c == "²" || c == "³") {
        whole = made(Kind::power, "", {std::move(whole), made(Kind::number, c == "²" ? "2" : "3")});
        at_ += c.size();
      } else if (c == "ᵀ") {
        whole = made(Kind::transpose, "", {std::move(whole)});
        at_ += c.size();
      } else if (c == "^") {
        ++at_;
        whole = made(Kind::power, "", {std::move(whole), exponent()});
      } else if (c == "[") {
        whole = slice(std::move(whole));
      } else if (!take_index(whole)) {
        return whole;
      }
    }
  }
  Formula exponent() {
    const bool is_negative = accept("−");
    Formula power = base();
    take_index(power);
    return is_negative ? made(Kind::negative, "", {std::move(power)}) : power;
  }
  /// "_ij" or "₁" behind a factor.
  bool take_index(Formula& indexed) {
    std::vector<Formula> indices = index();
    if (indices.empty()) return false;
    indices.insert(indices.begin(), std::move(indexed));
    indexed = made(Kind::index, "", std::move(indices));
    return true;
  }
  std::vector<Formula> index() {
    if (const std::string_view c = character(); c.size() == 3 && c >= "₀" && c <= "₉") {
      at_ += c.size();
      return {made(Kind::number, std::string(1, char('0' + (c[2] & 0xF))))};
    }
    if (character() != "_") return {};
    ++at_;
    const std::string word = run_of([](std::string_view c) { return is_letter(c) || is_digit(c); });
    if (word.empty()) fail("is no index");
    if (word.size() > 3) return {made(Kind::name, word)};
    std::vector<Formula> indices;
    for (char c : word)
      indices.push_back(made(is_digit({&c, 1}) ? Kind::number : Kind::name, std::string(1, c)));
    return indices;
  }
  Formula slice(Formula sliced) {
    expect("[");
    Formula whole = made(Kind::slice, "", {std::move(sliced)});
    do {
      Formula begin = sees(":") ? Formula{} : expression();
      if (!accept(":")) {
        whole.parts.push_back(std::move(begin));
        continue;
      }
      whole.parts.push_back(made(Kind::range, ""));
      if (begin != Formula{}) whole.parts.back().parts = {std::move(begin), expression()};
    } while (accept(","));
    expect("]");
    return whole;
  }

  // ---- what a factor begins with
  Formula base() {
    const std::string_view c = character();
    if (is_digit(c)) return number();
    if (is_letter(c) || is_greek(c)) return named();
    if (accept("½"))
      return made(Kind::fraction, "", {made(Kind::number, "1"), made(Kind::number, "2")});
    if (accept("…")) return made(Kind::dots, "");
    if (accept("“")) return words();
    if (accept("√")) return made(Kind::root, "", {factor()});
    if (accept("Σ")) return series();
    if (c == "(" || c == "[" || c == "|" || c == "‖") return bracket(c);
    fail("begins nothing");
  }
  Formula number() {
    return made(Kind::number, run_of([](std::string_view c) { return is_digit(c) || c == "."; }));
  }
  Formula words() {
    const std::size_t end = text_.find("”", at_);
    if (end == std::string_view::npos) fail("no ” ends these words", 1);
    std::string inside(text_.substr(at_, end - at_));
    at_ = end + std::string_view("”").size();
    return made(Kind::words, std::move(inside));
  }
  Formula series() {
    std::vector<Formula> parts = index();
    parts.insert(parts.begin(), product());
    return made(Kind::series, "", std::move(parts));
  }
  Formula bracket(std::string_view opens) {
    const std::string_view closes = opens == "(" ? ")" : opens == "[" ? "]" : opens;
    const std::string_view outer_bar = std::exchange(bar_, closes == opens ? closes : "");
    expect(opens);
    Formula whole = made(Kind::bracket, std::string(opens), {condition()});
    while (closes != opens && (sees(",") || sees(";"))) {
      whole.text = std::string(opens) + std::string(character());
      accept(character());
      whole.parts.push_back(condition());
    }
    expect(closes);
    bar_ = outer_bar;
    return whole;
  }
  Formula named() {
    const std::size_t first = at_;
    std::string word = run_of(is_letter);
    if (word.empty() || (word == "d" && is_greek(character()))) {
      word += character();
      at_ += character().size();
    }
    if (is_one_of(word, functions) || (word == "σ" && character() == "(")) return call(word);
    const bool is_gradient = word.size() > 1 && word[0] == 'd';
    std::string name = is_gradient ? word.substr(1) : word;
    const bool is_pair =
        name.size() == 2 && std::isupper(name[0]) != 0 && std::islower(name[1]) != 0;
    const bool is_known = count_characters(name) == 1 || is_pair || is_one_of(name, settings);
    if (!is_known)
      fail(text(word, " is neither a name nor a function"),
           display_width(text_.substr(first, at_ - first)));
    name += run_of([](std::string_view c) { return c == "\u0302" || c == "′" || c == "⁺"; });
    return made(is_gradient ? Kind::gradient : Kind::name, std::move(name));
  }
  Formula call(std::string function) {
    skip_spaces();
    Formula argument = character() == "(" ? bracket("(") : factor();
    return made(Kind::call, std::move(function), {std::move(argument)});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view bar_{};  // the "|" or "‖" that is open
};

}  // namespace

std::vector<Formula> parse_equations(std::string_view text) {
  return Parser(text).equations();
}

const char* kind_name(Formula::Kind kind) {
  static const char* const names[] = {"number",  "name",     "gradient",  "words",    "dots",
                                      "call",    "series",   "bracket",   "index",    "slice",
                                      "range",   "power",    "transpose", "root",     "fraction",
                                      "product", "negative", "sum",       "relation", "cases"};
  return names[int(kind)];
}

std::string subject_of(const Formula& equation) {
  const bool is_inside = equation.kind == Kind::relation || equation.kind == Kind::index ||
                         equation.kind == Kind::slice;
  return is_inside ? subject_of(equation.parts[0]) : equation.text;
}

bool mentions(const Formula& formula, std::string_view name) {
  return (formula.kind == Kind::name && formula.text == name) ||
         std::any_of(formula.parts.begin(), formula.parts.end(),
                     [name](const Formula& part) { return mentions(part, name); });
}

}  // namespace strata
