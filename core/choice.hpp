#pragma once

#include <string>
#include <vector>

#include "core/check.hpp"

namespace strata {

/// The choice called `name`: `names` has one for each enumerator of Choice, in its order. Throws
/// Error "WHAT: there is no 'NAME' (choose one of …)".
template <class Choice>
Choice choice_named(const char* what, const std::vector<std::string>& names,
                    const std::string& name) {
  std::string known;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k] == name) return Choice(k);
    known += (known.empty() ? "" : ", ") + names[k];
  }
  throw Error(text(what, ": there is no '", name, "' (choose one of ", known, ")"));
}

}  // namespace strata
