#include "pretraining/pages/rbm.hpp"

#include <algorithm>

#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

bool is_single(const RbmResults& run) {
  return run.dbn.rbms.size() == 1;
}

std::string name_of(const RbmResults& run) {
  return is_single(run) ? "Restricted Boltzmann machine" : "Deep belief network";
}

std::string layer_name(const RbmResults& run, std::size_t k) {
  const Rbm& rbm = run.dbn.rbms[k];
  return say("{}{}–{}", is_single(run) ? "" : text("RBM ", k + 1, ", "), rbm.visible(),
             rbm.hidden());
}

std::string opening(const RbmResults& run) {
  const RbmTraining& t = run.options.training;
  return say(
      "<h1>{} on {}</h1>\n<p class=\"lead\">{}</p>\n<p>{}: {} visible units, {} units on top. "
      "Trained on {} by {}, {} a layer in batches of {}, {} seconds. Seed {}, numbers of type "
      "{}.</p>\n",
      name_of(run), escape_html(run.data.train.name),
      is_single(run) ? "One layer of hidden units that models how the visible ones occur together."
                     : "RBMs on top of each other, each a model of the hidden units below it.",
      escape_html(layers_text(run.dbn.sizes())),
      capitalised(unit_kinds.name(run.dbn.rbms.front().visible_units)),
      capitalised(unit_kinds.name(run.dbn.rbms.back().hidden_units)),
      counted(run.data.train.size(), "example"),
      t.persistent
          ? say("persistent contrastive divergence, {} a batch", counted(t.steps, "Gibbs step"))
          : say("contrastive divergence, CD-{}", t.steps),
      counted(t.epochs, "epoch"), t.batch_size, seconds_text(run.seconds), run.options.seed,
      real_name);
}

// A layer's log-likelihood beside that of units without connections.
std::string likelihoods(const RbmResults& run) {
  const bool has_test = run.data.test.size() > 0;
  const auto row = [&](const std::string& name, double train, double test,
                       const std::string& log_Z) {
    Cells cells = {name, fixed_number(train, 2)};
    if (has_test) cells.push_back(fixed_number(test, 2));
    cells.push_back(log_Z);
    return cells;
  };
  std::vector<Cells> rows;
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) {
    if (!run.likelihoods[k]) continue;
    const RbmLikelihood& l = *run.likelihoods[k];
    rows.push_back(row(layer_name(run, k), l.train, l.test,
                       l.exact ? "exact" : "± " + fixed_number(3 * l.log_Z.standard_error, 2)));
    rows.push_back(
        row("the same units, not connected", l.independent_train, l.independent_test, "exact"));
  }
  if (rows.empty()) return "";
  const bool has_bits = std::any_of(run.dbn.rbms.begin(), run.dbn.rbms.end(), [](const Rbm& rbm) {
    return rbm.visible_units == Units::bernoulli;
  });
  const std::string caption = say(
      "Mean log-likelihood of what each RBM sees, in nats an example: the larger (nearer to 0), "
      "the better. The last column says how log Z is known: exactly, by a sum over all states "
      "of the smaller layer, or estimated by annealed importance sampling, with three standard "
      "errors.{} Units that are not connected know the mean of each column and nothing else: "
      "what an RBM has above them it knows of how columns go together.",
      has_bits ? " Of Bernoulli units, values between 0 and 1 were drawn as bits first." : "");
  return notes(run.remarks()) +
         table(caption,
               has_test ? Cells{"", "train", "test", "log Z"} : Cells{"", "train", "log Z"}, rows);
}

std::string curves_of_layer(const RbmResults& run, std::size_t k) {
  const RbmCurves& c = run.curves[k];
  if (c.epoch.size() < 2) return "";
  const auto curve = [](const std::string& title, const std::string& y_label,
                        const std::vector<Series>& lines, const std::string& caption) {
    return figure_of_chart(lines, {title, "epoch", y_label, 440, 300}, caption);
  };
  std::vector<std::string> charts = {
      curve("Reconstruction error", "squared error per example",
            {{"training batches", c.epoch, c.reconstruction}},
            "What contrastive divergence is usually watched by. It is not what is maximised, and "
            "can fall while the model gets worse.")};
  if (!c.pseudo_likelihood.empty()) {
    charts.push_back(
        curve("Pseudo-likelihood", "nats an example",
              {{"training examples", c.epoch, c.pseudo_likelihood}},
              "The sum over the columns of log p(column | all others), estimated by one column of "
              "each example: nearer to what is wanted. It should rise."));
  }
  std::vector<Series> energies = {{"training examples", c.epoch, c.train_energy}};
  if (!c.test_energy.empty()) energies.push_back({"test examples", c.epoch, c.test_energy});
  charts.push_back(curve("Free energy", "mean F(v)", energies,
                         "Both lines move together, because Z moves. A gap that opens between them "
                         "is overfitting: the training examples get likelier than others."));
  const std::string heading = is_single(run) ? "" : say("<h3>{}</h3>\n", layer_name(run, k));
  return heading + beside(charts);
}

std::string filters(const RbmResults& run) {
  const ImageShape image = run.shown().image;
  const Tensor units = units_of(run.dbn.rbms.front().W.value, run.data.train.X);
  const Tensor some = rows_that_fit(units, image, 100);
  return section(
      "What the hidden units look for",
      figure(tiles(some, image, 10, GridRange::symmetric, "weights of the hidden units"),
             say("The weights of {}{} hidden units of the first layer, white positive, black "
                 "negative. They serve both ways: what a unit looks for is what it paints.{}",
                 some.rows() < units.rows() ? text(some.rows(), " of ") : "", units.rows(),
                 on_still_pixels)));
}

std::string samples(const RbmResults& run) {
  if (run.chains.empty()) return "";
  std::vector<Strip> rows;
  for (std::size_t c = 0; c < run.chains.size(); ++c)
    rows.push_back({say("chain {}", c + 1), "", run.chains[c],
                    say("samples of chain {}, the example that it began at first", c + 1)});
  return section(
      "What it dreams",
      strips(rows, run.shown().image) +
          say("\n<p>Each row is a Markov chain. It begins at the example on the left; from one "
              "picture to the next lie {} of Gibbs sampling{}. Pictures show the means of the "
              "visible units. Look for rows that wander from one picture to another, and for rows "
              "that are stuck: there the chains mix badly, in training too.</p>\n",
              counted(run.options.steps_between, "step"),
              is_single(run) ? "" : " between the top two layers, and a way down"));
}

std::string reconstruction_section(const RbmResults& run, Workers* workers) {
  const Dataset& shown = run.shown();
  DenseAutoencoder deep = run.dbn.unroll();
  const bool has_test = run.data.test.size() > 0;
  const Reconstruction by_run = {is_single(run) ? "RBM" : "DBN", "up and down once",
                                 has_test ? run.test_error : run.train_error,
                                 deep.reconstruct(shown.X, workers)};
  const std::optional<double> test = has_test ? std::optional(run.test_error) : std::nullopt;
  return section(
      "Originals and reconstructions",
      reconstructions(shown, {by_run}, deep.code_size(), has_test ? "test" : "training") +
          say("<p>Answering every example with the means of the columns has an error of {}. What "
              "goes up and comes down explains {} of the variance.</p>\n",
              number(has_test ? run.of_means.test : run.of_means.train),
              percent(run.of_means.explained(run.train_error, test))));
}

}  // namespace

std::string rbm_page(const RbmResults& run, const RunFacts& facts, Workers* workers) {
  std::string body = opening(run) + section("How likely the data are", likelihoods(run));
  if (run.shown().has_pictures()) body += samples(run) + filters(run);
  body += reconstruction_section(run, workers);
  std::string curves;
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) curves += curves_of_layer(run, k);
  body += section("Training", curves);
  return page(name_of(run) + ", " + run.data.train.name, body,
              "<p>In the source tree: <code>docs/guide/rbm.md</code>. ", facts);
}

}  // namespace strata::pages
