#include "core/autodiff/objective.hpp"

#include <utility>

namespace strata {

Objective sum_of_terms(std::vector<Term> terms, Site site) {
  check(!terms.empty(), "objective: there is no term to minimise");
  for (const Term& term : terms) {
    check(term.value.tape != nullptr, "objective: the term '", term.name,
          "' was never recorded (labels that the data has not?)");
  }
  Var total = terms[0].value;
  for (std::size_t k = 1; k < terms.size(); ++k) total = add(total, terms[k].value, site);
  Tape& tape = *total.tape;
  tape.total = total.index;
  tape.terms.clear();
  for (const Term& term : terms) tape.terms.push_back({term.name, term.value.index});
  return {std::move(terms), total};
}

Objective objective_on(Tape& tape) {
  Objective objective;
  for (const Tape::NamedNode& term : tape.terms)
    objective.terms.push_back({term.name, {&tape, term.node}});
  objective.total = {&tape, tape.total};
  return objective;
}

}  // namespace strata
