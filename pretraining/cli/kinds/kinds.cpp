#include "pretraining/cli/kinds/kinds.hpp"

#include <algorithm>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/undercomplete.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/kinds/sequence_errors.hpp"

namespace strata::cli {
namespace {

std::unique_ptr<Autoencoder> make_dense(const Kind& kind, const DataShape& data, const Options& o,
                                        Rng& rng) {
  return std::make_unique<DenseAutoencoder>(dense_settings(kind, data, o), rng);
}

// ---- what the dense kinds are; the page of each says why
using Sizes = std::vector<std::size_t>;

DenseAutoencoderOptions usual_linear(const Sizes& sizes) {
  return linear_autoencoder(sizes[0], sizes[1]);
}

DenseAutoencoderOptions usual_undercomplete(const Sizes& sizes) {
  return undercomplete_autoencoder(sizes[0], sizes[1]);
}

DenseAutoencoderOptions usual_overcomplete(const Sizes& sizes) {
  return overcomplete_autoencoder(sizes[0], sizes[1]);
}

DenseAutoencoderOptions usual_multilayer(const Sizes& sizes) {
  return multilayer_autoencoder(sizes);
}

DenseAutoencoderOptions usual_sparse(const Sizes& sizes) {
  if (sizes.size() == 2) return sparse_autoencoder(sizes[0], sizes[1], {});
  DenseAutoencoderOptions options = multilayer_autoencoder(sizes);
  options.code = Activation::sigmoid;
  return options;
}

DenseAutoencoderOptions usual_denoising(const Sizes& sizes) {
  return {.sizes = sizes, .code = Activation::relu, .loss = Loss::bce};
}

DenseAutoencoderOptions usual_contractive(const Sizes& sizes) {
  return {.sizes = sizes, .code = Activation::sigmoid, .loss = Loss::bce};
}

std::vector<std::string> with(std::vector<std::string> options,
                              std::initializer_list<const char*> more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

// A k-sparse encoder has kinks everywhere, and no Jacobian to speak of.
std::vector<std::string> without_keep(std::vector<std::string> options) {
  std::erase(options, "keep");
  return options;
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<std::string> dense = {"layers", "hidden", "hidden-activation",
                                                 "code",   "output", "loss",
                                                 "rho",    "beta",   "l1",
                                                 "keep",   "decay",  "tied",
                                                 "init"};
  static const std::vector<std::string> corrupted = with(dense, {"corruption", "noise"});
  static const std::vector<std::string> dense_or_dropout = with(corrupted, {"dropout"});
  static const std::vector<Kind> all = {
      {
          .name = "linear",
          .point = "one linear layer down and up: finds the plane that PCA finds",
          .defaults = {8, 1000, "lbfgs", 1, "constant", 0.05, 0, 1e-3},
          .small_example = {"--layers", "6-4"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::linear_figures,
          .make = make_dense,
          .pages = {"linear.md"},
          .width = Width::usually_narrow,
          .usual = usual_linear,
      },
      {
          .name = "undercomplete",
          .point = "one layer with fewer units than features: the bottleneck alone",
          .defaults = {16, 100, "adam", 0.01, "one_cycle"},
          .small_example = {"--layers", "6-4"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::undercomplete_figures,
          .make = make_dense,
          .pages = {"undercomplete.md"},
          .width = Width::narrow,
          .usual = usual_undercomplete,
      },
      {
          .name = "overcomplete",
          .point = "as many linear units as features or more, unrestrained: learns to copy",
          .defaults = {100, 100, "adam", 0.005, "one_cycle"},
          .small_example = {"--layers", "6-8"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::overcomplete_figures,
          .make = make_dense,
          .pages = {"overcomplete.md"},
          .width = Width::wide,
          .usual = usual_overcomplete,
      },
      {
          .name = "multilayer",
          .point = "several layers down to a small code",
          .defaults = {2, 200, "adam", 0.02, "one_cycle"},
          .small_example = {"--layers", "6-5-3"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::multilayer_figures,
          .make = make_dense,
          .pages = {"multilayer.md"},
          .layers_between = {100, 50},
          .usual = usual_multilayer,
          .may_be_deep = true,
      },
      {
          .name = "sparse",
          .point = "many units, few of them active at a time",
          .defaults = {100, 300, "lbfgs", 1, "constant", 0.05, 0.3, 1e-4},
          .small_example = {"--layers", "6-4"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::sparse_figures,
          .make = make_dense,
          .pages = {"sparse.md", "sparse-kl.md"},
          .usual = usual_sparse,
          .may_be_deep = true,
      },
      {
          .name = "denoising",
          .point = "gives back the clean example from a corrupted one",
          .defaults = {250, 100, "adam", 0.005, "one_cycle"},
          .small_example = {"--layers", "6-4"},
          .small_data = {6, {}},
          .own_options = dense_or_dropout,
          .figures = pages::denoising_figures,
          .make = make_dense,
          .pages = {"denoising.md"},
          .corrupts = true,
          .usual = usual_denoising,
          .may_be_deep = true,
      },
      {
          .name = "contractive",
          .point = "a code that changes little when the input does",
          .defaults = {30, 100, "adam", 0.01, "one_cycle"},
          .small_example = {"--layers", "6-4"},
          .small_data = {6, {}},
          .own_options = without_keep(with(dense, {"contraction", "curvature", "deviation"})),
          .figures = pages::contractive_figures,
          .make = make_contractive,
          .pages = {"contractive.md"},
          .usual = usual_contractive,
          .may_be_deep = true,
      },
      {
          .name = "convolutional",
          .point = "small windows that lie on every place of a picture: a stroke learnt once is "
                   "known everywhere",
          .defaults = {0, 60, "adam", 0.01, "one_cycle"},
          .small_example = {"--filters", "2"},
          .small_data = {16, {4, 4}},
          .own_options = {"filters", "kernel", "down", "up", "hidden", "code", "loss", "decay",
                          "image", "corruption", "noise"},
          .figures = pages::convolutional_figures,
          .make = make_convolutional,
          .pages = {"convolutional.md"},
      },
      {
          .name = "variational",
          .point = "a code drawn from a cloud: it can make new examples",
          .defaults = {.hidden = 2,
                       .epochs = 100,
                       .optimizer = "adam",
                       .rate = 0.01,
                       .schedule = "one_cycle",
                       .beta = 1},
          .small_example = {"--layers", "6-5-2"},
          .small_data = {6, {}},
          .own_options = {"layers", "hidden", "hidden-activation", "output", "beta", "decoder",
                          "deviation", "warm-up"},
          .figures = pages::variational_figures,
          .make = make_variational,
          .pages = {"variational.md"},
          .layers_between = {100},
      },
      {
          .name = "lstm",
          .point = "sequences, step by step into one code and out again",
          .defaults = {8, 100, "adam", 0.02, "one_cycle"},
          .small_example = {"--hidden", "3", "--units", "4"},
          .small_data = {6, {3, 2}},
          .own_options = {"hidden", "units", "steps", "output", "decay", "variable-lengths",
                          "teacher-forcing", "reversed"},
          .figures = pages::lstm_figures,
          .make = make_lstm,
          .remark = padding_remark,
          .pages = {"lstm.md"},
      },
  };
  return all;
}

bool takes(const Kind& kind, const std::string& option) {
  return std::find(kind.own_options.begin(), kind.own_options.end(), option) !=
         kind.own_options.end();
}

bool can_have_code(const Kind& kind, std::size_t code_size, std::size_t features) {
  if (!takes(kind, "hidden")) return false;
  if (kind.width == Width::narrow) return code_size < features;
  return kind.width != Width::wide || code_size >= features;
}

std::string kind_names() {
  std::string names;
  for (const Kind& kind : kinds()) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  return names;
}

const Kind* find_kind(const std::string& name) {
  const auto found =
      std::find_if(kinds().begin(), kinds().end(), [&](const Kind& k) { return name == k.name; });
  return found == kinds().end() ? nullptr : &*found;
}

}  // namespace strata::cli
