#include "pretraining/cli/step/names.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "pretraining/cli/options.hpp"
#include "pretraining/cli/step/blocks.hpp"

namespace strata::cli {
namespace {

// ---- which tensor

// A letter of the rule on the screen; −1 if it has none of this name.
int node_of_letter(const Passes& passes, std::size_t step, const std::string& name) {
  const Visit& visit = passes.journal.visits[step];
  const Node& node = passes.tape.nodes[visit.node];
  if (node.op->forward == nullptr || visit.kind == Visit::Kind::seed) return -1;
  if (name == result_letter(*node.op)) return visit.node;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    if (name == operand_letter(*node.op, k)) return node.inputs[k];
  }
  return -1;
}

// "node 7" or "7"; −1 where it is something else, or there is no such node.
int node_of_number(const Tape& tape, std::string name) {
  if (name.starts_with("node")) name = trimmed(name.substr(4));
  std::size_t number = 0;
  const bool is_node = read_number(name, number) && number < std::size_t(tape.size());
  return is_node ? int(number) : -1;
}

int find_node(const Passes& passes, std::size_t step, const std::string& name) {
  const Tape& tape = passes.tape;
  if (const int node = node_of_letter(passes, step, name); node >= 0) return node;
  if (const int leaf = find_leaf(tape, name); leaf >= 0) return leaf;
  if (const int node = node_of_number(tape, name); node >= 0) return node;
  for (const Term& term : passes.objective.terms) {
    if (term.name == name) return term.value.index;
  }
  return name == "L" ? passes.objective.total.index : -1;
}

std::string names_there_are(const Passes& passes) {
  std::string names;
  const Tape& tape = passes.tape;
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].op->forward != nullptr) continue;
    names += (tape.nodes[i].parameter != nullptr ? short_name(tape, i) : tape.nodes[i].name) + ", ";
  }
  for (const Term& term : passes.objective.terms) names += term.name + ", ";
  return text(names, "L, node 0 to node ", tape.size() - 1, "; with d before it, the gradient");
}

// A tensor or an entry of one, as it was asked for.
struct Asked {
  std::string name;  // without the entry: dW1
  int node = -1;
  bool is_gradient = false;
  std::optional<Entry> entry{};
};

Asked find_asked(const Passes& passes, std::size_t step, const std::string& words) {
  const auto [name, indices] = split_entry(words);
  Asked asked{name, find_node(passes, step, name)};
  if (asked.node < 0 && name.starts_with("d")) {
    asked.node = find_node(passes, step, trimmed(name.substr(1)));
    asked.is_gradient = true;
  }
  check(asked.node >= 0, "there is no '", name, "' (", names_there_are(passes), ")");
  if (indices) asked.entry = entry_of(passes.tape.value(asked.node).shape, *indices, name, words);
  return asked;
}

// ---- its numbers at a step

// The step that computes the node.
std::size_t computed_at(const Journal& journal, int node) {
  const auto found = std::find_if(
      journal.visits.begin(), journal.visits.end(),
      [node](const Visit& v) { return v.kind == Visit::Kind::forward && v.node == node; });
  return std::size_t(found - journal.visits.begin());
}

// The gradient after `change`. What the journal kept of it, or all of it where it is the last one.
Snapshot gradient_after(const Passes& passes, int node, int change) {
  const Journal& journal = passes.journal;
  const bool is_final = change == journal.last_change(node, int(journal.visits.size()));
  const Tensor& last = passes.gradients.total[node];
  return is_final && !last.empty() ? snapshot(last, last.size())
                                   : journal.visits[std::size_t(change)].after;
}

std::string entry_number(const Snapshot& A, const Entry& entry) {
  const auto row = std::find(A.rows.begin(), A.rows.end(), entry.row);
  const auto col = std::find(A.cols.begin(), A.cols.end(), entry.col);
  if (row == A.rows.end() || col == A.cols.end())
    return text("not kept: of ", A.shape.size(), " entries the journal has ", A.values.size());
  return all_digits(A.values[std::size_t(row - A.rows.begin()) * A.cols.size() +
                             std::size_t(col - A.cols.begin())]);
}

// The whole tensor as a table, or the entry in one line; `when` says of which moment.
std::string numbers_text(const Passes& passes, const Asked& asked, const Snapshot& A,
                         const std::string& when) {
  const std::string of_node = text(called(passes.tape, asked.node), ", node ", asked.node);
  if (asked.entry) {
    const std::string place = entry_place(A.shape, asked.entry->index);
    return text(asked.name, place, " = ", entry_number(A, *asked.entry), "   (", of_node, when,
                ")\n");
  }
  return table_text(text(asked.name, "  ", of_node, ", ", A.shape, when), A);
}

}  // namespace

std::string trimmed(const std::string& words) {
  const std::size_t begin = words.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return words.substr(begin, words.find_last_not_of(" \t\r") - begin + 1);
}

NameAndIndices split_entry(const std::string& words) {
  const std::size_t open = words.find('[');
  if (open == std::string::npos) return {words};
  check(words.ends_with("]"), words, ": the ] is missing");
  return {trimmed(words.substr(0, open)), words.substr(open + 1, words.size() - open - 2)};
}

std::string called(const Tape& tape, int node) {
  const Node& n = tape.nodes[node];
  if (n.parameter != nullptr) return short_name(tape, node);
  return n.name.empty() ? n.op->name : text(n.op->name, " ", n.name);
}

int find_leaf(const Tape& tape, const std::string& name) {
  for (int i = 0; i < tape.size() && !name.empty(); ++i) {
    const Node& leaf = tape.nodes[i];
    if (leaf.name == name || (leaf.parameter != nullptr && short_name(tape, i) == name)) return i;
  }
  return -1;
}

Entry asked_entry(const Tape& tape, const std::string& words) {
  const bool has_brackets = words.find('[') != std::string::npos;
  std::istringstream in(words);
  std::string asked;
  std::size_t parts = 0;
  for (std::string part; in >> part; ++parts)
    asked += (has_brackets || parts == 0 ? "" : parts == 1 ? "[" : ",") + part;
  if (!has_brackets && parts > 1) asked += "]";
  // a parameter may be called so itself; otherwise dW1 is the gradient of W1
  const std::string name = asked.substr(0, asked.find('['));
  const bool is_gradient =
      name.starts_with("d") && find_leaf(tape, name) < 0 && find_leaf(tape, name.substr(1)) >= 0;
  return find_entry(tape, is_gradient ? asked.substr(1) : asked);
}

int find_node(const Tape& tape, const std::string& number) {
  const int node = node_of_number(tape, number);
  check(node >= 0, "node ", number, ": there are nodes 0 to ", tape.size() - 1);
  return node;
}

void check_is_op(const Tape& tape, const std::string& name) {
  std::vector<std::string> known;
  for (const Node& node : tape.nodes) {
    const bool is_new = std::find(known.begin(), known.end(), node.op->name) == known.end();
    if (is_new) known.push_back(node.op->name);
  }
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  std::string all;
  for (const std::string& op : known) all += (all.empty() ? "" : ", ") + op;
  const std::string near = nearest_word(name, known);
  throw Error(text("op ", name, ": there ", near.empty() ? "are " + all : "is " + near));
}

std::string print_text(const Passes& passes, std::size_t step, const std::string& words) {
  const Asked asked = find_asked(passes, step, words);
  const Journal& journal = passes.journal;
  if (!asked.is_gradient) {
    const std::size_t made = computed_at(journal, asked.node);
    const std::string when = made > step ? text("; computed later, by step ", made + 1) : "";
    const Tensor& value = passes.tape.value(asked.node);
    return numbers_text(passes, asked, snapshot(value, value.size()), when);
  }
  const int change = journal.last_change(asked.node, int(step));
  if (change >= 0) {
    return numbers_text(passes, asked, gradient_after(passes, asked.node, change),
                        text(", after step ", change + 1));
  }
  for (std::size_t k = step; k < journal.visits.size(); ++k) {
    if (journal.visits[k].operand == asked.node)
      return text(asked.name, " is not reached yet: step ", k + 1, " brings its first part\n");
  }
  return text(asked.name, ": ", called(passes.tape, asked.node), " has no gradient (",
              passes.tape.nodes[asked.node].wants_grad ? "the objective does not depend on it"
                                                       : "it is data",
              ")\n");
}

}  // namespace strata::cli
