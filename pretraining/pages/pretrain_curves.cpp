// The training curves on the page of `strata pretrain`: pretrain_figures.hpp.

#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/curves.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::pages {
namespace {

std::string loss_in_words(const DenseAutoencoder& model) {
  return model.loss == Loss::bce ? "cross-entropy" : "half the squared error";
}

}  // namespace

std::string pretraining_curves(const PretrainResults& c) {
  std::vector<std::string> charts;
  // Of several ways it is the main one that is shown.
  const std::string way = c.options.ways.size() > 1 ? ", " + c.options.ways.front() : "";
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const DenseAutoencoder& model = *c.stages[k].dense();
    const std::string title =
        say("Layer {}{}: {} → {}", k + 1, way, model.features(), model.code_size());
    const std::string caption =
        k == 0 ? say("Layer 1 learns to reconstruct the data through {} units. A curve that is "
                     "still falling at the end asks for more epochs.",
                     model.code_size())
               : say("Layer {} learns to reconstruct the codes of layer {}. The axes differ: its "
                     "loss is counted in the units of layer {}, not in features.",
                     k + 1, k, k);
    charts.push_back(figure_of_chart(
        lines_of_terms(c.stages[k].history),
        {title, "epoch", "loss, " + loss_in_words(model), 320, 230, YAxis::suited}, caption));
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

std::vector<NetworkRun> network_runs(const PretrainResults& c) {
  std::vector<NetworkRun> runs = {{short_name("shallow"), &c.method("shallow").curves.back()}};
  if (c.options.random_start)
    runs.push_back({short_name("deep_random"), &c.method("deep_random").curves.back()});
  for (const std::string& way : c.options.ways) {
    const MethodResult& tuned = c.finetuned(way);
    runs.push_back(
        {short_name(name_with_way(c, tuned)), &tuned.curves.back(), c.pretrained(way).epochs});
  }
  return runs;
}

LineChartOptions network_chart_options(const std::string& examples, const std::string& y_label) {
  return {"Whole networks, " + examples,
          "epoch, pretraining included",
          y_label,
          440,
          330,
          YAxis::suited};
}

}  // namespace

std::string test_curves(const PretrainResults& c) {
  std::vector<Series> lines;
  for (const NetworkRun& run : network_runs(c))
    lines.push_back(numbered(run.name, run.curve->test_errors, double(run.epochs_before + 1)));
  return line_chart(lines, network_chart_options("test examples", "squared error per example"));
}

std::string network_curves(const PretrainResults& c) {
  std::vector<Series> training;
  for (const NetworkRun& run : network_runs(c))
    training.push_back(training_line(run.name, run.curve->history, run.epochs_before));
  const std::string of_test_examples =
      say("The error of the table on the test examples, which no network was trained on, after "
          "each epoch: a line ends at its method's row. Epochs of pretraining count. So a "
          "fine-tuned line begins at epoch {}, where pretraining ended, and all networks have had "
          "the same number of passes over the data at the same place. Look at how low it begins{}. "
          "A line that rises here while its training line falls is overfitting.",
          c.pretrained(c.options.ways.front()).epochs + 1,
          c.options.random_start ? ", and whether the random start catches up" : "");
  return beside(
      {figure(test_curves(c), of_test_examples),
       figure_of_chart(training,
                       network_chart_options("training examples", "loss, " + loss_in_words(c.deep)),
                       "The loss that is trained on, which is not the squared error of the table: "
                       "it need not come near 0.")});
}

}  // namespace strata::pages
