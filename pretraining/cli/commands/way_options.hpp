#pragma once
// What the commands that pretrain a stack have in common: --layer-kind's own options, each for one
// kind of layer.

#include <string>
#include <vector>

#include "pretraining/cli/options.hpp"
#include "pretraining/ways.hpp"

namespace strata::cli {

/// --rho --beta --corruption --noise --cd --persistent, with what they are by default. Where β is
/// not the same for all layers, `usual_beta` says in words what it is.
std::vector<OptionSpec> layer_kind_specs(const LayerKindOptions& usual,
                                         const std::string& usual_beta = "");
/// What they say, and --pretrain-rate, where given, for RBMs. Where β has no number by default it
/// stays LayerKindOptions' own. Throws UsageError where an option is given whose kind of layer is
/// not among `kinds`.
LayerKindOptions layer_kind_options(const Options& options, const std::vector<std::string>& kinds);
/// "rbm layers: 0.1, of persistent chains 0.01".
std::string usual_rbm_rates();

}  // namespace strata::cli
