#include "autoencoders/explicit/on_tape.hpp"

#include <algorithm>
#include <string_view>

namespace strata {
namespace {

// By name: a rule that was put in another's place, to try it, keeps that name.
bool is_op(const Tape& tape, int node, std::string_view name) {
  return tape.nodes[node].op->name == name;
}

// The first node of this operation whose first operands are these; −1 if there is none.
int find_node(const Tape& tape, std::string_view op, const std::vector<int>& operands) {
  for (int i = 0; i < tape.size(); ++i) {
    const std::vector<int>& inputs = tape.nodes[i].inputs;
    if (!is_op(tape, i, op) || inputs.size() < operands.size()) continue;
    if (std::equal(operands.begin(), operands.end(), inputs.begin())) return i;
  }
  return -1;
}

int found(int node, const std::string& what) {
  check(node >= 0, "explicit walk: the tape has no ", what, ": it is no recording of this model");
  return node;
}

int leaf_of(const Tape& tape, const Parameter& parameter) {
  int leaf = -1;
  for (int i = 0; i < tape.size(); ++i) {
    if (tape.nodes[i].parameter == &parameter) leaf = i;
  }
  return found(leaf, parameter.name);
}

// The layer's nodes up to z, on top of the node `below`.
LayerNodes nodes_of_layer(const Tape& tape, int below, const Parameter& W, const Parameter& b,
                          bool transposed) {
  LayerNodes layer;
  layer.W = leaf_of(tape, W);
  layer.b = leaf_of(tape, b);
  if (transposed) {
    layer.product = found(find_node(tape, "matmul_bt", {below, layer.W}), "a " + W.name + "ᵀ");
    layer.z = found(find_node(tape, "add_row", {layer.product, layer.b}), "+ " + b.name);
  } else {
    layer.product =
        found(find_node(tape, "affine", {below, layer.W, layer.b}), "a " + W.name + " + " + b.name);
    layer.z = layer.product;
  }
  return layer;
}

// The input of the first layer: what is multiplied with its weights.
int input_of(const Tape& tape, Dense& first) {
  const int W = leaf_of(tape, first.W);
  for (int i = 0; i < tape.size(); ++i) {
    if (is_op(tape, i, "affine") && tape.nodes[i].inputs[1] == W) return tape.nodes[i].inputs[0];
  }
  return found(-1, "X " + first.W.name);
}

}  // namespace

ModelNodes nodes_of_model(const Tape& tape, const Objective& objective, DenseAutoencoder& model) {
  ModelNodes nodes;
  nodes.X = input_of(tape, model.encoder.front());
  nodes.loss = objective.terms.at(0).value.index;
  const auto add_activation = [&](LayerNodes& layer, Activation f) {
    const std::string& name = activation_name(f);
    const bool is_linear = f == Activation::linear;
    layer.activated = is_linear ? layer.z : found(find_node(tape, name, {layer.z}), name);
    layer.a = layer.activated;
  };

  int below = nodes.X;
  for (Dense& dense : model.encoder) {
    LayerNodes layer = nodes_of_layer(tape, below, dense.W, dense.b, false);
    add_activation(layer, dense.activation);
    const bool is_code = &dense == &model.encoder.back();
    if (is_code && model.keep_largest > 0) {
      layer.a = found(find_node(tape, "keep_largest", {layer.activated}), "keep_largest");
    }
    below = layer.a;
    nodes.layers.push_back(layer);
  }
  for (std::size_t k = 0; k < model.decoder.size(); ++k) {
    Dense& dense = model.decoder[k];
    const Parameter& W = model.tied ? model.twin_of_decoder(k).W : dense.W;
    LayerNodes layer = nodes_of_layer(tape, below, W, dense.b, model.tied);
    const bool loss_takes_z = k + 1 == model.decoder.size() && model.loss == Loss::bce;
    if (!loss_takes_z) add_activation(layer, dense.activation);
    below = layer.a;
    nodes.layers.push_back(layer);
  }
  for (const Term& term : objective.terms) {  // sparsity = β · kl_sparsity(h)
    if (term.name == "sparsity")
      nodes.kl = found(tape.nodes[term.value.index].inputs.at(0), "kl_sparsity");
  }
  return nodes;
}

}  // namespace strata
