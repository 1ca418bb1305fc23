// `strata encode` and `strata reconstruct`: a saved model on new data.

#include <cstdio>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

CommandLine command_line(const char* command, const char* summary,
                         const std::vector<OptionSpec>& more = {}) {
  return {
      std::string("strata ") + command + " MODEL [options]",
      summary,
      {{"MODEL",
        "a file that `strata train` or `strata pretrain` wrote, like "
        "build/sparse/model.safetensors"}},
      join({{{"data", "DATA", "digits",
              "digits, a folder of IDX files (its test files), FILE.csv or FILE.npy"},
             {"rows", "A:B", "", "only the examples A ≤ i < B, counted from 0"},
             {"save", "FILE", "", "where to: .npy, .csv or .png (default: CSV on standard output)"},
             threads_spec()},
            more}),
      1,
      1};
}

// Of each example by itself: Σ_features (x − x̂)², shape (m, 1).
Tensor error_of_each_example(const Tensor& X, const Tensor& R) {
  Tensor errors({X.rows(), 1});
  for (std::size_t i = 0; i < X.rows(); ++i) {
    errors[i] = Real(squared_distance(slice_rows(X, i, i + 1), slice_rows(R, i, i + 1)));
  }
  return errors;
}

}  // namespace

int encode_command(const Arguments& arguments) {
  const auto options = read_command_line(
      command_line(
          "encode",
          "The codes of data under a saved model, one row an example (examples × code units)."),
      arguments);
  if (!options) return 0;
  check_ending(*options, "save", {".npy", ".csv", ".png"});
  Workers workers(threads_of(*options));
  ModelAndData input = read_model_and_data(*options);
  const Tensor codes = input.saved.model->encode(input.X, &workers);
  write_result(options->text("save"), codes, numbered("code", codes.cols()), {});
  report_result(options->text("save"), codes, {});
  return 0;
}

int reconstruct_command(const Arguments& arguments) {
  const auto options = read_command_line(
      command_line(
          "reconstruct",
          "Data through a saved model and back, in the data's own units (examples × features). The "
          "error goes to standard error.",
          {{"errors", "FILE", "", "the squared error of each example by itself: .npy or .csv"}}),
      arguments);
  if (!options) return 0;
  check_ending(*options, "save", {".npy", ".csv", ".png"});
  check_ending(*options, "errors", {".npy", ".csv"});
  Workers workers(threads_of(*options));
  ModelAndData input = read_model_and_data(*options);
  const Tensor R = input.saved.model->reconstruct(input.X, &workers);
  const bool scaled = !input.saved.scaling.shift.empty();
  std::fprintf(stderr, "squared error per example: %.6f%s\n", squared_error_per_example(input.X, R),
               scaled ? " (of the scaled data)" : "");
  if (options->given("errors")) {
    write_result(options->text("errors"), error_of_each_example(input.X, R), {"squared_error"}, {});
  }
  const ImageShape image = input.data.image.width > 0 ? input.data.image : input.saved.image;
  write_result(options->text("save"), input.saved.scaling.undo(R), numbered("x", R.cols()), image);
  report_result(options->text("save"), R, image);
  return 0;
}

}  // namespace strata::cli
