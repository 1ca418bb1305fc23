#include "pretraining/cli/commands/way_options.hpp"

#include <algorithm>
#include <utility>

#include "pretraining/cli/kinds/model_options.hpp"

namespace strata::cli {

WayOptions way_options_of(const Options& o, const std::vector<std::string>& ways) {
  const std::vector<std::pair<const char*, const char*>> way_of_option = {
      {"rho", "sparse"},      {"beta", "sparse"}, {"corruption", "denoising"},
      {"noise", "denoising"}, {"cd", "rbm"},      {"persistent", "rbm"}};
  for (const auto& [option, way] : way_of_option) {
    if (o.given(option) && std::find(ways.begin(), ways.end(), way) == ways.end())
      throw UsageError(text("--", option, ": has no effect without --layer-kind ", way));
  }
  WayOptions layer;
  layer.rho = Real(o.number("rho"));
  o.read("beta", layer.beta);
  layer.corruption = corruption_of(o);
  layer.rbm.steps = o.size("cd");
  layer.rbm.persistent = o.flag("persistent");
  layer.rbm.learning_rate = usual_rbm_rate(layer.rbm.persistent, false);
  o.read("pretrain-rate", layer.rbm.learning_rate);
  o.read("pretrain-rate", layer.rbm_rate_of_linear);
  return layer;
}

}  // namespace strata::cli
