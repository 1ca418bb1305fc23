#include "core/inspect/trace/layers.hpp"

#include <algorithm>

namespace strata {
namespace {

constexpr int data_layer = 0;
constexpr int no_layer = -1;

// "encoder.0" of encoder.0.W
std::string layer_name(const std::string& parameter) {
  return parameter.substr(0, parameter.rfind('.'));
}

struct Finder {
  const Tape& tape;
  std::vector<std::string> names = {"data"};
  std::vector<bool> opened = {true};  // whether a node has computed in it
  std::vector<int> of_node = {};
  int current = data_layer;

  int layer_called(const std::string& name) {
    const auto found = std::find(names.begin() + 1, names.end(), name);
    if (found != names.end()) return int(found - names.begin());
    names.push_back(name);
    opened.push_back(false);
    return int(names.size()) - 1;
  }

  bool brings_only_biases(const Node& node) const {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [this](int input) {
      const Parameter* p = tape.nodes[input].parameter;
      return p == nullptr || p->value.rank() == 1;
    });
  }

  // The layer of the last parameter among the inputs.
  int layer_of_parameters(const Node& node) {
    int layer = no_layer;
    for (int input : node.inputs) {
      const Node& operand = tape.nodes[input];
      if (operand.parameter != nullptr) layer = layer_called(layer_name(operand.name));
    }
    return layer;
  }

  // Weights that were used before may be borrowed: if the result goes on to a layer that begins
  // there and brings only its biases, the node is of that layer. Otherwise (a recurrent layer's
  // next step) it stays in the layer of its weights.
  int layer_of_borrowed(int node, int owner) {
    for (int i = node + 1; i < tape.size(); ++i) {
      const auto& inputs = tape.nodes[i].inputs;
      if (std::find(inputs.begin(), inputs.end(), node) == inputs.end()) continue;
      const int layer = layer_of_parameters(tape.nodes[i]);
      return layer == no_layer || opened[layer] || !brings_only_biases(tape.nodes[i]) ? owner
                                                                                      : layer;
    }
    return owner;
  }

  // Without parameters: the layer of what was computed last among the inputs.
  int layer_of_inputs(const Node& node) const {
    int last = -1;
    for (int input : node.inputs) {
      if (!tape.nodes[input].inputs.empty()) last = std::max(last, input);
    }
    return last < 0 || of_node[last] == no_layer ? current : of_node[last];
  }

  int layer_of(int index) {
    const Node& node = tape.nodes[index];
    if (node.parameter != nullptr) return layer_called(layer_name(node.name));
    if (node.op == &input_op || node.op == &variable_op) return data_layer;
    // A term, or a part of one
    if (node.value.rank() == 1 && node.value.size() == 1) return no_layer;
    int layer = layer_of_parameters(node);
    if (layer == no_layer) return layer_of_inputs(node);
    if (opened[layer]) layer = layer_of_borrowed(index, layer);
    opened[layer] = true;
    current = layer;
    return layer;
  }
};

}  // namespace

Layers layers_of(const Tape& tape) {
  Finder finder{tape};
  for (int i = 0; i < tape.size(); ++i) {
    const int layer = finder.layer_of(i);
    finder.of_node.push_back(layer);
  }
  Layers result{std::move(finder.names), std::move(finder.of_node)};
  const int objective = int(result.names.size());
  result.names.push_back("objective");
  std::replace(result.of_node.begin(), result.of_node.end(), no_layer, objective);
  return result;
}

}  // namespace strata
