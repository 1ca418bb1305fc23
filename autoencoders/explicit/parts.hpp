#pragma once
// The sums of a pass by hand, taken apart again: the code's bracket by terms, dW by layers and
// decay. The parts come from further passes, in which fewer terms are active or each layer has
// weights of its own. So they are computed by the functions of the rule itself, and show its
// mistakes.

#include <map>

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

struct ExplicitParts {
  std::vector<TermValue> terms;                 // of the objective
  std::map<std::string, Tensor> code_bracket;   // by term
  std::vector<Tensor> dW_shares;                // (1/m) (aᵏ⁻¹)ᵀ δᵏ of layer k at k − 1
  std::map<const Parameter*, Tensor> decay;     // the gradient of weight_decay alone
  std::map<const Parameter*, Tensor> gradient;  // the whole
  std::vector<const Parameter*> set_not_added;  // the gradient that stood there before is lost
};

/// `code` is the number k of the code layer. The last pass is a whole one, and by_hand holds its
/// numbers afterwards. The gradients of the parameters are left as they were.
ExplicitParts parts_of_pass(ExplicitBackprop& by_hand, std::size_t code, const Batch& batch);

}  // namespace strata
