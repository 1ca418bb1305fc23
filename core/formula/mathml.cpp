#include <algorithm>

#include "core/formula/formula.hpp"

namespace strata {
namespace {

using Kind = Formula::Kind;

// Without a mathematics font, browsers leave no room round functions and words.
constexpr const char* thin_space = "<mspace width=\"0.17em\"/>";

std::string element(const std::string& start, const std::string& inside) {
  return "<" + start + ">" + inside + "</" + start.substr(0, start.find(' ')) + ">";
}
std::string row(const std::string& inside) {
  return element("mrow", inside);
}

std::string operator_math(std::string_view sign, const std::string& start = "mo") {
  return element(start, sign == "<" ? "&lt;" : sign == ">" ? "&gt;" : std::string(sign));
}

std::string words_math(const std::string& words) {
  std::string escaped;
  for (char c : words) escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return element("mtext", "\u00a0" + escaped + "\u00a0");
}

std::string all_of(const std::vector<Formula>& parts, std::size_t first,
                   const std::string& between = "") {
  std::string all;
  for (std::size_t k = first; k < parts.size(); ++k)
    all += (k > first ? between : "") + mathml(parts[k]);
  return all;
}

// ρ̂ as an accent, Wx with an index, s′ and c⁺ with a power; keep as a word.
std::string letter_math(std::string name) {
  for (const std::string_view mark : {"\u0302", "′", "⁺"}) {
    if (!name.ends_with(mark)) continue;
    name.resize(name.size() - mark.size());
    if (mark == "\u0302")
      return element("mover accent=\"true\"", letter_math(name) + operator_math("^"));
    return element("msup", letter_math(name) + operator_math(mark == "⁺" ? "+" : mark));
  }
  const bool is_pair = name.size() == 2 && name[0] >= 'A' && name[0] <= 'Z';
  if (!is_pair) return element("mi", name);
  return element("msub", element("mi", name.substr(0, 1)) + element("mi", name.substr(1)));
}

// X, dX or X_ij, with its text.
std::string name_math(const Formula& f) {
  const Formula& name = f.kind == Kind::index ? f.parts[0] : f;
  std::string written = name.text, math = letter_math(name.text);
  if (name.kind == Kind::gradient) {
    written = "d" + written;
    math = row(element("mi mathvariant=\"normal\"", "d") + math);
  }
  if (f.kind == Kind::index) {
    written += "_";
    for (std::size_t k = 1; k < f.parts.size(); ++k) written += f.parts[k].text;
    math = element("msub", math + row(all_of(f.parts, 1)));
  }
  return element("mrow data-name=\"" + written + "\"", math);
}

bool has_fraction(const Formula& f) {
  return f.kind == Kind::fraction || std::any_of(f.parts.begin(), f.parts.end(), has_fraction);
}

// Its fences grow with a fraction inside, and with nothing else.
std::string bracket_math(const Formula& f) {
  const std::string fence = has_fraction(f) ? "mo" : "mo stretchy=\"false\"";
  const bool is_bar = f.text == "|" || f.text == "‖";
  const std::string opens = is_bar ? f.text : f.text.substr(0, 1);
  const std::string closes = is_bar ? opens : opens == "(" ? ")" : "]";
  const std::string separator = f.text == opens ? "" : operator_math(f.text.substr(1));
  return row(operator_math(opens, fence) + all_of(f.parts, 0, separator) +
             operator_math(closes, fence));
}

// A fraction's bar and a root hold together what is inside.
std::string without_bracket(const Formula& f) {
  return row(mathml(f.kind == Kind::bracket && f.text == "(" ? f.parts[0] : f));
}

// dS W is no product of d, S and W.
bool needs_room(const Formula& f) {
  const bool is_part = f.kind == Kind::index || f.kind == Kind::transpose;
  return f.kind == Kind::call || f.kind == Kind::series || f.kind == Kind::gradient ||
         (is_part && needs_room(f.parts[0])) || (f.kind == Kind::product && needs_room(f.parts[1]));
}

std::string product_math(const Formula& f) {
  if (!f.text.empty()) return all_of(f.parts, 0, operator_math(f.text));
  const bool roomy = needs_room(f.parts[0]) || needs_room(f.parts[1]);
  const std::string start = roomy ? "mo class=\"times\" rspace=\"0.17em\"" : "mo class=\"times\"";
  return all_of(f.parts, 0, operator_math("\u2062", start));
}

std::string call_math(const Formula& f) {
  const std::string function = element("mi mathvariant=\"normal\"", f.text) + "<mo>\u2061</mo>";
  return function + (f.parts[0].kind == Kind::bracket ? "" : thin_space) + mathml(f.parts[0]);
}

std::string series_math(const Formula& f) {
  const std::string sum = operator_math("∑");
  if (f.parts.size() == 1) return sum + mathml(f.parts[0]);
  return element("munder", sum + row(all_of(f.parts, 1))) + mathml(f.parts[0]);
}

std::string cases_math(const Formula& f) {
  const std::string usual = mathml(f.parts[0]) + words_math("where") + mathml(f.parts[1]);
  return f.parts.size() < 3 ? usual : usual + element("mtext", ", else\u00a0") + mathml(f.parts[2]);
}

}  // namespace

std::string mathml(const Formula& f) {
  switch (f.kind) {
    case Kind::number:
      return element("mn", f.text);
    case Kind::name:
    case Kind::gradient:
      return name_math(f);
    case Kind::words:
      return words_math(f.text);
    case Kind::dots:
      return operator_math("…");
    case Kind::call:
      return row(call_math(f));
    case Kind::series:
      return row(series_math(f));
    case Kind::bracket:
      return bracket_math(f);
    case Kind::index: {
      const Kind of = f.parts[0].kind;
      if (of == Kind::name || of == Kind::gradient) return name_math(f);
      return element("msub", mathml(f.parts[0]) + row(all_of(f.parts, 1)));
    }
    case Kind::slice:
      return row(mathml(f.parts[0]) +
                 bracket_math({Kind::bracket, "[,", {f.parts.begin() + 1, f.parts.end()}}));
    case Kind::range:
      return row(f.parts.empty() ? operator_math(":") : all_of(f.parts, 0, operator_math(":")));
    case Kind::power:
      return element("msup", row(mathml(f.parts[0])) + row(mathml(f.parts[1])));
    case Kind::transpose:
      return element("msup", row(mathml(f.parts[0])) + element("mi", "T"));
    case Kind::root:
      return element("msqrt", without_bracket(f.parts[0]));
    case Kind::fraction:
      return element("mfrac", without_bracket(f.parts[0]) + without_bracket(f.parts[1]));
    case Kind::product:
      return row(product_math(f));
    case Kind::negative:
      return row(operator_math("−") + mathml(f.parts[0]));
    case Kind::sum:
    case Kind::relation:
      return row(all_of(f.parts, 0, operator_math(f.text)));
    case Kind::cases:
      return row(cases_math(f));
  }
  return "";
}

}  // namespace strata
