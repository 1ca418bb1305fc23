#include "core/gradcheck/keep_gradients.hpp"

#include <algorithm>
#include <utility>

namespace strata {

static std::vector<Parameter*> parameters_of(const Tape& tape) {
  std::vector<Parameter*> parameters;
  for (const Node& node : tape.nodes) {
    if (node.parameter != nullptr) parameters.push_back(node.parameter);
  }
  return parameters;
}

void put_back(Tensor& gradient, Tensor& kept) {
  if (gradient.shape == kept.shape && gradient.size() == kept.size()) {
    std::copy(kept.values.begin(), kept.values.end(), gradient.values.begin());
  } else {
    gradient = std::move(kept);
  }
}

KeepGradients::KeepGradients(std::vector<Parameter*> parameters)
    : parameters_(std::move(parameters)) {
  for (const Parameter* p : parameters_) gradients_.push_back(p->grad);
}

KeepGradients::KeepGradients(Tape& tape) : KeepGradients(parameters_of(tape)) {
  tape_ = &tape;
  observer_ = std::exchange(tape.observer, nullptr);
}

KeepGradients::~KeepGradients() {
  for (std::size_t p = 0; p < parameters_.size(); ++p)
    put_back(parameters_[p]->grad, gradients_[p]);
  if (tape_ != nullptr) tape_->observer = observer_;
}

void KeepGradients::set_to_zero() {
  for (Parameter* p : parameters_) {
    if (p->grad.shape == p->value.shape) {
      p->grad.fill(0);
    } else {
      p->grad = Tensor(p->value.shape);
    }
  }
}

}  // namespace strata
