#pragma once
// From the command line to a model: the kinds of autoencoder that `strata train` and `strata check` know, each with the
// options that it takes when nothing else is said.

#include "core/optim/optimizer.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

/// linear, undercomplete, overcomplete, multilayer, sparse.
const std::vector<std::string>& kinds();
/// Throws UsageError for another word, suggesting the nearest.
const std::string& checked_kind(const std::string& kind);

std::vector<OptionSpec> model_specs();  // --layers --hidden --rho --beta --decay --l1 --keep --loss --tied …
std::vector<OptionSpec> training_specs();  // --epochs --batch --rate --optimizer --schedule --clip --patience

/// A fresh model of that kind for data of that many features. Throws UsageError for options that do not fit it.
DenseAutoencoder make_model(const std::string& kind, std::size_t features, const Options& options, Rng& rng);

/// The training options, with the kind's defaults for a training set of `examples`.
FitOptions fit_options(const std::string& kind, std::size_t examples, const Options& options);

}  // namespace strata::cli
