#include "core/autodiff/objective.hpp"

#include <utility>

namespace strata {

Objective sum_of_terms(std::vector<Term> terms, Site site) {
  check(!terms.empty(), "objective: there is no term to minimise");
  Var total = terms[0].value;
  for (std::size_t k = 1; k < terms.size(); ++k) total = add(total, terms[k].value, site);
  return {std::move(terms), total};
}

}  // namespace strata
