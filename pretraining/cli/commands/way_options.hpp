#pragma once
// What the commands that pretrain a stack have in common: the options of each way to pretrain a
// layer.

#include <string>
#include <vector>

#include "pretraining/cli/options.hpp"
#include "pretraining/ways.hpp"

namespace strata::cli {

// Besides --rho and --beta, which have other defaults in each
inline constexpr const char* way_options = R"(
--corruption KIND [masking]  denoising layers: masking, salt_and_pepper or gaussian, of each layer's
    own input
--noise X [0.3]  denoising layers: the probability, or the deviation of gaussian
--cd K [1] {[1, ∞)}  rbm layers: Gibbs steps of contrastive divergence
--persistent  rbm layers: persistent chains (PCD) instead of chains that begin at the data
)";

/// What they say, and --pretrain-rate, where given, for RBMs. Where β has no number by default it
/// stays WayOptions' own. Throws UsageError where an option is given whose way is not among
/// `ways`.
WayOptions way_options_of(const Options& options, const std::vector<std::string>& ways);

}  // namespace strata::cli
