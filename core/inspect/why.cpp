#include "core/inspect/why.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "core/formula/formula.hpp"
#include "core/gradcheck/keep_gradients.hpp"
#include "core/gradcheck/rule_alone.hpp"

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
  const std::vector<bool> comes_from = nodes_that_depend_on(tape, from, to);
  std::vector<bool> leads_to(std::size_t(to) + 1, false);
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

// Whether a formula sums nothing, moves nothing and says nothing in words.
bool is_entrywise(const Formula& f) {
  using enum Formula::Kind;
  const bool is_product_of_matrices = f.kind == product && f.text.empty() &&
                                      f.parts[0].kind == name &&
                                      std::isupper(static_cast<unsigned char>(f.parts[0].text[0]));
  const bool is_other = f.kind == series || f.kind == transpose || f.kind == index ||
                        f.kind == slice || f.kind == words || is_product_of_matrices;
  return !is_other && std::all_of(f.parts.begin(), f.parts.end(), is_entrywise);
}

// Whether each entry of the result is a function of one operand's entry at its place: "Y = σ(X)".
bool is_activation(const Op& op) {
  const bool has_one_operand = op.gradients[0] != nullptr && op.gradients[1] == nullptr;
  return has_one_operand && is_entrywise(parse_equations(op.formula)[0]);
}

// The node a = f(z) that alone uses z, or z + 1 b where a bias is added in between; −1 if there is
// none.
int activation_of(const Tape& tape, int z) {
  for (std::vector<int> users = users_of(tape, z); users.size() == 1;
       users = users_of(tape, users[0])) {
    const Op* op = tape.nodes[users[0]].op;
    if (is_activation(*op)) return users[0];
    if (op != &add_row_op) return -1;
  }
  return -1;
}

// ---- sums over examples: dW_ij = Σ_n a(n) dZ(n, j)

// How a rule sums over the batch for the parameter's entry: the column of the activations that its
// weight multiplies (none for a bias), and the unit whose dZ it meets.
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

std::vector<Summand> summands(Tape& tape, const GradientsByTerm& gradients,
                              const SumOverExamples& sum, const Use& use) {
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
  const auto size = [](const Summand& s) {
    return std::isfinite(s.value) ? std::abs(s.value) : std::numeric_limits<double>::infinity();
  };
  std::stable_sort(examples.begin(), examples.end(),
                   [&size](const Summand& a, const Summand& b) { return size(a) > size(b); });
  return examples;
}

// What this node's rule alone adds to one entry, for the given upstream gradient; 0 where nothing
// arrives.
double share_of(Tape& tape, int node, const Tensor& upstream, const Entry& entry) {
  if (upstream.empty()) return 0;
  return double(contribution_alone(tape, node, entry.leaf, upstream)[entry.index]);
}

}  // namespace

GradientsByTerm gradients_by_term(Tape& tape, const Objective& objective) {
  GradientsByTerm result;
  KeepGradients kept(tape);
  const auto run = [&](Var root) {
    kept.set_to_zero();
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
  return result;
}

Why why(Tape& tape, const Objective& objective, const GradientsByTerm& gradients,
        const Entry& entry) {
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

}  // namespace strata
