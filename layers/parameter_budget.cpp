#include "layers/parameter_budget.hpp"

#include <utility>

namespace strata {

static thread_local ParameterBudget* current = nullptr;

ParameterBudget::ParameterBudget(double weights, std::string refusal)
    : left_(weights), refusal_(std::move(refusal)), outer_(std::exchange(current, this)) {}

ParameterBudget::~ParameterBudget() {
  current = outer_;
}

void ParameterBudget::spend(const Shape& shape) {
  if (current == nullptr) return;
  current->left_ -= double(shape.size());
  if (current->left_ < 0) throw OutOfMemory(text("weights of ", shape, ": ", current->refusal_));
}

}  // namespace strata
