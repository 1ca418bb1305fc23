#include "autoencoders/explicit/parts.hpp"

#include "autoencoders/explicit/walk.hpp"
#include "core/gradcheck/keep_gradients.hpp"

namespace strata {
namespace {

// From a pass in which each layer has weights of its own; tied layers would add to the same dW.
std::vector<Tensor> shares_of_layers(ExplicitBackprop& by_hand, const Batch& batch) {
  std::vector<Parameter> copies;
  std::vector<Parameter*> weights;
  for (const ExplicitLayer& layer : by_hand.layers) {
    copies.emplace_back(layer.W->name, layer.W->value, layer.W->decays);
    weights.push_back(layer.W);
  }
  for (std::size_t k = 0; k < copies.size(); ++k) by_hand.layers[k].W = &copies[k];
  by_hand.active = {.weight_decay = false};
  by_hand.gradients(batch);
  std::vector<Tensor> shares;
  for (std::size_t k = 0; k < copies.size(); ++k) {
    by_hand.layers[k].W = weights[k];
    shares.push_back(std::move(copies[k].grad));
  }
  return shares;
}

}  // namespace

ExplicitParts parts_of_pass(ExplicitBackprop& by_hand, std::size_t code, const Batch& batch) {
  ExplicitParts parts;
  KeepGradients kept(by_hand.parameters());
  by_hand.keep_brackets = true;
  parts.dW_shares = shares_of_layers(by_hand, batch);
  for (const char* term : {"reconstruction", "sparsity", "l1"}) {
    by_hand.active = ActiveTerms::only(term);
    by_hand.gradients(batch);
    parts.code_bracket[term] = by_hand.layers[code - 1].bracket;
  }
  kept.set_to_zero();
  by_hand.active = ActiveTerms::only("weight_decay");
  by_hand.gradients(batch);
  for (const Parameter* p : by_hand.parameters()) parts.decay[p] = p->grad;

  kept.set_to_zero();
  by_hand.active = {};
  parts.terms = by_hand.gradients(batch);
  for (const Parameter* p : by_hand.parameters()) parts.gradient[p] = p->grad;
  by_hand.gradients(batch);  // on top of the first, which it must double
  for (const Parameter* p : by_hand.parameters()) {
    Tensor twice = parts.gradient[p];
    for (Real& g : twice.values) g *= 2;
    const bool was_added = relative_difference(p->grad, twice) <= most_difference_from_tape();
    if (!was_added && all_finite(twice)) parts.set_not_added.push_back(p);
  }
  return parts;
}

}  // namespace strata
