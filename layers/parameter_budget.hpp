#pragma once
// How many weights may be made. A model file of a few kilobytes can ask for layers of any size; that
// they are not in the file must be seen before memory is allocated for them.

#include <cstddef>
#include <string>

#include "core/tensor.hpp"

namespace strata {

/// While it lives, the layers that this thread makes have as many weights in all, and no more. One
/// at a time: the last one made counts.
class ParameterBudget {
 public:
  /// `refusal` says what is wrong with a model that needs more.
  ParameterBudget(double weights, std::string refusal);
  ~ParameterBudget();
  ParameterBudget(ParameterBudget&&) = delete;  // layers find it where it was made

  /// Layers call it before they make weights of this shape. Throws OutOfMemory if they are more
  /// than are left; without a budget, does nothing.
  static void spend(const Shape& shape);

 private:
  double left_;
  std::string refusal_;
  ParameterBudget* outer_;
};

}  // namespace strata
