#pragma once
// What `check`, `step`, `trace` and `gradients` look into: a model and one batch. Either a saved
// model with a few rows of data, or a kind on an example that is small enough to print.

#include "autoencoders/train.hpp"
#include "pretraining/cli/kinds/model_options.hpp"

namespace strata::cli {

struct Subject {
  std::string title;  // the model's file, or the kind
  std::unique_ptr<Autoencoder> model;
  Batch batch;

  /// The model where the delta rule by hand covers it, else null.
  DenseAutoencoder* dense() const {
    return has_explicit_backprop(*model) ? dynamic_cast<DenseAutoencoder*>(model.get()) : nullptr;
  }
};

std::vector<OptionSpec> subject_specs();  // --data --rows --scale --seed, and those of the model
/// What the first positional argument names, MODEL|KIND. A kind without --data is 6-4 (overcomplete
/// 6-8, multilayer 6-5-3) on five random examples, its biases drawn too: zeros would hide errors.
/// Throws UsageError where options do not fit it.
Subject subject_of(const Options& options);

/// The model for the delta rule by hand. Throws UsageError for a kind that it does not cover.
DenseAutoencoder& model_by_hand(Subject& subject);

/// The options given for the subject as the shell reads them, each after a blank: " --data 'my
/// data.csv' --seed 2".
std::string subject_arguments(const Options& options);
/// A word for the shell: in quotes where it needs them.
std::string shell_word(const std::string& word);

/// "multilayer 6-5-3 on 5 examples"; of a very deep model the ends and the number of layers.
std::string title_of(const Subject& subject);

}  // namespace strata::cli
