// `strata sample` and `strata interpolate`: what a saved variational autoencoder makes by itself,
// and a saved RBM.

#include "autoencoders/generate.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/rbm/dbn.hpp"

namespace strata::cli {
namespace {

constexpr const char* sample_page = R"(
strata sample MODEL [options]

New examples from a variational autoencoder, in the units of its training data (examples ×
features): codes drawn from N(0, I), decoded. Or from an RBM or a stack of them: chains of Gibbs
sampling from the top.

MODEL  a file that `strata train variational` or `strata rbm` wrote

--count N [16] {[1, 1000000]}  how many
--seed N [1] {[0, 9007199254740992]}  seeds the draws: the same seed gives the same examples
--draw  draw from p(x|z): pixels of 0 and 1, or with a Gaussian decoder's noise (otherwise the
    mean)
--steps N [1000] {[1, ∞)}  of Gibbs sampling, in the chains of an RBM
)";

constexpr const char* interpolate_page = R"(
strata interpolate MODEL [options]

What lies between two examples: from the code of the one to the code of the other in equal steps,
decoded, in the units of the data (steps × features). As .png: one row of pictures.

MODEL  a file that `strata train variational` wrote
)";

constexpr const char* path_options = R"(
--rows A:B  only the examples A ≤ i < B; --from and --to count from A
--from I [0]  the example that the path begins with, counted from 0
--to J [1]  the one that it ends with
--steps N [10] {[2, 100000]}  how many codes, the two ends included
)";

// Other kinds give a code for each example, but no distribution of codes to draw from.
VariationalAutoencoder& variational_of(const SavedModel& saved, const std::string& path,
                                       const char* command, const char* more = "") {
  auto* const model = dynamic_cast<VariationalAutoencoder*>(saved.model.get());
  check(model != nullptr, command, ": ", path, " is of the kind ", saved.kind,
        ", and only a variational one says which codes are likely (`strata train variational "
        "--save FILE` makes one",
        more, ")");
  return *model;
}

// Independent chains of Gibbs sampling; means, or with --draw states.
void sample_from_rbms(const Options& options) {
  const SavedDbn saved = load_dbn(options.positional()[0]);
  Rng rng(options.size("seed"));
  Tensor X = saved.dbn.sample(options.size("count"), options.size("steps"), rng);
  if (options.flag("draw")) saved.dbn.rbms.front().draw_visible(X, rng);
  save_rows(options, saved.scaling.undo(X), "x", saved.image);
}

int run_sample(const Options& options) {
  const std::size_t count = options.size("count");
  const std::string& path = options.positional()[0];
  if (path.ends_with(".safetensors") && is_dbn_file(path)) {
    sample_from_rbms(options);
    return 0;
  }
  const SavedModel saved = load_saved_model(options);
  VariationalAutoencoder& model =
      variational_of(saved, path, "sample", "; an RBM of `strata rbm` is sampled by chains");
  if (options.given("steps"))
    throw UsageError("--steps: only chains of an RBM take steps, and this is " + saved.kind);
  Rng rng(options.size("seed"));
  const Tensor means = sample(model, count, rng).means;
  const Tensor X = options.flag("draw") ? draw_from(model, means, rng) : means;
  save_rows(options, saved.scaling.undo(X), "x", saved.image);
  return 0;
}

// The example that --from or --to names, shape (1, features).
Tensor example_of(const Options& options, const char* name, const ModelAndData& input) {
  const std::size_t row = options.size(name), count = input.data.size();
  if (row >= count) {
    throw UsageError(text("--", name, " ", row, ": '", input.data.name, "' has ", count,
                          options.given("rows") ? " examples in these --rows" : " examples",
                          ", counted from 0"));
  }
  return slice_rows(input.X, row, row + 1);
}

int run_interpolate(const Options& options) {
  const std::size_t steps = options.size("steps");
  const ModelAndData input = read_model_and_data(options);
  VariationalAutoencoder& model =
      variational_of(input.saved, options.positional()[0], "interpolate");
  const Tensor from = example_of(options, "from", input), to = example_of(options, "to", input);
  const Tensor path = interpolate(model, from, to, steps);
  save_rows(options, input.saved.scaling.undo(path), "x", input.image(), steps);
  return 0;
}

}  // namespace

Command sample_command() {
  return {"new examples from a variational autoencoder or an RBM, to .npy, .csv or .png",
          read_page(text(sample_page, rows_file_option)), run_sample};
}

Command interpolate_command() {
  return {"from one example to another through the code of a variational autoencoder",
          read_page(text(interpolate_page, new_data_option, path_options, rows_file_option)),
          run_interpolate};
}

}  // namespace strata::cli
