#include "pretraining/cli/commands/way_options.hpp"

#include <algorithm>
#include <utility>

#include "pretraining/cli/kinds/model_options.hpp"

namespace strata::cli {

std::vector<OptionSpec> way_specs(const WayOptions& usual, const std::string& usual_beta) {
  const std::string beta = usual_beta.empty() ? number_text(double(usual.beta)) : "";
  const std::string by_default = usual_beta.empty() ? "" : " (default: " + usual_beta + ")";
  return {{"rho", "P", number_text(double(usual.rho)),
           "sparse layers: the mean activation wanted, in (0, 1)"},
          {"beta", "W", beta, "sparse layers: weight of the KL term" + by_default},
          {"corruption", "KIND", corruption_name(usual.corruption.kind),
           "denoising layers: masking, salt_and_pepper or gaussian, of each layer's own input"},
          {"noise", "X", number_text(double(usual.corruption.amount)),
           "denoising layers: the probability, or the deviation of gaussian"},
          {"cd", "K", std::to_string(usual.rbm.steps),
           "rbm layers: Gibbs steps of contrastive divergence"},
          {"persistent", "", "",
           "rbm layers: persistent chains (PCD) instead of chains that begin at the data"}};
}

static void check_ways_of_options(const Options& o, const std::vector<std::string>& ways) {
  static const std::vector<std::pair<const char*, const char*>> way_of_option = {
      {"rho", "sparse"},      {"beta", "sparse"}, {"corruption", "denoising"},
      {"noise", "denoising"}, {"cd", "rbm"},      {"persistent", "rbm"}};
  for (const auto& [option, way] : way_of_option) {
    if (o.given(option) && std::find(ways.begin(), ways.end(), way) == ways.end())
      throw UsageError(text("--", option, ": has no effect without --layer-kind ", way));
  }
}

WayOptions way_options(const Options& o, const std::vector<std::string>& ways) {
  check_ways_of_options(o, ways);
  WayOptions layer;
  layer.rho = Real(o.number("rho", 0, 1, Ends::open));
  if (!o.text("beta").empty()) layer.beta = Real(o.number("beta", 0));
  layer.corruption = corruption_of(o);
  layer.rbm.steps = o.size("cd", 1);
  layer.rbm.persistent = o.flag("persistent");
  layer.rbm.learning_rate = usual_rbm_rate(layer.rbm.persistent, false);
  if (o.given("pretrain-rate"))
    layer.rbm.learning_rate = layer.rbm_rate_of_linear =
        o.number("pretrain-rate", 0, 1e6, Ends::open_low);
  return layer;
}

std::string usual_rbm_rates() {
  return "rbm layers: " + number_text(usual_rbm_rate(false, false)) + ", of persistent chains " +
         number_text(usual_rbm_rate(true, false));
}

}  // namespace strata::cli
