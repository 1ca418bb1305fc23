#pragma once
// One pass of the delta rule by hand, with every quantity kept as it was when it was complete.

#include <map>
#include <utility>

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

struct Recorder : ExplicitObserver {
  struct Noted {
    Tensor numbers;
    Site at;
  };
  std::map<std::pair<Quantity, std::size_t>, Noted> noted;  // by quantity and layer

  void computed(Quantity what, std::size_t layer, const Tensor& numbers, const Site& at) override {
    noted[{what, layer}] = {numbers, at};
  }
};

struct RecordedPass {
  std::vector<TermValue> terms;
  std::vector<const Parameter*> set_not_added;  // lost the gradient that stood there
};

/// Runs the pass from gradients that are zero, which the recorder sees, then once more on top of
/// the result, which must double it. The parameters' gradients are as before afterwards.
RecordedPass record_pass(ExplicitBackprop& by_hand, const Batch& batch, Recorder& recorder);

}  // namespace strata
