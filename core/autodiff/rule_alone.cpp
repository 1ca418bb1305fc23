#include "core/autodiff/rule_alone.hpp"

#include <algorithm>
#include <utility>

namespace strata {

std::vector<int> trained_operands(const Tape& tape, int node) {
  std::vector<int> operands = tape.nodes[node].inputs;
  std::sort(operands.begin(), operands.end());
  operands.erase(std::unique(operands.begin(), operands.end()), operands.end());
  std::erase_if(operands, [&tape](int i) { return !tape.nodes[i].wants_grad; });
  return operands;
}

std::vector<Tensor> contributions_alone(Tape& tape, int index, const Tensor& upstream) {
  Node& node = tape.nodes[index];
  check(upstream.shape == node.value.shape, "node ", index, ", ", node.op->name, ", is ", node.value.shape,
        " but its upstream gradient is ", upstream.shape);
  std::vector<Tensor> contributions;
  if (node.op->backward == nullptr) return contributions;

  // Gradients that start from zero; what stood there is put back.
  const std::vector<int> operands = trained_operands(tape, index);
  std::vector<Tensor> kept;
  std::vector<bool> reached;
  for (int i : operands) {
    kept.push_back(std::exchange(tape.grad(i), Tensor(tape.value(i).shape)));
    reached.push_back(tape.nodes[i].reached);
  }
  Tensor own = std::exchange(node.grad, Tensor(upstream));  // a copy first: it may be node.grad itself
  node.op->backward(tape, node);
  node.grad = std::move(own);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    contributions.push_back(std::exchange(tape.grad(operands[k]), std::move(kept[k])));
    tape.nodes[operands[k]].reached = reached[k];
  }
  return contributions;
}

}  // namespace strata
