#include "pretraining/cli/kinds/kinds.hpp"

#include <algorithm>
#include <cctype>

#include "autoencoders/linear.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/overcomplete.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/undercomplete.hpp"
#include "pretraining/pages/kinds/figures.hpp"

namespace strata::cli {
namespace {

using Sizes = std::vector<std::size_t>;

DenseAutoencoderOptions sparse_of(const Sizes& sizes) {
  const Penalties penalties{.beta = Real(0.3), .decay = Real(1e-4)};
  if (sizes.size() == 2) return sparse_autoencoder(sizes[0], sizes[1], penalties);
  DenseAutoencoderOptions options = multilayer_autoencoder(sizes);
  options.code = Activation::sigmoid;
  options.penalties = penalties;
  return options;
}

// Defaults: code units, epochs, optimiser, learning rate, schedule.
const std::vector<Kind> table = {
    {
        .name = "linear",
        .point = "one linear layer down and up: at its best the plane that PCA finds",
        .defaults = {8, 1000, "lbfgs", 1, "constant"},
        .figures = pages::linear_figures,
        .pages = {"linear.md"},
        .width = Width::usually_narrow,
        .dense = [](const Sizes& s) { return linear_autoencoder(s[0], s[1], Real(1e-3)); },
    },
    {
        .name = "undercomplete",
        .point = "one layer with fewer units than features: the bottleneck alone",
        .defaults = {16, 100, "adam", 0.01, "one_cycle"},
        .figures = pages::undercomplete_figures,
        .pages = {"undercomplete.md"},
        .width = Width::narrow,
        .dense = [](const Sizes& s) { return undercomplete_autoencoder(s[0], s[1]); },
    },
    {
        .name = "overcomplete",
        .point = "as many linear units as features or more, unrestrained: learns to copy",
        .defaults = {100, 100, "adam", 0.005, "one_cycle"},
        .small_example = {"--layers", "6-8"},
        .figures = pages::overcomplete_figures,
        .pages = {"overcomplete.md"},
        .width = Width::wide,
        .dense = [](const Sizes& s) { return overcomplete_autoencoder(s[0], s[1]); },
    },
    {
        .name = "multilayer",
        .point = "several layers down to a small code",
        .defaults = {2, 200, "adam", 0.02, "one_cycle"},
        .small_example = {"--layers", "6-5-3"},
        .figures = pages::multilayer_figures,
        .pages = {"multilayer.md"},
        .layers_between = {100, 50},
        .dense = [](const Sizes& s) { return multilayer_autoencoder(s); },
        .may_be_deep = true,
    },
    {
        .name = "sparse",
        .point = "many units, few of them active at a time",
        .defaults = {100, 300, "lbfgs", 1, "constant"},
        .figures = pages::sparse_figures,
        .pages = {"sparse.md", "sparse-kl.md"},
        .dense = sparse_of,
        .may_be_deep = true,
    },
    {
        .name = "denoising",
        .point = "restores the clean example from a corrupted one",
        .defaults = {250, 100, "adam", 0.005, "one_cycle"},
        .figures = pages::denoising_figures,
        .pages = {"denoising.md"},
        .corrupts = true,
        .dense = [](const Sizes& s) -> DenseAutoencoderOptions {
          return {.sizes = s, .code = Activation::relu, .loss = Loss::bce};
        },
        .may_be_deep = true,
    },
    {
        .name = "contractive",
        .point = "a code that changes little when the input does",
        .defaults = {30, 100, "adam", 0.01, "one_cycle"},
        // A k-sparse encoder (--keep) has kinks everywhere, and no Jacobian to speak of
        .own_options =
            "layers hidden hidden-activation code output loss rho beta l1 decay tied init "
            "contraction curvature deviation",
        .figures = pages::contractive_figures,
        .make = make_contractive,
        .pages = {"contractive.md"},
        .dense = [](const Sizes& s) -> DenseAutoencoderOptions {
          return {.sizes = s, .loss = Loss::bce};
        },
        .may_be_deep = true,
    },
    {
        .name = "convolutional",
        .point = "small windows that lie on every place of a picture: a stroke learnt once is "
                 "known everywhere",
        .defaults = {0, 60, "adam", 0.01, "one_cycle"},
        .small_example = {"--filters", "2"},
        .small_data = {16, {4, 4}},
        .own_options = "filters kernel down up hidden code loss decay image corruption noise",
        .figures = pages::convolutional_figures,
        .make = make_convolutional,
        .pages = {"convolutional.md"},
    },
    {
        .name = "variational",
        .point = "a code drawn from a cloud: it can make new examples",
        .defaults = {2, 100, "adam", 0.01, "one_cycle"},
        .small_example = {"--layers", "6-5-2"},
        .own_options = "layers hidden hidden-activation output beta decoder deviation warm-up",
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
        .own_options = "hidden units steps output decay variable-lengths teacher-forcing reversed",
        .figures = pages::lstm_figures,
        .make = make_lstm,
        .remark = padding_remark,
        .pages = {"lstm.md"},
    },
};

}  // namespace

const std::vector<Kind>& kinds() {
  return table;
}

bool takes(const Kind& kind, const std::string& option) {
  return text(" ", kind.own_options, " ").find(" " + option + " ") != std::string::npos;
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

// The kinds that papers mean by such letters; none for other words. CAE is written for two.
static std::string meant_by(const std::string& letters) {
  if (letters == "vae") return "variational";
  if (letters == "dae") return "denoising";
  if (letters == "sae") return "sparse";
  return letters == "cae" ? "contractive or convolutional" : "";
}

const Kind& kind_named(const std::string& name) {
  if (const Kind* kind = find_kind(name)) return *kind;
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.push_back(kind.name);
  std::string lower = name;
  for (char& c : lower) c = char(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "rbm" || lower == "dbn")
    throw UsageError("'" + name +
                     "' is not a kind of autoencoder: `strata rbm` trains restricted Boltzmann "
                     "machines, one or a stack");
  const std::string meant = meant_by(lower);
  throw UsageError("there is no kind '" + name + "'" +
                   (meant.empty() ? suggestion(lower, names, " (" + kind_names() + ")")
                                  : "; did you mean " + meant + "?"));
}

}  // namespace strata::cli
