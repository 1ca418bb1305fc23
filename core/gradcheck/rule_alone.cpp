#include "core/gradcheck/rule_alone.hpp"

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

// The gradients change places with those given, and who watches the tape with this; what stood
// there is put back, also where the rule throws.
class LentGradients : public Observer {
 public:
  LentGradients(Tape& tape, Node& node, const Tensor& upstream, const std::vector<int>& operands,
                RuleRun& run)
      : tape_(tape),
        node_(node),
        own_(upstream),
        operands_(operands),
        run_(run),  // a copy: it may be node.grad
        observer_(std::exchange(tape.observer, this)) {
    run_.adds_at.resize(operands.size());
    for (int operand : operands_)
      reached_.push_back(std::exchange(tape_.nodes[operand].reached, false));
    swap_all();
  }
  ~LentGradients() override {
    tape_.observer = observer_;
    swap_all();
    for (std::size_t k = 0; k < operands_.size(); ++k) {
      run_.reached.push_back(std::exchange(tape_.nodes[operands_[k]].reached, reached_[k]));
    }
  }
  LentGradients(const LentGradients&) = delete;
  LentGradients& operator=(const LentGradients&) = delete;

  void adds_to(Tape&, int operand, Site site) override {
    const auto place = std::find(operands_.begin(), operands_.end(), operand) - operands_.begin();
    run_.adds_at[std::size_t(place)] = site;
  }

 private:
  void swap_all() {
    for (std::size_t k = 0; k < operands_.size(); ++k)
      std::swap(tape_.grad(operands_[k]), run_.gradients[k]);
    std::swap(node_.grad, own_);
  }

  Tape& tape_;
  Node& node_;
  Tensor own_;
  const std::vector<int>& operands_;
  RuleRun& run_;
  Observer* observer_;
  std::vector<bool> reached_;
};

RuleRun run_rule_alone(Tape& tape, int index, const Tensor& upstream, std::vector<Tensor> starts) {
  Node& node = tape.nodes[index];
  check(upstream.shape == node.value.shape, "node ", index, ", ", node.op->name, ", is ",
        node.value.shape, " but its upstream gradient is ", upstream.shape);
  const std::vector<int> operands = trained_operands(tape, index);
  check(starts.size() == operands.size(), "node ", index, ", ", node.op->name, ", has ",
        operands.size(), " trained operands but ", starts.size(), " gradients are given");

  RuleRun run{std::move(starts), {}, {}};
  {
    const LentGradients lent(tape, node, upstream, operands, run);
    node.op->backward(tape, node);
  }
  return run;
}

RuleRun run_rule_alone(Tape& tape, int index, const Tensor& upstream) {
  std::vector<Tensor> zeros;
  for (int i : trained_operands(tape, index)) zeros.emplace_back(tape.value(i).shape);
  return run_rule_alone(tape, index, upstream, std::move(zeros));
}

std::vector<Tensor> contributions_alone(Tape& tape, int index, const Tensor& upstream) {
  if (tape.nodes[index].op->backward == nullptr) return {};
  return run_rule_alone(tape, index, upstream).gradients;
}

Tensor contribution_alone(Tape& tape, int node, int operand, const Tensor& upstream) {
  const std::vector<int> operands = trained_operands(tape, node);
  const auto place = std::find(operands.begin(), operands.end(), operand) - operands.begin();
  return contributions_alone(tape, node, upstream).at(std::size_t(place));
}

}  // namespace strata
