#pragma once
// Passes of one's own leave no trace: while this lives, gradients of parameters may be set to zero
// and added to, and afterwards they are as before, also where a rule has thrown.
//
//   KeepGradients kept(tape);                  // nobody watches the tape meanwhile, unless told to
//   kept.set_to_zero();
//   tape.backward(term);

#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

/// gradient ← kept, in the gradient's own memory where that has the size: a rule that a debugger
/// interrupted refers to it.
void put_back(Tensor& gradient, Tensor& kept);

class KeepGradients {
 public:
  explicit KeepGradients(std::vector<Parameter*> parameters);
  /// Of all parameters on the tape; its observer is taken off, and put back in the end.
  explicit KeepGradients(Tape& tape);
  ~KeepGradients();
  KeepGradients(const KeepGradients&) = delete;
  KeepGradients& operator=(const KeepGradients&) = delete;

  void set_to_zero();

 private:
  std::vector<Parameter*> parameters_;
  std::vector<Tensor> gradients_;
  Tape* tape_ = nullptr;
  Observer* observer_ = nullptr;
};

}  // namespace strata
