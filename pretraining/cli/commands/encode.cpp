// `strata encode` and `strata reconstruct`: a saved model on new data.

#include <cmath>
#include <cstdio>

#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* encode_page = R"(
strata encode MODEL [options]

The codes of data under a saved model, one row per example (examples × code units).
)";

constexpr const char* reconstruct_page = R"(
strata reconstruct MODEL [options]

Data through a saved model and back, in the data's own units (examples × features). The error goes
to standard error.
)";

constexpr const char* errors_option = R"(
--errors FILE {> .npy .csv}  the squared error of each example by itself: .npy or .csv
)";

int encode(const Options& options) {
  Workers workers(threads_of(options));
  const ModelAndData input = read_model_and_data(options);
  save_rows(options, input.saved.model->encode(input.X, &workers), "code");
  return 0;
}

// Of each example by itself: Σ_features (x − x̂)², shape (m, 1).
Tensor error_of_each_example(const Tensor& X, const Tensor& R) {
  Tensor errors({X.rows(), 1});
  for (std::size_t i = 0; i < X.rows(); ++i)
    errors[i] = Real(squared_distance(slice_rows(X, i, i + 1), slice_rows(R, i, i + 1)));
  return errors;
}

int reconstruct(const Options& options) {
  Workers workers(threads_of(options));
  const ModelAndData input = read_model_and_data(options);
  const Tensor R = input.saved.model->reconstruct(input.X, &workers);
  const bool scaled = !input.saved.scaling.shift.empty();
  const double error = squared_error_per_example(input.X, R);
  check(std::isfinite(error), "the squared error is ", error,
        ", and no file is written: the model's outputs overflow");
  std::fprintf(stderr, "squared error per example: %.6f%s\n", error,
               scaled ? " (of the scaled data)" : "");
  if (options.given("errors"))
    write_rows(options.text("errors"), error_of_each_example(input.X, R), {"squared_error"});
  save_rows(options, input.saved.scaling.undo(R), "x", input.image());
  return 0;
}

}  // namespace

Command encode_command() {
  return {"the codes of data under a saved model, to .npy, .csv or .png",
          read_page(text(encode_page, model_argument, new_data_option, rows_option,
                         rows_file_option, threads_option)),
          encode};
}

Command reconstruct_command() {
  return {"data through a saved model and back, to .npy, .csv or .png",
          read_page(text(reconstruct_page, model_argument, new_data_option, rows_option,
                         rows_file_option, threads_option, errors_option)),
          reconstruct};
}

}  // namespace strata::cli
