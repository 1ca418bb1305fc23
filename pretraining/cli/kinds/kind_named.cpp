// A kind by its name, and what is meant by words that are none.

#include <cctype>

#include "pretraining/cli/kinds/kinds.hpp"

namespace strata::cli {

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
                     "' is no kind of autoencoder: `strata rbm` trains restricted Boltzmann "
                     "machines, one or a stack");
  const std::string meant = meant_by(lower);
  const std::string near = meant.empty() ? nearest_word(lower, names) : meant;
  throw UsageError("there is no kind '" + name + "'" +
                   (near.empty() ? " (" + kind_names() + ")" : "; did you mean " + near + "?"));
}

}  // namespace strata::cli
