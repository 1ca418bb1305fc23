#include "autoencoders/explicit/counterparts.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/gradcheck/rule_alone.hpp"

namespace strata {
namespace {

constexpr int any = -1;

// The first node of this operation whose first operands are these. By the operation's name: a rule
// that was put in another's place, to try it, keeps that name.
int find_node(const Tape& tape, std::string_view op, const std::vector<int>& operands) {
  const auto matches = [&](const Node& node) {
    bool same = node.op->name == op && node.inputs.size() >= operands.size();
    for (std::size_t i = 0; same && i < operands.size(); ++i)
      same = operands[i] == any || operands[i] == node.inputs[i];
    return same;
  };
  for (int i = 0; i < tape.size(); ++i) {
    if (matches(tape.nodes[i])) return i;
  }
  throw Error(text("explicit walk: the tape has no ", op,
                   " where the model has one: it is not a recording of this model"));
}

// The parameter's leaf.
int leaf_of(const Tape& tape, const Parameter& parameter) {
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter == &parameter) return i;
  }
  throw Error("explicit walk: the tape has no " + parameter.name +
              ": it is not a recording of this model");
}

LayerNodes nodes_of_layer(const Tape& tape, int below, const ExplicitLayer& layer) {
  LayerNodes nodes;
  nodes.W = leaf_of(tape, *layer.W);
  nodes.b = leaf_of(tape, *layer.b);
  if (layer.transposed) {
    nodes.product = find_node(tape, "matmul_bt", {below, nodes.W});
    nodes.z = find_node(tape, "add_row", {nodes.product, nodes.b});
  } else {
    nodes.z = nodes.product = find_node(tape, "affine", {below, nodes.W, nodes.b});
  }
  return nodes;
}

ModelNodes nodes_of_model(const Tape& tape, const Objective& objective,
                          const DenseAutoencoder& model, const std::vector<ExplicitLayer>& layers) {
  ModelNodes model_nodes;
  const int first = find_node(tape, "affine", {any, leaf_of(tape, *layers[0].W)});
  model_nodes.X = tape.nodes[first].inputs[0];
  model_nodes.loss = objective.terms.at(0).value.index;
  int below = model_nodes.X;
  for (std::size_t k = 1; k <= layers.size(); ++k) {
    const Activation f = layers[k - 1].f;
    const bool is_code = k == model.encoder.size();
    const bool loss_takes_z = k == layers.size() && model.loss == Loss::bce;
    LayerNodes nodes = nodes_of_layer(tape, below, layers[k - 1]);
    if (!loss_takes_z) {
      nodes.activated =
          f == Activation::linear ? nodes.z : find_node(tape, activation_name(f), {nodes.z});
    }
    nodes.a = is_code && model.keep_largest > 0 ? find_node(tape, "keep_largest", {nodes.activated})
                                                : nodes.activated;
    below = nodes.a;
    model_nodes.layers.push_back(nodes);
  }
  for (const Term& term : objective.terms) {  // sparsity = β · kl_sparsity(h)
    if (term.name == "sparsity") model_nodes.kl = tape.nodes[term.value.index].inputs.at(0);
  }
  return model_nodes;
}

}  // namespace

Counterparts::Counterparts(const DenseAutoencoder& model, const std::vector<ExplicitLayer>& layers,
                           const Tensor& X, Tape& tape, const Objective& objective)
    : tape_(tape),
      objective_(objective),
      nodes_(nodes_of_model(tape, objective, model, layers)),
      gradients_(gradients_by_term(tape, objective)),
      code_(model.encoder.size()),
      m_(Real(X.rows())) {
  const Tensor& recorded = tape.value(nodes_.X);
  check(recorded.shape == X.shape && recorded.values == X.values,
        "explicit walk: the tape was recorded on ", recorded.shape, ", which is not the batch (",
        X.shape, ")");
}

std::string Counterparts::name_of(int node) const {
  if (tape_.nodes[node].parameter != nullptr)
    return text(short_name(tape_, node), " (node ", node, ")");
  return text("node ", node, " (", tape_.nodes[node].op->name, ")");
}

Counterpart Counterparts::value_of(int node) const {
  return {.node = node, .words = "the value of " + name_of(node), .numbers = tape_.value(node)};
}

Counterpart Counterparts::saved_in(int node, std::size_t k, const std::string& what) const {
  return {.node = node,
          .words = text(what, ", saved[", k, "] of ", name_of(node)),
          .numbers = tape_.nodes[node].saved.at(k)};
}

Counterpart Counterparts::gradient_of(int node, const std::string& term, Real factor) const {
  const auto found = std::find(gradients_.terms.begin(), gradients_.terms.end(), term);
  check(term.empty() || found != gradients_.terms.end(), "explicit walk: the tape has no term ",
        term);
  const Tensor& gradient =
      term.empty() ? gradients_.total[node]
                   : gradients_.parts[std::size_t(found - gradients_.terms.begin())][node];
  Counterpart counterpart{.node = node,
                          .words = (factor == 1 ? "the gradient of " : "m × the gradient of ") +
                                   name_of(node) + (term.empty() ? "" : " by " + term + " alone"),
                          .numbers = gradient.empty() ? Tensor(tape_.value(node).shape) : gradient};
  for (Real& g : counterpart.numbers.values) g *= factor;
  return counterpart;
}

Counterpart Counterparts::a(std::size_t k) const {
  if (layer(k).a >= 0) return value_of(layer(k).a);
  return saved_in(nodes_.loss, 1, "σ(Z)");  // bce takes z, and keeps r for the backward pass
}

Counterpart Counterparts::term(const std::string& name) const {
  for (const Term& term : objective_.terms) {
    if (term.name == name) return value_of(term.value.index);
  }
  throw Error("explicit walk: the tape has no term " + name);
}

Counterpart Counterparts::parameter(const Parameter& p, const std::string& term) const {
  return gradient_of(leaf_of(tape_, p), term, 1);
}

Counterpart Counterparts::sparsity_delta(const Tensor& ours) const {
  Counterpart counterpart = bracket(code_, "sparsity");
  counterpart.words = "every row of " + counterpart.words;
  const Tensor rows = counterpart.numbers;
  Tensor& farthest = counterpart.numbers;
  farthest = slice_rows(rows, 0, 1).reshaped({rows.cols()});
  if (ours.shape != farthest.shape) return counterpart;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t j = i % rows.cols();
    const bool is_nearer = std::abs(rows[i] - ours[j]) <= std::abs(farthest[j] - ours[j]);
    if (!is_nearer) farthest[j] = rows[i];  // this way round NaN is found
  }
  return counterpart;
}

Counterpart Counterparts::slope(std::size_t k) const {
  const int node = layer(k).activated;
  if (node == layer(k).z)
    return {.words = "the tape has no node for it: a linear layer's a is its z, and f′ is 1"};
  return {.node = node,
          .words = "what the rule of " + name_of(node) + " gives for ones (the tape keeps no f′)",
          .numbers = contributions_alone(tape_, node, Tensor(tape_.value(node).shape, 1)).at(0)};
}

Counterpart Counterparts::dW_share(std::size_t k) const {
  const int node = layer(k).product, leaf = layer(k).W;
  return {.node = node,
          .operand = leaf,
          .words = "what " + name_of(node) + " adds to the gradient of " + name_of(leaf),
          .numbers = contribution_alone(tape_, node, leaf, gradients_.total[node])};
}

}  // namespace strata
