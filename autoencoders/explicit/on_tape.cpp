#include "autoencoders/explicit/on_tape.hpp"

#include <string_view>

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

}  // namespace

int leaf_of(const Tape& tape, const Parameter& parameter) {
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter == &parameter) return i;
  }
  throw Error("explicit walk: the tape has no " + parameter.name +
              ": it is not a recording of this model");
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

}  // namespace strata
