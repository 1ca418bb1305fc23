#pragma once

#include <string>
#include <vector>

#include "core/autodiff/ops.hpp"

namespace strata {

/// One named summand of an objective: reconstruction, sparsity, weight_decay, … Its weight (β, λ)
/// is inside.
struct Term {
  std::string name;
  Var value;
};

/// What is minimised: the sum of its terms. What is reported is what is differentiated.
struct Objective {
  std::vector<Term> terms;
  Var total;
};

/// Adds the terms up on their tape. Throws Error when there are none, and for a term that was never
/// recorded.
Objective sum_of_terms(std::vector<Term> terms, Site site = Site::here());

/// The objective that sum_of_terms recorded last on this tape; without terms where there is none.
Objective objective_on(Tape& tape);

/// A term's name and number, as it is reported.
struct TermValue {
  std::string name;
  double value = 0;
};

}  // namespace strata
