#pragma once
// Rules with a mistake in them, to see it found.

#include <algorithm>
#include <cmath>

#include "core/autodiff/ops.hpp"
#include "core/gradcheck/rule_alone.hpp"
#include "tests/check_close.hpp"

namespace strata::testing {

inline void sigmoid_without_one_minus_y(Tape& tape, Node& node) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += node.grad[i] * node.value[i];
}

inline void affine_with_wrong_W(Tape& tape, Node& node) {
  affine_op.backward(tape, node);
  tape.input_grad(node, 1)[0] += Real(0.5);
}

inline void kl_that_overwrites(Tape& tape, Node& node) {  // right, but for = instead of +=
  Tensor& dX = tape.input_grad(node, 0);
  const Tensor before = dX;
  kl_sparsity_op.backward(tape, node);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] -= before[i];
}

// ---- any rule, spoiled in one of the usual ways

inline const Op& right_op(const Node& node) {
  for (const Op* op : all_ops()) {
    if (std::string(op->name) == node.op->name) return *op;
  }
  throw Error(text("no operation ", node.op->name));
}

enum class Spoil {
  sign,
  factor_of_one_entry,
  half,
  forgets_last_operand,
  overwrites,
  nothing_at_all
};

// The right rule, and then its contributions spoiled.
template <Spoil spoil>
void spoiled(Tape& tape, Node& node) {
  const int index =
      int(std::find_if(tape.nodes.begin(), tape.nodes.end(), [&](Node& n) { return &n == &node; }) -
          tape.nodes.begin());
  const std::vector<int> operands = trained_operands(tape, index);
  std::vector<Tensor> before;
  for (int i : operands) before.push_back(tape.grad(i));
  for (int i : operands) tape.grad(i).fill(0);
  right_op(node).backward(tape, node);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    Tensor& grad = tape.grad(operands[k]);
    const bool is_last = k + 1 == operands.size();
    std::size_t largest = 0;
    for (std::size_t i = 0; i < grad.size(); ++i) {
      if (std::abs(grad[i]) > std::abs(grad[largest])) largest = i;
    }
    for (std::size_t i = 0; i < grad.size(); ++i) {
      if (spoil == Spoil::sign) grad[i] = -grad[i];
      if (spoil == Spoil::half) grad[i] /= 2;
      if (spoil == Spoil::factor_of_one_entry && i == largest) grad[i] *= Real(by_real(1.05, 1.3));
      if (spoil == Spoil::forgets_last_operand && is_last) grad[i] = 0;
      if (spoil == Spoil::nothing_at_all) grad[i] = 0;
      if (spoil != Spoil::overwrites) grad[i] += before[k][i];
    }
  }
}

struct NamedSpoil {
  const char* name;
  void (*backward)(Tape&, Node&);
};
inline const NamedSpoil spoils[] = {
    {"sign", spoiled<Spoil::sign>},
    {"half", spoiled<Spoil::half>},
    {"factor of one entry", spoiled<Spoil::factor_of_one_entry>},
    {"forgets its last operand", spoiled<Spoil::forgets_last_operand>},
    {"overwrites", spoiled<Spoil::overwrites>},
    {"nothing at all", spoiled<Spoil::nothing_at_all>}};

/// Puts `backward` in the place of the right rule, everywhere on the tape, which it must outlive.
struct Replaced {
  Op op;
  Replaced(Tape& tape, const Op& right, void (*backward)(Tape&, Node&)) : op(right) {
    op.backward = backward;
    for (Node& node : tape.nodes) {
      if (node.op == &right) node.op = &op;
    }
  }
};

}  // namespace strata::testing
