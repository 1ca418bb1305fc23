#include "autoencoders/explicit/record.hpp"

#include "autoencoders/explicit/walk.hpp"
#include "core/gradcheck/keep_gradients.hpp"

namespace strata {

RecordedPass record_pass(ExplicitBackprop& by_hand, const Batch& batch, Recorder& recorder) {
  const std::vector<Parameter*> parameters = by_hand.parameters();
  RecordedPass pass;
  std::vector<Tensor> once;
  KeepGradients kept(parameters);
  kept.set_to_zero();
  by_hand.observer = &recorder;
  pass.terms = by_hand.gradients(batch);
  by_hand.observer = nullptr;
  for (const Parameter* p : parameters) once.push_back(p->grad);
  by_hand.gradients(batch);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (Real& g : once[p].values) g *= 2;
    const bool was_added =
        relative_difference(parameters[p]->grad, once[p]) <= most_difference_from_tape();
    if (!was_added && all_finite(once[p])) pass.set_not_added.push_back(parameters[p]);
  }
  return pass;
}

}  // namespace strata
