#include "core/autodiff/why.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <utility>

#include "core/autodiff/rule_alone.hpp"

namespace strata {
namespace {

// ---- the graph

std::vector<int> users_of(const Tape& tape, int node) {
  std::vector<int> users;
  for (int i = node + 1; i < tape.size(); ++i) {
    const std::vector<int>& inputs = tape.nodes[i].inputs;
    if (std::find(inputs.begin(), inputs.end(), node) != inputs.end()) users.push_back(i);
  }
  return users;
}

// The nodes after `from`, up to `to`, that lie on a way from one to the other.
std::vector<int> nodes_between(const Tape& tape, int from, int to) {
  std::vector<bool> comes_from(std::size_t(to) + 1, false), leads_to(std::size_t(to) + 1, false);
  if (from <= to) comes_from[from] = true;
  for (int i = from + 1; i <= to; ++i) {
    for (int input : tape.nodes[i].inputs) comes_from[i] = comes_from[i] || comes_from[input];
  }
  leads_to[to] = true;
  for (int i = to; i > from; --i) {
    if (!leads_to[i]) continue;
    for (int input : tape.nodes[i].inputs) leads_to[input] = true;
  }
  std::vector<int> between;
  for (int i = from + 1; i <= to; ++i) {
    if (comes_from[i] && leads_to[i]) between.push_back(i);
  }
  return between;
}

bool is_activation(const Op& op) {
  const Op* functions[] = {&sigmoid_op, &tanh_op, &relu_op, &leaky_relu_op, &elu_op, &softplus_op};
  return std::find(std::begin(functions), std::end(functions), &op) != std::end(functions);
}

// The node a = f(z) that alone uses z, or z + 1 b where a bias is added in between; −1 if there is none.
int activation_of(const Tape& tape, int z) {
  for (std::vector<int> users = users_of(tape, z); users.size() == 1; users = users_of(tape, users[0])) {
    const Op* op = tape.nodes[users[0]].op;
    if (is_activation(*op)) return users[0];
    if (op != &add_row_op) return -1;
  }
  return -1;
}

// ---- sums over examples: dW_ij = Σ_n a(n) dZ(n, j)

// How a rule sums over the batch for the parameter's entry: the column of the activations that its weight multiplies (none
// for a bias), and the unit whose dZ it meets.
struct SumOverExamples {
  int activations = -1;  // a node, (m × inputs)
  std::size_t input = 0, unit = 0;
};

// Whether this node's rule for the parameter is such a sum, and which.
bool is_sum_over_examples(const Node& node, const Entry& entry, SumOverExamples& sum) {
  const std::vector<int>& inputs = node.inputs;
  const bool is_product = node.op == &affine_op || node.op == &matmul_op;
  if (is_product && inputs[1] == entry.leaf && inputs[0] != entry.leaf) {
    sum = {inputs[0], entry.row, entry.col};
    return true;
  }
  if (node.op == &matmul_bt_op && inputs[1] == entry.leaf &&
      inputs[0] != entry.leaf) {  // W is used transposed
    sum = {inputs[0], entry.col, entry.row};
    return true;
  }
  const bool is_bias = (node.op == &affine_op && inputs[2] == entry.leaf) ||
                       (node.op == &add_row_op && inputs[1] == entry.leaf);
  if (is_bias) sum = {-1, 0, entry.col};
  return is_bias;
}

// f′(z) of every entry: what the activation's rule makes of an upstream gradient of ones.
Tensor slopes(Tape& tape, int activation) {
  return contributions_alone(tape, activation, Tensor(tape.value(activation).shape, 1))[0];
}

std::vector<Summand> summands(Tape& tape, const GradientsByTerm& gradients, const SumOverExamples& sum,
                              const Use& use) {
  const Tensor& dZ = gradients.total[use.node];
  const std::size_t m = dZ.rows();
  const Tensor slope = use.activation < 0 ? Tensor() : slopes(tape, use.activation);
  std::vector<Summand> examples;
  for (std::size_t n = 0; n < m; ++n) {
    Summand s;
    s.example = n;
    s.activation = sum.activations < 0 ? 1 : double(tape.value(sum.activations)(n, sum.input));
    s.delta = double(m) * double(dZ(n, sum.unit));
    s.value = s.activation * double(dZ(n, sum.unit));
    if (use.activation >= 0) {
      s.slope = double(slope(n, sum.unit));
      for (const std::vector<Tensor>& part : gradients.parts) {
        const Tensor& dA = part[use.activation];
        s.bracket.push_back(dA.empty() ? 0 : double(m) * double(dA(n, sum.unit)));
      }
    }
    examples.push_back(std::move(s));
  }
  std::stable_sort(examples.begin(), examples.end(),
                   [](const Summand& a, const Summand& b) { return std::abs(a.value) > std::abs(b.value); });
  return examples;
}

// What this node's rule alone adds to one entry, for the given upstream gradient; 0 where nothing arrives.
double share_of(Tape& tape, int node, const Tensor& upstream, const Entry& entry) {
  if (upstream.empty()) return 0;
  const std::vector<int> operands = trained_operands(tape, node);
  const auto place = std::find(operands.begin(), operands.end(), entry.leaf) - operands.begin();
  return double(contributions_alone(tape, node, upstream)[std::size_t(place)][entry.index]);
}

}  // namespace

GradientsByTerm gradients_by_term(Tape& tape, const Objective& objective) {
  GradientsByTerm result;
  std::vector<std::pair<int, Tensor>> kept;
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter != nullptr) kept.emplace_back(i, tape.grad(i));
  }
  Observer* const watching = std::exchange(tape.observer, nullptr);
  const auto run = [&](Var root) {
    for (const auto& leaf : kept) tape.grad(leaf.first).fill(0);
    tape.backward(root);
    std::vector<Tensor> gradients(std::size_t(tape.size()));
    for (int i = 0; i <= root.index; ++i) {
      if (tape.nodes[i].reached) gradients[i] = tape.grad(i);
    }
    return gradients;
  };
  for (const Term& term : objective.terms) {
    result.terms.push_back(term.name);
    result.parts.push_back(run(term.value));
  }
  result.total = run(objective.total);
  for (const auto& [leaf, grad] : kept) tape.grad(leaf) = grad;
  tape.observer = watching;
  return result;
}

Why why(Tape& tape, const Objective& objective, const GradientsByTerm& gradients, const Entry& entry) {
  const auto at_entry = [&entry](const std::vector<Tensor>& of_nodes) {
    const Tensor& gradient = of_nodes[entry.leaf];
    return gradient.empty() ? 0.0 : double(gradient[entry.index]);
  };
  Why result;
  result.entry = entry;
  result.gradient = at_entry(gradients.total);
  for (std::size_t t = 0; t < gradients.terms.size(); ++t) {
    result.by_term.push_back(at_entry(gradients.parts[t]));
    result.paths.push_back(nodes_between(tape, entry.leaf, objective.terms[t].value.index));
  }
  for (int node : users_of(tape, entry.leaf)) {
    if (gradients.total[node].empty()) continue;
    Use use;
    use.node = node;
    use.contribution = share_of(tape, node, gradients.total[node], entry);
    for (const std::vector<Tensor>& part : gradients.parts) {
      use.by_term.push_back(share_of(tape, node, part[node], entry));
    }
    SumOverExamples sum;
    if (is_sum_over_examples(tape.nodes[node], entry, sum)) {
      use.activation = activation_of(tape, node);
      use.examples = summands(tape, gradients, sum, use);
    }
    result.uses.push_back(std::move(use));
  }
  return result;
}

// ---- as text

namespace {

constexpr std::size_t width = 13;

// Right-aligned in `columns`: UTF-8, so that δ takes one.
std::string column(const std::string& words, std::size_t columns = width) {
  const auto begins_a_letter = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const std::size_t letters = std::size_t(std::count_if(words.begin(), words.end(), begins_a_letter));
  return std::string(columns - std::min(columns, letters), ' ') + words;
}

std::string column(double value, std::size_t columns = width) {
  std::ostringstream out;
  out << std::setprecision(6) << value;
  return column(out.str(), columns);
}

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
    const std::string others = text("  and ", use.examples.size() - most_examples, " more examples, in sum");
    out << others << column(rest, 9 + 3 * width - others.size()) << "\n";
  }
}

}  // namespace

std::string to_text(const Why& why, const Tape& tape, const GradientsByTerm& gradients,
                    std::size_t most_examples) {
  std::ostringstream out;
  const std::string entry = entry_text(tape, why.entry);
  out << "d" << entry << " = " << std::setprecision(9) << why.gradient << "      " << entry << " is of "
      << tape.nodes[why.entry.leaf].name << ", " << tape.value(why.entry.leaf).shape << "\n\nby term\n";
  for (std::size_t t = 0; t < why.by_term.size(); ++t) {
    const std::vector<int>& path = why.paths[t];
    out << "  " << std::left << std::setw(16) << gradients.terms[t] << std::right << column(why.by_term[t])
        << "   " << (path.empty() ? "does not depend on it" : path_text(tape, path)) << "\n";
  }
  for (const Use& use : why.uses) {
    const Node& node = tape.nodes[use.node];
    out << "\nthrough node " << use.node << ", " << node.op->name << " (" << node.made_at
        << "): " << std::setprecision(6) << use.contribution << "\n";
    if (use.examples.empty()) {
      out << "  " << node.op->rule << "\n";
    } else {
      const bool is_bias = tape.value(why.entry.leaf).rank() == 1;  // it is multiplied with a = 1
      out << (is_bias ? "  db = (1/m) Σ_n δ(n), m = " : "  dW = (1/m) Σ_n a(n) δ(n), m = ")
          << use.examples.size() << ", δ = m ∂L/∂z of node " << use.node << "\n";
      write_examples(out, use, gradients, most_examples);
    }
  }
  return out.str();
}

}  // namespace strata
