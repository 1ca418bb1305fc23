#include "layers/history.hpp"

#include <utility>

namespace strata {

double total_of(const std::vector<TermValue>& terms) {
  double total = 0;
  for (const TermValue& term : terms) total += term.value;
  return total;
}

static void remember_terms(State& state, const std::string& name, std::vector<TermValue>& terms) {
  std::size_t count = terms.size();
  state.how_many(name, count);
  terms.resize(count);
  for (std::size_t k = 0; k < count; ++k) {
    state.text(text(name, ".", k), terms[k].name);
    state.number(text(name, ".", k), terms[k].value);
  }
}

// The epochs as rows of numbers, one behind the other. They all have the same terms.
void History::remember(State& state) {
  std::vector<TermValue> terms;
  if (!epochs.empty()) terms = epochs.back().terms;
  remember_terms(state, "history.terms", terms);
  std::vector<double> rows;
  for (const EpochRecord& r : epochs) {
    rows.insert(rows.end(), {r.loss, r.validation_loss, r.learning_rate, r.seconds});
    for (const TermValue& term : r.terms) rows.push_back(term.value);
  }
  state.numbers("history", rows);
  const std::size_t width = 4 + terms.size();
  epochs.clear();
  for (std::size_t at = 0; at + width <= rows.size(); at += width) {
    EpochRecord r{epochs.size() + 1, rows[at], terms, rows[at + 1], rows[at + 2], rows[at + 3]};
    for (std::size_t k = 0; k < terms.size(); ++k) r.terms[k].value = rows[at + 4 + k];
    epochs.push_back(std::move(r));
  }
  state.flag("stopped_early", stopped_early);
}

void EpochMeans::add(const std::vector<TermValue>& terms, std::size_t batch_rows) {
  if (sums.empty()) {
    for (const TermValue& term : terms) sums.push_back({term.name, 0});
  }
  for (std::size_t k = 0; k < terms.size(); ++k)
    sums[k].value += terms[k].value * double(batch_rows);
  examples += double(batch_rows);
}

EpochRecord EpochMeans::record(std::size_t epoch) const {
  EpochRecord result;
  result.epoch = epoch;
  result.terms = sums;
  for (TermValue& term : result.terms) term.value /= examples;
  result.loss = total_of(result.terms);
  return result;
}

void EpochMeans::remember(State& state) {
  remember_terms(state, "sums", sums);
  state.number("examples", examples);
}

}  // namespace strata
