#pragma once
// What the commands that pretrain a stack have in common: the options of the ways to pretrain a
// layer.

#include <string>
#include <vector>

#include "pretraining/cli/options.hpp"
#include "pretraining/ways.hpp"

namespace strata::cli {

/// --rho --beta --corruption --noise --cd --persistent, with what they are by default. Where β is
/// not the same for all layers, `usual_beta` says in words what it is.
std::vector<OptionSpec> way_specs(const WayOptions& usual, const std::string& usual_beta = "");
/// What they say, and --pretrain-rate, where given, for RBMs. Where β has no number by default it
/// stays WayOptions' own. Throws UsageError where an option is given whose way is not among
/// `ways`.
WayOptions way_options(const Options& options, const std::vector<std::string>& ways);
/// "rbm layers: 0.1, of persistent chains 0.01".
std::string usual_rbm_rates();

}  // namespace strata::cli
