#pragma once
// From the command line to a model of some kind, and to how it is trained.

#include <string>
#include <vector>

#include "core/data/corruption.hpp"
#include "layers/fit.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

/// The options of all models. Each kind takes some of them (Kind::own_options).
std::vector<OptionSpec> model_specs();
// --epochs --batch --rate --optimizer --schedule --clip --patience
std::vector<OptionSpec> training_specs();

/// A fresh model of that kind for such data. Throws UsageError for options that do not fit it.
std::unique_ptr<Autoencoder> make_model(const Kind& kind, const DataShape& data,
                                        const Options& options, Rng& rng);

/// Whether the model is trained on a corrupted input: the kind denoising, and others that take
/// --corruption where it is given. make_model wraps those.
bool denoises(const Kind& kind, const Options& options);
/// --corruption and --noise.
Corruption corruption_of(const Options& options);
/// The net in a denoising autoencoder of that corruption.
std::unique_ptr<Autoencoder> denoising(std::unique_ptr<Autoencoder> net, const Options& options,
                                       Rng& rng);

/// The training options, with the kind's defaults for a training set of `examples`.
FitOptions fit_options(const Kind& kind, std::size_t examples, const Options& options);

}  // namespace strata::cli
