#include "core/autodiff/names.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "core/formula/formula.hpp"

namespace strata {
namespace {

// "W" of encoder.0.W, "b" of encoder.0.b, "Wx" and "Wh" of a recurrent layer's; empty for other
// names.
std::string kind_of(const std::string& name) {
  for (const char* kind : {"W", "b", "Wx", "Wh"}) {
    if (name == kind || name.ends_with(text(".", kind))) return kind;
  }
  return "";
}

std::string parameter_names(const Tape& tape) {
  std::string names;
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter == nullptr) continue;
    names += (names.empty() ? "" : ", ") + short_name(tape, i);
    if (short_name(tape, i) != tape.nodes[i].name) names += " (" + tape.nodes[i].name + ")";
  }
  return names;
}

std::size_t parse_index(std::string_view digits, const std::string& entry) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  check(error == std::errc() && end == digits.data() + digits.size() && !digits.empty(), entry,
        ": '", digits, "' is no index (write W1[0,2], or b1[2]; counted from 0)");
  return index;
}

}  // namespace

std::string result_letter(const Op& op) {
  return subject_of(parse_equations(op.formula)[0]);
}

// Whether the row has one line for all of a list of operands, "dA_k += …".
static bool has_list(const Op& op) {
  if (op.gradients[0] == nullptr || op.gradients[1] != nullptr) return false;
  const Formula equation = parse_equations(op.gradients[0])[0];
  if (equation.kind != Formula::Kind::relation) return false;
  const Formula& left = equation.parts[0];
  return left.kind == Formula::Kind::index && left.parts.size() == 2 && left.parts[1].text == "k";
}

std::string gradient_text(const Op& op, std::size_t k) {
  const std::size_t line = has_list(op) ? 0 : k;
  if (line >= most_operands || op.gradients[line] == nullptr) return "";
  const bool is_letter_alone = parse_equations(op.gradients[line])[0].kind == Formula::Kind::name;
  return is_letter_alone ? "" : op.gradients[line];
}

std::string operand_letter(const Op& op, std::size_t k) {
  if (has_list(op)) return text(subject_of(parse_equations(op.gradients[0])[0]), k + 1);
  if (k >= most_operands || op.gradients[k] == nullptr) return text("input ", k);
  return subject_of(parse_equations(op.gradients[k])[0]);
}

std::string kept_letter(const Op& op, std::size_t k) {
  return k < most_operands && op.saved[k] != nullptr ? op.saved[k] : "";
}

Var named(Var var, std::string name) {
  var.node().name = std::move(name);
  return var;
}

std::string short_name(const Tape& tape, int node) {
  const Node& leaf = tape.nodes[node];
  if (leaf.parameter == nullptr) return text("node ", node);
  const std::string kind = kind_of(leaf.name);
  if (kind.empty()) return leaf.name;
  std::size_t number = 0;
  for (int i = 0; i <= node; ++i) {
    const Node& other = tape.nodes[i];
    number += other.parameter != nullptr && kind_of(other.name) == kind;
  }
  return kind + std::to_string(number);
}

int find_parameter(const Tape& tape, const std::string& name) {
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter == nullptr) continue;
    if (tape.nodes[i].name == name || short_name(tape, i) == name) return i;
  }
  throw Error(text("there is no parameter '", name, "' (", parameter_names(tape), ")"));
}

Entry entry_of(const Shape& shape, const std::string& indices, const std::string& name,
               const std::string& asked) {
  const std::size_t given = 1 + std::size_t(std::count(indices.begin(), indices.end(), ','));
  check(given == shape.rank, asked, ": ", name, " is ", shape, ", ", shape.rank,
        shape.rank == 1 ? " index is needed" : " indices are needed", " (like ", name,
        entry_place(shape, 0), ")");
  Entry entry;
  std::string_view rest = indices;
  for (std::size_t d = 0; d < shape.rank; ++d) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::size_t index = parse_index(rest.substr(0, comma), asked);
    check(index < shape[d], asked, ": ", name, " is ", shape, ", counted from 0");
    entry.index = entry.index * shape[d] + index;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  const std::size_t cols = shape.rank == 1 ? shape[0] : shape.size() / shape[0];
  entry.row = entry.index / cols;
  entry.col = entry.index % cols;
  return entry;
}

Entry find_entry(const Tape& tape, const std::string& asked) {
  const std::size_t open = asked.find('[');
  check(open != std::string::npos && asked.ends_with("]"), asked,
        ": which entry? (write W1[0,2], or b1[2]; counted from 0)");
  const std::string name = asked.substr(0, open);
  const int leaf = find_parameter(tape, name);
  Entry entry = entry_of(tape.value(leaf).shape, asked.substr(open + 1, asked.size() - open - 2),
                         name, asked);
  entry.leaf = leaf;
  return entry;
}

std::string entry_text(const Tape& tape, const Entry& entry) {
  return short_name(tape, entry.leaf) + entry_place(tape.value(entry.leaf).shape, entry.index);
}

std::string entry_place(const Shape& shape, std::size_t index) {
  std::string place;
  for (std::size_t d = shape.rank; d-- > 0; index /= shape[d]) {
    place = std::to_string(index % shape[d]) + (place.empty() ? "" : ",") + place;
  }
  return "[" + place + "]";
}

}  // namespace strata
