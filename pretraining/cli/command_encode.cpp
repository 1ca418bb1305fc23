// `strata encode` and `strata reconstruct`: a saved model on new data.

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/data/csv.hpp"
#include "core/data/npy.hpp"
#include "core/io/files.hpp"
#include "core/io/image_grid.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

CommandLine command_line(const char* command, const char* summary, const std::vector<OptionSpec>& more = {}) {
  return {std::string("strata ") + command + " MODEL [options]",
          summary,
          {{"MODEL", "a file that `strata train --save` or `strata pretrain` wrote"}},
          join({{{"data", "DATA", "digits",
                  "digits, a folder of IDX files (its test files), FILE.csv or FILE.npy"},
                 {"rows", "A:B", "", "only the examples A ≤ i < B, counted from 0"},
                 {"save", "FILE", "", "where to: .npy, .csv or .png (default: CSV on standard output)"},
                 threads_spec()},
                more}),
          1,
          1};
}

std::vector<std::string> numbered(const std::string& stem, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t j = 0; j < count; ++j) names.push_back(stem + std::to_string(j));
  return names;
}

GreyImage picture_of(const Tensor& A, const ImageShape& image) {
  if (image.width > 0 && image.height * image.width == A.cols()) {
    const std::size_t columns = std::max<std::size_t>(1, std::size_t(std::ceil(std::sqrt(double(A.rows())))));
    return image_grid(A, image.height, image.width, columns);
  }
  // no pictures: one grey row an example, each column from its least to its largest value
  return image_grid(minmax_scaling(A).apply(A).reshaped({1, A.size()}), A.rows(), A.cols(), 1);
}

void write_result(const std::string& path, const Tensor& A, const std::vector<std::string>& names,
                  const ImageShape& image) {
  if (path.empty()) {
    std::fputs(csv_text(A, names).c_str(), stdout);
  } else if (path.ends_with(".npy")) {
    write_npy(path, A);
  } else if (path.ends_with(".csv")) {
    write_csv(path, A, names);
  } else if (path.ends_with(".png")) {
    write_file(path, png_grey(picture_of(A, image)));
  }
}

void check_ending(const Options& options, const char* name, std::initializer_list<const char*> endings) {
  check_can_write(options, {name});
  if (!options.given(name)) return;
  std::string known;
  for (const char* ending : endings) {
    if (options.text(name).ends_with(ending)) return;
    known += (known.empty() ? "" : ", ") + std::string(ending);
  }
  throw UsageError(text("--", name, " ", options.text(name), ": the name must end in one of ", known));
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
      command_line("encode",
                   "The codes of data under a saved model, one row an example (examples × code units)."),
      arguments);
  if (!options) return 0;
  check_ending(*options, "save", {".npy", ".csv", ".png"});
  Workers workers(threads_of(*options));
  ModelAndData input = read_model_and_data(*options);
  write_result(options->text("save"), input.saved.model->encode(input.X, &workers),
               numbered("code", input.saved.model->code_size()), {});
  return 0;
}

int reconstruct_command(const Arguments& arguments) {
  const auto options = read_command_line(
      command_line("reconstruct",
                   "Data through a saved model and back, in the data's "
                   "own units (examples × features). The error goes to "
                   "standard error.",
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
  return 0;
}

}  // namespace strata::cli
