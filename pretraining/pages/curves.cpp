#include "pretraining/pages/curves.hpp"

#include <limits>

namespace strata::pages {

Series training_line(const std::string& name, const History& history, std::size_t epochs_before) {
  Series line{name};
  for (const EpochRecord& record : history.epochs) {
    line.x.push_back(double(epochs_before + record.epoch));
    line.y.push_back(record.loss);
  }
  return line;
}

Series validation_line(const std::string& name, const History& history) {
  Series line = training_line(name, history);
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    const double loss = history.epochs[i].validation_loss;
    line.y[i] = loss != 0 ? loss : std::numeric_limits<double>::quiet_NaN();  // 0: not measured
  }
  return line;
}

std::vector<Series> lines_of_terms(const History& history) {
  std::vector<Series> lines = {training_line("total", history)};
  const std::size_t terms = history.epochs.empty() ? 0 : history.epochs.front().terms.size();
  for (std::size_t t = 0; t < terms && terms > 1; ++t) {
    Series line{history.epochs.front().terms[t].name, lines[0].x};
    for (const EpochRecord& record : history.epochs) line.y.push_back(record.terms[t].value);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace strata::pages
