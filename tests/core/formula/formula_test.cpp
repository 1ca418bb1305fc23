// The grammar of formulas: trees, errors with their column, and MathML.

#include "core/formula/formula.hpp"

#include <doctest/doctest.h>

#include "core/autodiff/ops.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// A tree as text: (+ a b). What the parser understood, without the parser's words.
std::string shown(const Formula& f) {
  if (f.kind == Formula::Kind::gradient) return "d" + f.text;
  if (f.parts.empty()) return f.text.empty() ? kind_name(f.kind) : f.text;
  std::string all = std::string("(") + kind_name(f.kind) + (f.text.empty() ? "" : ":" + f.text);
  for (const Formula& part : f.parts) all += " " + shown(part);
  return all + ")";
}
std::string parsed(const std::string& text) {
  std::string all;
  for (const Formula& equation : parse_equations(text))
    all += (all.empty() ? "" : "; ") + shown(equation);
  return all;
}
std::string math(const std::string& text) {
  return mathml(parse_equations(text)[0]);
}

}  // namespace

TEST_CASE("formulas of every operation parse, each gradient is of its own operand") {
  for (const Op* op : all_ops()) {
    CAPTURE(op->name);
    const auto equations = parse_equations(op->formula);
    CHECK(equations[0].kind == Formula::Kind::relation);
    CHECK(mathml(equations[0]).starts_with("<mrow>"));
    std::string operands;
    for (const char* gradient : op->gradients) {
      if (gradient == nullptr) break;
      const Formula first = parse_equations(gradient)[0];
      const bool has_gradient = first.kind == Formula::Kind::relation;
      if (has_gradient) CHECK(std::string(gradient).starts_with("d" + subject_of(first)));
      if (has_gradient) CHECK((first.text == "+=" || first.text == "−="));
      CHECK(operands.find("<" + subject_of(first) + ">") == std::string::npos);
      operands += "<" + subject_of(first) + ">";
      CHECK(mathml(first) != "");
    }
  }
}

TEST_CASE("what binds more tightly: powers, fractions of two factors, products, sums") {
  CHECK(parsed("Y = A B + c") == "(relation:= Y (sum:+ (product A B) c))");
  CHECK(parsed("a − b + c") == "(sum:+ (sum:− a b) c)");
  CHECK(parsed("−a b − c") == "(sum:− (negative (product a b)) c)");
  CHECK(parsed("g / √v (x − y)") == "(product (fraction g (root v)) (bracket:( (sum:− x y)))");
  CHECK(parsed("2m") == "(product 2 m)");
  CHECK(parsed("dC ⊙ C / B") == "(product:⊙ dC (fraction C B))");
  CHECK(parsed("e^X_ij") == "(power e (index X i j))");
  CHECK(parsed("e^−X + 1") == "(sum:+ (power e (negative X)) 1)");
  CHECK(parsed("W_kj²/m") == "(fraction (power (index W k j) 2) m)");
  CHECK(parsed("½ W⋆X") == "(product:⋆ (product (fraction 1 2) W) X)");
  CHECK(parsed("Xᵀ dZ") == "(product (transpose X) dZ)");
  CHECK(parsed("log X Y") == "(product (call:log X) Y)");
  CHECK(parsed("log(1 − R)/m") == "(fraction (call:log (bracket:( (sum:− 1 R))) m)");
  CHECK(parsed("softmax(Z_i)_j") == "(index (call:softmax (bracket:( (index Z i))) j)");
  CHECK(parsed("σ(X) σ²") == "(product (call:σ (bracket:( X)) (power σ 2))");
}

TEST_CASE("sums over indices, brackets, slices, cases and words") {
  CHECK(parsed("Σ_ij X_ij") == "(series (index X i j) i j)");
  CHECK(parsed("Σ_rows dZ") == "(series dZ rows)");
  CHECK(parsed("(1/m) Σ |H − h|") ==
        "(product (bracket:( (fraction 1 m)) (series (bracket:| (sum:− H h))))");
  CHECK(parsed("[j = k]") == "(bracket:[ (relation:= j k))");
  CHECK(parsed("max(X, 0)") == "(call:max (bracket:(, X 0))");
  CHECK(parsed("[A₁; A₂; …]") == "(bracket:[; (index A 1) (index A 2) dots)");
  CHECK(parsed("A[:, begin:end]") == "(slice A range (range begin end))");
  CHECK(parsed("Y = X where X > 0, else s X, a = b") ==
        "(relation:= Y (cases X (relation:> X 0) (product s X))); (relation:= a b)");
  CHECK(parsed("Y = “the largest, of each” where “kept”") ==
        "(relation:= Y (cases the largest, of each kept))");
  CHECK(parsed("h⁺ = o ⊙ tanh c⁺") == "(relation:= h⁺ (product:⊙ o (call:tanh c⁺)))");
  CHECK(parsed("Wx ρ̂_j s′") == "(product (product Wx (index ρ̂ j)) s′)");
  CHECK(parsed("S ← α dμ") == "(relation:← S (product α dμ))");
}

TEST_CASE("errors name the column and what stands there") {
  const auto error = [](const std::string& text) {
    return error_of([&] { parse_equations(text); });
  };
  CHECK(error("Y = softmx(X)").find("column 5: softmx is neither a name nor a function") !=
        std::string::npos);
  CHECK(error("ρ̂ = (X").find("column 7: the end stands where ) is expected") != std::string::npos);
  CHECK(error("Y = X +").find("column 8: the end begins nothing") != std::string::npos);
  CHECK(error("Y = X ) Z").find("column 7: ) begins nothing") != std::string::npos);
  CHECK(error("Y = “X").find("column 5: no ” ends these words") != std::string::npos);
  CHECK(error("Y = |X").find("| is expected") != std::string::npos);
  CHECK(error("") != "");
}

TEST_CASE("MathML: fences do not grow round what has no fraction, functions have room") {
  CHECK(math("X_ij") ==
        "<mrow data-name=\"X_ij\"><msub><mi>X</mi><mrow><mrow data-name=\"i\"><mi>i"
        "</mi></mrow><mrow data-name=\"j\"><mi>j</mi></mrow></mrow></msub></mrow>");
  CHECK(math("(1 − ρ)/ρ + (1 − ρ)").find("<mo stretchy=\"false\">(</mo>") != std::string::npos);
  CHECK(math("(1 − ρ)/ρ + (1 − ρ)").find("<mo>(</mo>") == std::string::npos);
  CHECK(math("log(ρ/m)").find("<mo>(</mo>") != std::string::npos);
  CHECK(math("ρ log X").find("rspace=\"0.17em\">\u2062</mo><mrow><mi mathvariant=\"normal\">log") !=
        std::string::npos);
  CHECK(math("log X").find("<mspace width=\"0.17em\"/>") != std::string::npos);
  CHECK(math("log(X)").find("<mspace") == std::string::npos);
  CHECK(math("dX").find("data-name=\"dX\"") != std::string::npos);
  CHECK(math("“a < b & c”") == "<mtext>\u00a0a &lt; b &amp; c\u00a0</mtext>");
  CHECK(math("X > 0").find("&gt;") != std::string::npos);
  CHECK(math("A B").find("<mo class=\"times\">") != std::string::npos);
}
