#pragma once
// The data and the saved model that a command works on: --data, --rows, --scale, and MODEL.

#include <string>
#include <vector>

#include "autoencoders/files/model_file.hpp"
#include "core/data/files/load.hpp"
#include "pretraining/cli/options.hpp"

namespace strata::cli {

inline constexpr const char* split_options = R"(
--split HOW {random ordered fifth}  which fifth of the rows is for testing: random (with the
    same share of each class; the same rows whatever --seed is, so that runs can be compared),
    ordered (the last rows: for time series) or fifth (every fifth, index % 5 == 4). Default: fifth
    for data made here, random for files; a folder of IDX files has test files of its own
--test DATA  a test set of its own, with the columns of --data, which is then all for training; of
    an IDX folder its test files
)";
// Of the commands that train: --data --rows --split --test --scale
std::string data_options();
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
/// Training and test rows of --data and --test, cut to --rows and split as --split says, scaled by
/// what is measured on the training rows. test_rows are counted in the file. Throws UsageError
/// where the options contradict each other, Error where --test has other columns than --data.
struct ScaledData {
  TrainTest data;
  Scaling scaling;
  std::vector<std::string> remarks{};  // on sizes and ranges, a line each
};
ScaledData training_data(const Options& options);
/// What --split says, or what is usual for --data.
SplitKind split_kind(const Options& options);
/// Which rows are for testing, in words to print: "test rows are drawn at random".
std::string about_test_rows(const TrainTest& data);
/// A line that says so, unless the split is the usual one of data made here or of a folder; and the
/// remarks.
void print_about(const ScaledData& input);
/// "3 of 40 test rows leave the range …": of rows X that were scaled to [0, 1] by others; empty
/// where none leaves it.
std::string remark_on_range(const Tensor& X, const std::string& rows_of);

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
