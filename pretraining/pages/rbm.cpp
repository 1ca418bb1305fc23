// The page of `strata rbm` (rbm_run.hpp).

#include <algorithm>

#include "core/charts/html.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/pretrain_figures.hpp"
#include "pretraining/runs/rbm.hpp"

namespace strata {
namespace {

using namespace report;

bool has_pictures(const RbmRun& run) {
  return run.shown().image != ImageShape{};
}

std::string name_of(const RbmRun& run) {
  return run.dbn.rbms.size() == 1 ? "Restricted Boltzmann machine" : "Deep belief network";
}

std::string layer_name(const RbmRun& run, std::size_t k) {
  const Rbm& rbm = run.dbn.rbms[k];
  return text(run.dbn.rbms.size() > 1 ? text("RBM ", k + 1, ", ") : "", rbm.visible(), "–",
              rbm.hidden());
}

std::string opening(const RbmRun& run) {
  const RbmTraining& t = run.options.training;
  const std::string how = t.persistent ? text("persistent contrastive divergence, ",
                                              counted(t.steps, "Gibbs step"), " a batch")
                                       : text("contrastive divergence, CD-", t.steps);
  return text("<h1>", name_of(run), " on ", escape_html(run.data.train.name),
              "</h1>\n<p class=\"lead\">",
              run.dbn.rbms.size() == 1
                  ? "One layer of hidden units that models how the visible ones occur together."
                  : "RBMs on top of each other, each a model of the hidden units below it.",
              "</p>\n<p>", escape_html(layers_text(run.dbn.sizes())), ": ",
              report::capitalised(units_name(run.dbn.rbms.front().visible_units)),
              " visible units, ", report::capitalised(units_name(run.dbn.rbms.back().hidden_units)),
              " units on top. Trained on ", counted(run.data.train.size(), "example"), " by ", how,
              ", ", counted(t.epochs, "epoch"), " a layer in batches of ", t.batch_size, ", ",
              seconds_text(run.seconds), " seconds. Seed ", run.options.seed, ", numbers of type ",
              real_name, ".</p>\n");
}

// A layer's log-likelihood beside that of units without connections.
std::string likelihoods(const RbmRun& run) {
  const bool has_test = run.data.test.size() > 0;
  std::string rows;
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) {
    if (!run.likelihoods[k]) continue;
    const RbmLikelihood& l = *run.likelihoods[k];
    std::vector<std::string> cells = {fixed_number(l.train, 2)},
                             independent = {fixed_number(l.independent_train, 2)};
    if (has_test) cells.push_back(fixed_number(l.test, 2));
    if (has_test) independent.push_back(fixed_number(l.independent_test, 2));
    cells.push_back(l.exact ? "exact" : "± " + fixed_number(3 * l.log_Z.standard_error, 2));
    independent.push_back("exact");
    rows += table_row(layer_name(run, k), cells);
    rows += table_row("the same units, not connected", independent);
  }
  if (rows.empty()) return "";
  std::vector<std::string> columns = {"", "train"};
  if (has_test) columns.push_back("test");
  columns.push_back("log Z");
  return table(
      "Mean log-likelihood of what each RBM sees, in nats an example: the larger (nearer to 0), "
      "the better. "
      "The last column says how log Z is known: exactly, by a sum over all states of the smaller "
      "layer, or "
      "estimated by annealed importance sampling, with three standard errors. Values between 0 and "
      "1 were "
      "drawn as bits first. Units that are not connected know the mean of each column and nothing "
      "else: what "
      "an RBM has above them it knows of how columns go together.",
      columns, rows);
}

std::string curve(const std::string& title, const std::string& y_label,
                  const std::vector<Series>& lines, const std::string& caption) {
  return figure(
      line_chart(
          lines,
          {.title = title, .x_label = "epoch", .y_label = y_label, .width = 440, .height = 300}),
      caption);
}

std::string curves_of_layer(const RbmRun& run, std::size_t k) {
  const RbmCurves& c = run.curves[k];
  if (c.epoch.size() < 2) return "";
  std::vector<std::string> charts = {
      curve("Reconstruction error", "squared error per example",
            {{"training batches", c.epoch, c.reconstruction}},
            "What contrastive divergence is usually watched by. It is not "
            "what is maximised, and can fall while the model gets worse.")};
  if (!c.pseudo_likelihood.empty()) {
    charts.push_back(
        curve("Pseudo-likelihood", "nats an example",
              {{"training examples", c.epoch, c.pseudo_likelihood}},
              "The sum over the columns of log p(column | all others), estimated by one column "
              "of each example: nearer to what is wanted. It should rise."));
  }
  std::vector<Series> energies = {{"training examples", c.epoch, c.train_energy}};
  if (!c.test_energy.empty()) energies.push_back({"test examples", c.epoch, c.test_energy});
  charts.push_back(
      curve("Free energy", "mean F(v)", energies,
            "Both lines move together, because Z moves. A gap that opens between them is "
            "overfitting: the training examples get likelier than others."));
  return (run.dbn.rbms.size() > 1 ? text("<h3>", layer_name(run, k), "</h3>\n") : "") +
         beside(charts);
}

std::string training(const RbmRun& run) {
  std::string all;
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) all += curves_of_layer(run, k);
  return section("Training", all);
}

std::string filters(const RbmRun& run) {
  if (!has_pictures(run)) return "";
  const Tensor weights =
      without_still_pixels(transposed(run.dbn.rbms.front().W.value), run.data.train.X);
  const ImageShape image = run.shown().image;
  const std::size_t n = std::min(weights.rows(), tiles_that_fit(image, 100));
  return section(
      "What the hidden units look for",
      figure(tiles(slice_rows(weights, 0, n), image, 10, GridRange::symmetric,
                   "weights of the hidden units"),
             text("The weights of ", n < weights.rows() ? text(n, " of ") : "", weights.rows(),
                  " hidden units of the first layer, white positive, black negative. They serve "
                  "both ways: "
                  "what a unit looks for is what it paints.",
                  on_still_pixels)));
}

std::string samples(const RbmRun& run) {
  if (!has_pictures(run) || run.chains.empty()) return "";
  std::string strips;
  for (std::size_t c = 0; c < run.chains.size(); ++c) {
    strips += strip(text("chain ", c + 1), "", run.chains[c], run.shown().image,
                    text("samples of chain ", c + 1, ", the example that it began at first"));
  }
  return section(
      "What it dreams",
      "<div class=\"strips\">\n" + strips + "</div>\n" +
          text("<p>Each row is a Markov chain. It begins at the example on the left; from one "
               "picture to the "
               "next lie ",
               counted(run.options.steps_between, "step"), " of Gibbs sampling",
               run.dbn.rbms.size() > 1 ? " between the top two layers, and a way down" : "",
               ". Pictures show the means of the visible units. Look for rows that wander from one "
               "digit to "
               "another, and for rows that are stuck: there the chains mix badly, in training "
               "too.</p>\n"));
}

std::string reconstruction_section(const RbmRun& run, Workers* workers) {
  const Dataset& shown = run.shown();
  DenseAutoencoder deep = run.dbn.unroll();
  const bool has_test = run.data.test.size() > 0;
  const std::vector<Reconstruction> all = {
      {run.dbn.rbms.size() == 1 ? "RBM" : "DBN", "up and down once",
       has_test ? run.test_error : run.train_error, deep.reconstruct(shown.X, workers)}};
  return section("Originals and reconstructions",
                 reconstructions(shown, all, deep.code_size(), has_test ? "test" : "training"));
}

}  // namespace

std::string rbm_page(const RbmRun& run, Workers* workers) {
  std::string body = opening(run);
  body += section("How likely the data are", likelihoods(run));
  body += samples(run) + filters(run);
  body += reconstruction_section(run, workers);
  body += training(run);
  body += section(
      "Read on",
      text("<p>In the source tree: <code>docs/guide/rbm.md</code>. This page was made by Strata ",
           escape_html(run.version), " with</p>\n<pre>", escape_html(run.command_line),
           "</pre>\n"));
  return html_page("Strata: " + name_of(run) + ", " + run.data.train.name, body,
                   chart_css() + figures_css());
}

}  // namespace strata
