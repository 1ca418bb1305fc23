#pragma once
// What the gradient checker says of every tensor and term.

#include <doctest/doctest.h>

#include "core/gradcheck/gradcheck.hpp"

namespace strata::testing {

/// All must be right; "undecided" is not enough.
inline void check_all_ok(const std::vector<TensorCheck>& checks) {
  CHECK(!checks.empty());
  for (const TensorCheck& c : checks) {
    INFO(c.tensor, ", ", c.term, ": ", c.worst.reason, " analytic ", c.worst.analytic, " numeric ",
         c.worst.numeric);
    CHECK(c.verdict == Verdict::ok);
  }
}

}  // namespace strata::testing
