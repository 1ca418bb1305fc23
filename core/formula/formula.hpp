#pragma once
// The formulas of the operations' rows, and of comments and pages, as trees:
//
//   equations  = equation {", " equation}
//   equation   = expression [relation value]                relation: = += −= ← ~ < > ≤ ≥
//   value      = expression ["where" condition [", else" expression]]
//   condition  = expression [relation expression]
//   expression = ["−"] product {("+" | "−") product}
//   product    = factor {["⊙" | "⋆" | "/"] factor}          side by side is a product, too
//   factor     = base {"²" | "³" | "ᵀ" | "^" ["−"] base | "_" index | "[" range {", " range} "]"}
//   base       = number | name | "d" name | "½" | "…" | “words” | "√" factor
//              | function (bracket | factor) | "Σ" ["_" index] product | bracket
//   bracket    = "(" items ")" | "[" items "]" | "|" expression "|" | "‖" expression "‖"
//   items      = condition {("," | ";") condition}
//   range      = [expression] ":" [expression] | expression
//
// "a / b" is a fraction of two factors: "g / √v (x − y)" is (g / √v) · (x − y). A "[" right behind
// a factor indexes it, one behind a space begins a factor. Names are single letters, with a hat
// (ρ̂), a ′ or a ⁺ if need be, an upper-case letter with a lower-case one (Wx), and the names of
// settings. In an index of up to three letters each letter counts ("X_ij" has two); a longer one is
// a word ("Σ_rows").

#include <string>
#include <string_view>
#include <vector>

namespace strata {

struct Formula {
  enum class Kind {
    number,    // text: its digits
    name,      // text: "X", "ρ̂", "Wx"
    gradient,  // dX; text: the name behind the d
    words,     // text: what stands in the quotes
    dots,      // …
    call,      // text: the function; of one argument
    series,    // Σ: the summand, then the indices
    bracket,   // text: what opens it, and its separator: "(", "(,", "[;", "|"; the items
    index,     // what is indexed, then the indices
    slice,     // the same, then the ranges of A[:, begin:end]
    range,     // begin, end; or nothing for ":"
    power,     // base, exponent
    transpose,
    root,
    fraction,  // above, below
    product,   // text: "⊙", "⋆", or "" for side by side; two factors
    negative,
    sum,       // text: "+" or "−"; two summands
    relation,  // text: "=", "+=", …; both sides
    cases,     // a value, the condition under which it is that, and what it is otherwise if given
  };
  Kind kind = Kind::number;
  std::string text{};
  std::vector<Formula> parts{};
  bool operator==(const Formula&) const = default;
};

/// The equations of a text. Throws Error naming the column, counted in characters from 1.
std::vector<Formula> parse_equations(std::string_view text);
/// "product": a kind as a word.
const char* kind_name(Formula::Kind kind);

/// What an equation is about: X of "X_ij = …", of "dX += …" and of "X" alone.
std::string subject_of(const Formula& equation);
/// Whether this name is anywhere in it, other than in dX.
bool mentions(const Formula& formula, std::string_view name);

/// As MathML, to stand in a <math> element: what browsers show rightly without a mathematics font.
/// Names have an attribute data-name with their text, "dX_ij", and products written side by side an
/// invisible <mo>: numbers can be put in for names.
std::string mathml(const Formula& formula);

}  // namespace strata
