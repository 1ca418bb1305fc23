#pragma once
// The data and the saved model that a command works on: --data, --rows, --scale, and MODEL.

#include <string>
#include <vector>

#include "autoencoders/files/model_file.hpp"
#include "core/data/files/load.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

inline constexpr const char* data_options = R"(
--data DATA [digits]  digits (8×8), circle, swiss_roll, blobs or waves (made here), a folder of IDX
    files, FILE.csv or FILE.npy
--rows A:B  only the examples A ≤ i < B, counted from 0 (of an IDX folder: training examples)
--scale HOW [none] {none minmax standard}  none, minmax (each feature to [0, 1]) or standard (mean
    0, variance 1)
)";
// Of the commands that take a saved model
inline constexpr const char* new_data_option = R"(
--data DATA [digits]  digits, a folder of IDX files (its test files), FILE.csv or FILE.npy
)";
inline constexpr const char* rows_option = R"(
--rows A:B  only the examples A ≤ i < B, counted from 0
)";
inline constexpr const char* model_argument = R"(
MODEL  a file that `strata train` or `strata pretrain` wrote, like build/sparse/model.safetensors
)";

/// The rows of --data that --rows names, in file order; without --rows, `fallback`.
Dataset rows_of_data(const Options& options, RowRange fallback = {});
/// What --scale says, measured on these rows.
Scaling scaling_of(const Options& options, const Tensor& training_rows);
/// Training and test rows of --data, cut to --rows, scaled by what is measured on the training
/// rows.
struct ScaledData {
  TrainTest data;
  Scaling scaling;
};
ScaledData training_data(const Options& options);

/// The model that the first positional argument names. Throws UsageError where that is a data file.
SavedModel load_saved_model(const Options& options);
/// Throws Error unless the data has the features of the model, which `model` names: "m.safetensors:
/// the model".
void check_features(const Options& options, const std::string& model, std::size_t features,
                    const Dataset& data);
/// That model and the rows of --data, as they are and scaled as the model wants them. Throws Error
/// where they do not fit.
struct ModelAndData {
  SavedModel saved;
  Dataset data;
  Tensor X;

  /// Of one example: the data's, or the model's own.
  ImageShape image() const { return data.image.width > 0 ? data.image : saved.image; }
};
ModelAndData read_model_and_data(const Options& options, RowRange fallback = {});

}  // namespace strata::cli
