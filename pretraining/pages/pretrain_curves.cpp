// The training curves of the report: report_figures.hpp.

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/charts/svg.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
Series training_line(const std::string& name, const History& history, std::size_t epochs_before) {
  Series line{name};
  for (const EpochRecord& record : history.epochs) {
    line.x.push_back(double(epochs_before + record.epoch));
    line.y.push_back(record.loss);
  }
  return line;
}

Series validation_line(const std::string& name, const History& history, std::size_t epochs_before) {
  Series line = training_line(name, history, epochs_before);
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    const double loss = history.epochs[i].validation_loss;
    line.y[i] = loss != 0 ? loss : std::numeric_limits<double>::quiet_NaN();  // 0: not measured
  }
  return line;
}

bool spans_a_wide_range(const std::vector<Series>& lines) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Series& line : lines) {
    for (double y : line.y) {
      if (!std::isfinite(y)) continue;
      low = std::min(low, y);
      high = std::max(high, y);
    }
  }
  return low > 0 && high > 4 * low;
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

namespace {

std::string loss_in_words(const DenseAutoencoder& model) {
  return model.loss == Loss::bce ? "cross-entropy" : "half the squared error";
}

}  // namespace

std::string pretraining_curves(const Comparison& c) {
  std::vector<std::string> charts;
  // Of several ways it is the main one that is shown.
  const std::string way = c.options.ways.size() > 1 ? ", " + c.options.ways.front() : "";
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const DenseAutoencoder& model = *c.stages[k].dense();
    const History& history = c.stages[k].history;
    const std::vector<Series> lines = lines_of_terms(history);
    LineChartOptions options;
    options.title = text("Layer ", k + 1, way, ": ", model.features(), " → ", model.code_size());
    options.x_label = "epoch";
    options.y_label = "loss, " + loss_in_words(model);
    options.width = 320;
    options.height = 230;
    options.log_y = spans_a_wide_range(lines);
    charts.push_back(figure(
        line_chart(lines, options),
        k == 0 ? text("Layer 1 learns to reconstruct the data through ", model.code_size(),
                      " units. A curve that is still falling at the end asks for more epochs.")
               : text("Layer ", k + 1, " learns to reconstruct the codes of layer ", k,
                      ". The axes differ: its loss is counted in the units of layer ", k,
                      ", not in features.")));
  }
  return beside(charts);
}

namespace {

// A whole network's training: the methods from a random start, and each pretrained one's
// fine-tuning.
struct NetworkRun {
  std::string name;
  const Curve* curve = nullptr;
  std::size_t epochs_before = 0;
};

std::vector<NetworkRun> network_runs(const Comparison& c) {
  std::vector<NetworkRun> runs;
  std::vector<std::string> names = {"shallow"};
  if (c.options.random_start) names.push_back("deep_random");
  for (const std::string& name : names)
    runs.push_back({short_name(name), &c.method(name).curves.back(), 0});
  for (const std::string& way : c.options.ways) {
    const MethodResult& tuned = c.finetuned(way);
    runs.push_back(
        {short_name(name_with_way(c, tuned)), &tuned.curves.back(), c.pretrained(way).epochs});
  }
  return runs;
}

Series test_error_line(const NetworkRun& run) {
  Series line{run.name};
  for (std::size_t i = 0; i < run.curve->test_errors.size(); ++i) {
    line.x.push_back(double(run.epochs_before + i + 1));
    line.y.push_back(run.curve->test_errors[i]);
  }
  return line;
}

std::string network_chart(const std::string& title, const std::string& y_label,
                          const std::vector<Series>& lines) {
  LineChartOptions options;
  options.title = title;
  options.x_label = "epoch, pretraining included";
  options.y_label = y_label;
  options.width = 440;
  options.height = 330;
  options.log_y = spans_a_wide_range(lines);
  return line_chart(lines, options);
}

}  // namespace

std::string test_curves(const Comparison& c) {
  std::vector<Series> test;
  for (const NetworkRun& run : network_runs(c)) test.push_back(test_error_line(run));
  return network_chart("Whole networks, test examples", "squared error per example", test);
}

std::string network_curves(const Comparison& c) {
  const std::size_t before = c.pretrained(c.options.ways.front()).epochs;
  std::vector<Series> training;
  for (const NetworkRun& run : network_runs(c))
    training.push_back(training_line(run.name, run.curve->history, run.epochs_before));
  return beside(
      {figure(test_curves(c),
              text("The error of the table on the test examples, which no network was trained on, "
                   "after each "
                   "epoch: a line ends at its method's row. Epochs of pretraining count. So a "
                   "fine-tuned line "
                   "begins at epoch ",
                   before + 1,
                   ", where pretraining ended, and all networks have had the same number of passes "
                   "over the "
                   "data at the same place. Look at how low it begins",
                   c.options.random_start ? ", and whether the random start catches up" : "",
                   ". A line that rises here while its training line falls is overfitting.")),
       figure(network_chart("Whole networks, training examples", "loss, " + loss_in_words(c.deep),
                            training),
              "The loss that is trained on, which is not the squared error of the table: it need "
              "not come "
              "near 0.")});
}

}  // namespace strata::report
