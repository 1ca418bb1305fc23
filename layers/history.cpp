#include "layers/history.hpp"

#include <utility>

namespace strata {

void remember_terms(State& state, const std::string& name, std::vector<TermValue>& terms) {
  std::size_t count = terms.size();
  state.count(name, count);
  terms.resize(count);
  for (std::size_t k = 0; k < count; ++k) {
    state.text(text(name, ".", k), terms[k].name);
    state.number(text(name, ".", k), terms[k].value);
  }
}

// The epochs as rows of numbers, one behind the other. They all have the same terms.
void remember_history(State& state, History& history) {
  std::vector<TermValue> terms;
  if (!history.epochs.empty()) terms = history.epochs.back().terms;
  remember_terms(state, "history.terms", terms);
  std::vector<double> rows;
  for (const EpochRecord& r : history.epochs) {
    rows.insert(rows.end(), {r.loss, r.validation_loss, r.learning_rate, r.seconds});
    for (const TermValue& term : r.terms) rows.push_back(term.value);
  }
  state.numbers("history", rows);
  const std::size_t width = 4 + terms.size();
  history.epochs.clear();
  for (std::size_t at = 0; at + width <= rows.size(); at += width) {
    EpochRecord r{
        history.epochs.size() + 1, rows[at], terms, rows[at + 1], rows[at + 2], rows[at + 3]};
    for (std::size_t k = 0; k < terms.size(); ++k) r.terms[k].value = rows[at + 4 + k];
    history.epochs.push_back(std::move(r));
  }
}

}  // namespace strata
