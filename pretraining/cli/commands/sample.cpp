// `strata sample` and `strata interpolate`: what a saved variational autoencoder makes by itself,
// and a saved RBM.

#include "autoencoders/generate.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/rbm/dbn.hpp"

namespace strata::cli {
namespace {

CommandLine command_line(const char* command, const char* model, const char* summary,
                         const std::vector<OptionSpec>& specs) {
  return {std::string("strata ") + command + " MODEL [options]",
          summary,
          {{"MODEL", model}},
          join({specs,
                {{"save", "FILE", "",
                  "where to: .npy, .csv or .png (default: CSV on standard output)"}}}),
          1,
          1};
}

// Other kinds give a code for each example, but no distribution of codes to draw from.
VariationalAutoencoder& variational_of(const SavedModel& saved, const std::string& path,
                                       const char* command) {
  auto* const model = dynamic_cast<VariationalAutoencoder*>(saved.model.get());
  check(model != nullptr, command, ": ", path, " is of the kind ", saved.kind,
        ", and only a variational one says which codes are likely (`strata train variational "
        "--save FILE` "
        "makes one",
        std::string(command) == "sample" ? "; an RBM of `strata rbm` is sampled by chains)" : ")");
  return *model;
}

std::size_t row_of(const Options& options, const char* name, const Dataset& data) {
  const std::size_t row = options.size(name);
  if (row >= data.size()) {
    throw UsageError(text("--", name, " ", row, ": '", data.name, "' has ", data.size(),
                          options.given("rows") ? " examples in these --rows" : " examples",
                          ", counted from 0"));
  }
  return row;
}

// Independent chains of Gibbs sampling; means, or with --draw states.
void sample_from_rbms(const Options& options, std::size_t count) {
  const SavedDbn saved = load_dbn(options.positional()[0]);
  Rng rng(seed_of(options));
  Tensor X = saved.dbn.sample(count, options.size("steps", 1), rng);
  if (options.flag("draw")) saved.dbn.rbms.front().draw_visible(X, rng);
  write_result(options.text("save"), saved.scaling.undo(X), numbered("x", X.cols()), saved.image);
  report_result(options.text("save"), X, saved.image);
}

}  // namespace

int sample_command(const Arguments& arguments) {
  const auto options = read_command_line(
      command_line(
          "sample", "a file that `strata train variational` or `strata rbm` wrote",
          "New examples from a variational autoencoder, in the units of its training data "
          "(examples "
          "× features): codes drawn from N(0, I), decoded. Or from an RBM or a stack of them: "
          "chains of Gibbs sampling from the top.",
          {{"count", "N", "16", "how many"},
           {"seed", "N", "1", "of the draws: the same seed gives the same examples"},
           {"draw", "", "",
            "draw from p(x|z): pixels of 0 and 1, or with a Gaussian decoder's noise (else the "
            "mean, what is expected)"},
           {"steps", "N", "1000", "of Gibbs sampling, in the chains of an RBM"}}),
      arguments);
  if (!options) return 0;
  check_ending(*options, "save", {".npy", ".csv", ".png"});
  constexpr std::size_t most = 1'000'000;
  const std::size_t count = options->size("count", 1, most);
  const std::string& path = options->positional()[0];
  if (path.ends_with(".safetensors") && is_dbn_file(path)) {
    sample_from_rbms(*options, count);
    return 0;
  }
  const SavedModel saved = load_saved_model(*options);
  VariationalAutoencoder& model = variational_of(saved, path, "sample");
  if (options->given("steps"))
    throw UsageError("--steps: only chains of an RBM take steps, and this is " + saved.kind);
  Rng rng(seed_of(*options));
  const Tensor means = sample(model, count, rng).means;
  const Tensor X = options->flag("draw") ? draw_from(model, means, rng) : means;
  write_result(options->text("save"), saved.scaling.undo(X), numbered("x", X.cols()), saved.image);
  report_result(options->text("save"), X, saved.image);
  return 0;
}

int interpolate_command(const Arguments& arguments) {
  const auto options = read_command_line(
      command_line(
          "interpolate", "a file that `strata train variational` wrote",
          "What lies between two examples: from the code of the one to the code of the other in "
          "equal steps, "
          "decoded, in the units of the data (steps × features). As .png: one row of pictures.",
          {{"data", "DATA", "digits",
            "digits, a folder of IDX files (its test files), FILE.csv or FILE.npy"},
           {"rows", "A:B", "", "only the examples A ≤ i < B; --from and --to count from A"},
           {"from", "I", "0", "the example that the path begins with, counted from 0"},
           {"to", "J", "1", "the one that it ends with"},
           {"steps", "N", "10", "how many codes, the two ends included"}}),
      arguments);
  if (!options) return 0;
  check_ending(*options, "save", {".npy", ".csv", ".png"});
  const std::size_t steps = options->size("steps", 2, 100'000);
  const ModelAndData input = read_model_and_data(*options);
  VariationalAutoencoder& model =
      variational_of(input.saved, options->positional()[0], "interpolate");
  const std::size_t from = row_of(*options, "from", input.data),
                    to = row_of(*options, "to", input.data);
  const Tensor path = interpolate(model, slice_rows(input.X, from, from + 1),
                                  slice_rows(input.X, to, to + 1), steps);
  const ImageShape image = input.data.image.width > 0 ? input.data.image : input.saved.image;
  write_result(options->text("save"), input.saved.scaling.undo(path), numbered("x", path.cols()),
               image, steps);
  report_result(options->text("save"), path, image);
  return 0;
}

}  // namespace strata::cli
