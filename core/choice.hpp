#pragma once

#include <string>
#include <vector>

#include "core/check.hpp"

namespace strata {

/// What the enumerators of an enum are called in files, options and pages:
///   inline const Choice<Loss> loss_kinds{"loss", {"half_mse", "bce"}};
template <class Enum>
struct Choice {
  const char* what;                // what is chosen, in an error
  std::vector<std::string> names;  // one for each enumerator, in their order

  const std::string& name(Enum value) const { return names.at(std::size_t(value)); }
  /// The enumerator called so. Throws Error "WHAT: there is no 'NAME' (choose one of A, B, C)", of
  /// two "(choose A or B)".
  Enum named(const std::string& name) const {
    const bool is_pair = names.size() == 2;
    std::string known;
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (names[k] == name) return Enum(k);
      known += (k == 0 ? "" : is_pair ? " or " : ", ") + names[k];
    }
    throw Error(
        text(what, ": there is no '", name, "' (choose ", is_pair ? "" : "one of ", known, ")"));
  }
};

}  // namespace strata
