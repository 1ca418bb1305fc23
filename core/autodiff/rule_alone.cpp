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

RuleRun run_rule_alone(Tape& tape, int index, const Tensor& upstream, std::vector<Tensor> starts) {
  Node& node = tape.nodes[index];
  check(upstream.shape == node.value.shape, "node ", index, ", ", node.op->name, ", is ", node.value.shape,
        " but its upstream gradient is ", upstream.shape);
  const std::vector<int> operands = trained_operands(tape, index);
  check(starts.size() == operands.size(), "node ", index, ", ", node.op->name, ", has ", operands.size(),
        " trained operands but ", starts.size(), " gradients are given");

  // The gradients change places with those given; what stood there is put back.
  RuleRun run{std::move(starts), {}};
  std::vector<bool> reached;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    std::swap(tape.grad(operands[k]), run.gradients[k]);
    reached.push_back(std::exchange(tape.nodes[operands[k]].reached, false));
  }
  Tensor own = upstream;  // a copy first: it may be node.grad itself
  std::swap(node.grad, own);
  node.op->backward(tape, node);
  std::swap(node.grad, own);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    std::swap(tape.grad(operands[k]), run.gradients[k]);
    run.reached.push_back(std::exchange(tape.nodes[operands[k]].reached, reached[k]));
  }
  return run;
}

std::vector<Tensor> contributions_alone(Tape& tape, int index, const Tensor& upstream) {
  if (tape.nodes[index].op->backward == nullptr) return {};
  std::vector<Tensor> zeros;
  for (int i : trained_operands(tape, index)) zeros.emplace_back(tape.value(i).shape);
  return run_rule_alone(tape, index, upstream, std::move(zeros)).gradients;
}

}  // namespace strata
