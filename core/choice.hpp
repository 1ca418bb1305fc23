#pragma once

#include <string>
#include <vector>

#include "core/check.hpp"

namespace strata {

/// The choice called `name`: `names` has one for each enumerator of Choice, in its order. Throws
/// Error "WHAT: there is no 'NAME' (choose one of A, B, C)", of two "(choose A or B)".
template <class Choice>
Choice choice_named(const char* what, const std::vector<std::string>& names,
                    const std::string& name) {
  const bool is_pair = names.size() == 2;
  std::string known;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k] == name) return Choice(k);
    known += (k == 0 ? "" : is_pair ? " or " : ", ") + names[k];
  }
  throw Error(
      text(what, ": there is no '", name, "' (choose ", is_pair ? "" : "one of ", known, ")"));
}

}  // namespace strata
