// What why() found, for people: see why.hpp.

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "core/inspect/why.hpp"
#include "core/io/utf8.hpp"

namespace strata {
namespace {

constexpr std::size_t width = 13;

// Right-aligned in `columns`, and always a space before it: columns never run together.
std::string column(const std::string& words, std::size_t columns = width) {
  const std::size_t letters = display_width(words);
  return std::string(std::max(columns, letters + 1) - letters, ' ') + words;
}

std::string column(double value, std::size_t columns = width) {
  std::ostringstream out;
  out << std::setprecision(6) << value;
  return column(out.str(), columns);
}

// ---- what does not add up

// Whether parts that should sum to the whole do not, beyond rounding. Numbers that are not finite
// say nothing.
bool differ(double whole, double sum, double of_parts) {
  constexpr double allowed = sizeof(Real) == 8 ? 1e-9 : 1e-3;
  const double difference = std::abs(whole - sum);
  if (!std::isfinite(difference)) return false;
  return difference > allowed * std::max(of_parts, std::abs(whole)) + vanished;
}

struct Sum {
  double value = 0, magnitude = 0;  // Σ part, Σ |part|
  void add(double part) {
    value += part;
    magnitude += std::abs(part);
  }
};

// One line where the parts of the terms, or those of the nodes, do not sum to the gradient: then a
// rule is wrong.
std::string what_is_missing(const Why& why) {
  Sum of_terms, of_uses;
  for (double part : why.by_term) of_terms.add(part);
  for (const Use& use : why.uses) of_uses.add(use.contribution);
  const bool terms_differ = differ(why.gradient, of_terms.value, of_terms.magnitude);
  if (!terms_differ && !differ(why.gradient, of_uses.value, of_uses.magnitude)) return "";
  return text("the parts sum to ", terms_differ ? of_terms.value : of_uses.value,
              ", but the gradient is ", why.gradient,
              ": a rule sets a gradient instead of adding to it (strata check KIND --blame)\n");
}

// The same of δ = f′(z) [ … ], for the first example at which it fails.
std::string what_is_missing(const Use& use) {
  for (const Summand& s : use.examples) {
    Sum bracket;
    for (double part : s.bracket) bracket.add(part);
    if (use.activation < 0 ||
        !differ(s.delta, s.slope * bracket.value, std::abs(s.slope) * bracket.magnitude))
      continue;
    return text("  f′(z) [ … ] is ", s.slope * bracket.value, " for example ", s.example,
                ", but δ is ", s.delta,
                ": a rule sets a gradient instead of adding to it (strata check KIND --blame)\n");
  }
  return "";
}

// ---- columns

// "3 affine → 4 sigmoid → …": the ends of a long one.
std::string path_text(const Tape& tape, const std::vector<int>& path) {
  constexpr std::size_t most = 12, end = 5;
  std::string joined;
  for (std::size_t k = 0; k < path.size(); ++k) {
    const bool is_long = path.size() > most;
    if (is_long && k >= most - end - 1 && k + end < path.size()) {
      if (k + end + 1 == path.size()) joined += text(" → … ", path.size() - most + 1, " nodes …");
      continue;
    }
    joined += text(joined.empty() ? "" : " → ", path[k], " ", tape.nodes[path[k]].op->name);
  }
  return joined;
}

// The bracket's parts that are not zero for every example.
std::vector<std::size_t> terms_in_bracket(const Use& use) {
  std::vector<std::size_t> terms;
  for (std::size_t t = 0; use.activation >= 0 && t < use.by_term.size(); ++t) {
    const bool arrives = std::any_of(use.examples.begin(), use.examples.end(),
                                     [t](const Summand& s) { return s.bracket[t] != 0; });
    if (arrives) terms.push_back(t);
  }
  return terms;
}

// A row for each example: a, δ, their product, and what δ is made of where that is known.
void write_examples(std::ostream& out, const Use& use, const GradientsByTerm& gradients,
                    std::size_t most_examples) {
  const std::vector<std::size_t> terms = terms_in_bracket(use);
  const auto width_of = [&gradients](std::size_t t) {
    return std::max(width, gradients.terms[t].size() + 2);
  };
  out << "  example" << column("a") << column("δ") << column("a δ/m");
  if (!terms.empty()) {
    out << column("δ = f′(z) [");
    for (std::size_t t : terms)
      out << column(gradients.terms[t], width_of(t)) << (t == terms.back() ? " ]" : " +");
  }
  out << "\n";
  for (std::size_t k = 0; k < std::min(most_examples, use.examples.size()); ++k) {
    const Summand& s = use.examples[k];
    out << column(text(s.example), 9) << column(s.activation) << column(s.delta) << column(s.value);
    if (!terms.empty()) {
      out << column(s.slope, width - 2) << " [";
      for (std::size_t t : terms)
        out << column(s.bracket[t], width_of(t)) << (t == terms.back() ? " ]" : " +");
    }
    out << "\n";
  }
  if (use.examples.size() > most_examples) {
    double rest = 0;
    for (std::size_t k = most_examples; k < use.examples.size(); ++k) rest += use.examples[k].value;
    const std::string others =
        text("  and ", use.examples.size() - most_examples, " more examples, in sum");
    out << others << column(rest, 9 + 3 * width - others.size()) << "\n";
  }
}

}  // namespace

std::string to_text(const Why& why, const Tape& tape, const GradientsByTerm& gradients,
                    std::size_t most_examples) {
  std::ostringstream out;
  const std::string entry = entry_text(tape, why.entry);
  out << "d" << entry << " = " << std::setprecision(9) << why.gradient << "      " << entry
      << " is of " << tape.nodes[why.entry.leaf].name << ", " << tape.value(why.entry.leaf).shape
      << "\n\nby term\n";
  for (std::size_t t = 0; t < why.by_term.size(); ++t) {
    const std::vector<int>& path = why.paths[t];
    out << "  " << std::left << std::setw(16) << gradients.terms[t] << std::right
        << column(why.by_term[t]) << "   "
        << (path.empty() ? "does not depend on it" : path_text(tape, path)) << "\n";
  }
  out << what_is_missing(why);
  for (const Use& use : why.uses) {
    const Node& node = tape.nodes[use.node];
    out << "\nthrough node " << use.node << ", " << node.op->name << (node.name.empty() ? "" : " ")
        << node.name << " (" << node.made_at << "): " << std::setprecision(6) << use.contribution
        << "\n";
    if (use.examples.empty()) {
      const auto operand = std::find(node.inputs.begin(), node.inputs.end(), why.entry.leaf);
      const std::size_t k = std::size_t(operand - node.inputs.begin());
      out << "  " << node.op->formula << ";  " << gradient_text(*node.op, k) << "\n";
    } else {
      const bool is_bias = tape.value(why.entry.leaf).rank() == 1;  // it is multiplied with a = 1
      out << (is_bias ? "  db = (1/m) Σ_n δ(n), m = " : "  dW = (1/m) Σ_n a(n) δ(n), m = ")
          << use.examples.size() << ", δ = m ∂L/∂z of node " << use.node << "\n";
      write_examples(out, use, gradients, most_examples);
      out << what_is_missing(use);
    }
  }
  return out.str();
}

}  // namespace strata
