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

  /// Both passes of a training step begin with it.
  Objective objective(Tape& tape) const;
  /// The model where the delta rule by hand covers it, else null.
  DenseAutoencoder* dense() const {
    return has_explicit_backprop(*model) ? dynamic_cast<DenseAutoencoder*>(model.get()) : nullptr;
  }
};

inline constexpr const char* subject_argument = R"(
MODEL|KIND  a saved model, or a kind
)";
// With model_options behind them
inline constexpr const char* subject_options = R"(
--data DATA [digits]  the batch's data: digits, a folder of IDX files, FILE.csv or FILE.npy; without
    it, a kind is given five small random examples, and a saved model
--rows A:B [0:5]  the batch: the examples A ≤ i < B
--scale HOW [none] {none minmax standard global}  none, minmax, standard or global, by what
    the batch holds (a saved model has its own)
--seed N [1] {[0, 9007199254740992]}  seeds all that is drawn: a kind's weights and examples,
    what is checked
)";
const std::vector<OptionSpec>& subject_specs();  // both

/// What the first positional argument names, MODEL|KIND. A kind without --data is 6-4 (overcomplete
/// 6-8, multilayer 6-5-3) on five random examples, its biases drawn too: zeros would hide errors.
/// Throws UsageError where options do not fit it.
Subject subject_of(const Options& options);

/// The model for the delta rule by hand. Throws UsageError for a kind that it does not cover.
DenseAutoencoder& model_by_hand(Subject& subject);

/// The options given for the subject as the shell reads them, each after a blank: " --data 'my
/// data.csv' --seed 2".
std::string subject_arguments(const Options& options);

/// "not finite: the first value …", and the command that goes there; empty where all numbers of
/// both passes, the last from the objective's total, are finite.
std::string not_finite_remark(Tape& tape, const Options& options);

/// "multilayer 6-5-3 on 5 examples"; of a very deep model the ends and the number of layers.
std::string title_of(const Subject& subject);

}  // namespace strata::cli
