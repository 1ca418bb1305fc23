#pragma once
// What a pass by hand adds up in one place, taken apart again: by the terms in the code's bracket,
// by the layers in dW. The parts come from passes with fewer terms, or with weights for each layer
// alone: from the pass's own functions, so that a mistake in them is seen.

#include <map>

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

struct ExplicitParts {
  std::vector<TermValue> terms;                 // of the objective
  std::map<std::string, Tensor> code_bracket;   // by term
  std::vector<Tensor> dW_shares;                // (1/m) (aᵏ⁻¹)ᵀ δᵏ of layer k at k − 1
  std::map<const Parameter*, Tensor> decay;     // the gradient of weight_decay alone
  std::map<const Parameter*, Tensor> gradient;  // the whole
  std::vector<const Parameter*> set_not_added;  // lost the gradient that stood there before
};

/// `code` is the number k of the code layer. The last pass is a whole one: its numbers stand in
/// by_hand afterwards. The parameters' gradients are as before.
ExplicitParts parts_of_pass(ExplicitBackprop& by_hand, std::size_t code, const Batch& batch);

}  // namespace strata
