#pragma once
// Rules with a mistake in them, to see it found.

#include "core/autodiff/ops.hpp"

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

}  // namespace strata::testing
