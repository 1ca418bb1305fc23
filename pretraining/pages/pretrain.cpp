#include "pretraining/pages/pretrain.hpp"

#include <algorithm>
#include <cmath>

#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

// The place of the method with the lowest test error, among all or among the autoencoders.
std::size_t best_method(const PretrainResults& c, bool with_pca = true) {
  std::size_t best = c.methods.size();
  for (std::size_t i = 0; i < c.methods.size(); ++i) {
    const MethodResult& m = c.methods[i];
    if ((m.name == "pca" || m.name == "logistic_pca") && !with_pca) continue;
    if (best == c.methods.size() || m.test_error < c.methods[best].test_error) best = i;
  }
  check(best < c.methods.size(), "pretrain page: there are no methods");
  return best;
}

// Test error over PCA's; "–" where PCA makes none.
std::string ratio_to_pca(const PretrainResults& c, double test_error) {
  const double of_pca = c.method("pca").test_error;
  return of_pca > 0 ? number(test_error / of_pca) : "–";
}

std::string outcome(const PretrainResults& c) {
  if (c.of_means.train == 0)
    return "The training examples are all the same: there is nothing to compare.";
  const double of_pca = c.method("pca").test_error;
  const MethodResult& best = c.methods[best_method(c)];
  if (best.name == "pca") {
    const MethodResult& second = c.methods[best_method(c, false)];
    return say(
        "PCA has the lowest error on the test examples, {}; the best autoencoder ({}) has {}, {} "
        "times as much.",
        number(of_pca), names_of(c, second).plain, number(second.test_error),
        ratio_to_pca(c, second.test_error));
  }
  return say(
      "The lowest error on the test examples is {} ({}). PCA's is {}: the ratio is {}, or {} % "
      "less.",
      number(best.test_error), names_of(c, best).plain, number(of_pca),
      ratio_to_pca(c, best.test_error), std::lround(100 * (1 - best.test_error / of_pca)));
}

// ", as sparse autoencoders,", or " in 2 ways (as sparse autoencoders; as …)"; nothing for plain
// layers alone.
std::string how_pretrained(const PretrainOptions& o) {
  if (o.ways == std::vector<std::string>{"plain"}) return "";
  std::string ways;
  for (const std::string& way : o.ways) {
    ways += text(ways.empty() ? "as " : "; as ", way_named(way).words);
    if (way == "denoising")
      ways += ", to restore its own input after " + corruption_text(o.layer.corruption);
  }
  return o.ways.size() == 1 ? ", " + ways + "," : say(" in {} ways ({})", o.ways.size(), ways);
}

std::string optimiser_in_words(const PretrainOptions& o) {
  std::string out = say("batches of {}, optimiser {}", o.fine_tuning.batch_size,
                        optimizer_kinds.name(o.fine_tuning.optimizer.kind));
  if (o.fine_tuning.steps_a_batch > 1)
    out += say(" with {} steps on each batch", o.fine_tuning.steps_a_batch);
  if (o.fine_tuning.optimizer.kind != OptimizerKind::lbfgs) return out;
  const FitOptions layer = layer_fit_options(o);
  return out + say("; the layers were pretrained with {} in batches of {}",
                   optimizer_kinds.name(layer.optimizer.kind), layer.batch_size);
}

std::string opening(const PretrainResults& c, const RunFacts& facts) {
  const PretrainOptions& o = c.options;
  const std::string data = escape_html(c.train.name);
  return say("<h1>Greedy pretraining next to PCA: {}</h1>\n<p class=\"lead\">{}</p>\n", data,
             outcome(c)) +
         say("<p>In this run {} methods learnt to describe each example of {}, {}, by a code of "
             "{}, and to get the example back from the code. They learnt from {} training examples "
             "and were judged on {} test examples. ",
             c.methods.size(), data, counted(c.train.features(), "number"),
             counted(c.code_size(), "number"), c.train.size(), c.test.size()) +
         say("The deep autoencoder has the layers {} and their mirror image; each of its {} was "
             "pretrained for {}{} and the whole fine-tuned for {}. {} had as many epochs in all. "
             "Seed {}, numbers of type {}, {}, {}.</p>\n",
             layers_text(o.sizes), counted(o.stack().layers, "layer"),
             counted(o.pretrain_epochs, "epoch"), how_pretrained(o), o.fine_tuning.epochs,
             o.random_start ? "The networks that start at random"
                            : "The shallow autoencoder, from a random start,",
             o.seed, real_name, counted(facts.threads, "thread"), optimiser_in_words(o));
}

std::string table_of_methods(const PretrainResults& c) {
  Cells columns = {
      "method", "train error", "test error", "variance explained", "ratio to PCA, test",
      "epochs", "seconds"};
  if (!c.neighbour_rows.empty())
    columns.push_back(say("class by {} neighbours, test", voting_neighbours));
  std::vector<Cells> rows;
  for (const MethodResult& m : c.methods) {
    rows.push_back({names_of(c, m).plain, number(m.train_error), number(m.test_error),
                    percent(c.explained(m)), ratio_to_pca(c, m.test_error),
                    m.epochs == 0 ? "–" : text(m.epochs), seconds_text(m.seconds)});
    if (m.neighbour_accuracy) rows.back().push_back(percent(*m.neighbour_accuracy));
  }
  const std::string caption = say(
      "Error: squared error per example, the sum over {} of (original − reconstruction)², "
      "averaged over the examples. The lowest test error is in bold. Variance explained: 1 − "
      "error / variance of the test examples, R². Answering with the columns' means has an error "
      "of {}. A ratio below 1 beats PCA. Look at the gap between train and test error too: it is "
      "overfitting. Pretraining "
      "alone may be worse than PCA, since each layer looked at its own input only; what counts "
      "is the error after fine-tuning. docs/guide/pretrain.md says when pretraining helps and "
      "when a random start does as well.",
      c.train.has_pictures() ? "pixels" : "features", number(c.of_means.test));
  return notes(c.remarks()) + table(caption, columns, rows, "", best_method(c));
}

std::string table_of_stages(const PretrainResults& c) {
  std::vector<Cells> rows;
  for (const std::string& way : c.options.ways) {
    const std::string before = c.options.ways.size() > 1 ? way + ", " : "";
    const std::vector<GreedyStage>& stages = c.stages_of(way);
    for (std::size_t k = 0; k < stages.size(); ++k) {
      const GreedyStage& stage = stages[k];
      rows.push_back({say("{}layer&nbsp;{}", before, k + 1), text(stage.autoencoder->features()),
                      text(stage.autoencoder->code_size()), text(stage.trained_weights),
                      number(stage.error)});
    }
  }
  return table(
      "The stages of pretraining. Each layer is one small autoencoder or RBM, trained alone on the "
      "codes of the layer below; its error is the squared error per example of its own input, so "
      "that the rows cannot be compared with each other.",
      {"stage", "inputs", "units", "weights trained", "error"}, rows);
}

const char* const read_on =
    "<p>Pages of the source tree that explain what is shown here:</p>\n<ul>\n"
    "<li><code>docs/guide/pretrain.md</code>: layer by layer, then fine-tuning</li>\n"
    "<li><code>docs/guide/linear.md</code>: PCA, and the linear autoencoder that finds the same "
    "plane</li>\n"
    "<li><code>docs/guide/logistic-pca.md</code>: PCA for data in [0, 1], and why its codes are so "
    "good</li>\n"
    "<li><code>docs/guide/sparse-kl.md</code>: sparse layers, and the gradient of their "
    "penalty</li>\n"
    "<li><code>docs/guide/backprop-by-hand.md</code>: the gradient of such networks, written "
    "out</li>\n"
    "</ul>\n<p>";

std::string no_pictures(const PretrainResults& c) {
  return say(
      "<p>These data are not pictures: an example is {} without a height and a width. So the page "
      "shows numbers instead of reconstructed pictures, and leaves out the pictures of "
      "filters.</p>\n",
      counted(c.train.features(), "number"));
}

std::string what_is_left_out(const PretrainResults& c) {
  std::string out;
  if (!c.no_logistic_pca.empty())
    out += say("<p>Logistic PCA is left out: {}.</p>\n", c.no_logistic_pca);
  if (!c.options.random_start)
    out += "<p>The deep autoencoder from a random start is left out (--no-random-start).</p>\n";
  return out;
}

std::string reconstructions_by_all(const PretrainResults& c) {
  std::vector<Reconstruction> all;
  for (const MethodResult& m : c.methods) {
    const MethodNames names = names_of(c, m);
    all.push_back({names.in_legend, names.plain, m.test_error, m.test_reconstructions});
  }
  return reconstructions(c.test, all, c.code_size());
}

}  // namespace

std::string pretrain_page(PretrainResults& c, const RunFacts& facts, Workers* workers) {
  std::string body = opening(c, facts);
  if (!c.train.has_pictures()) body += no_pictures(c);
  body += section("The methods side by side", table_of_methods(c) + what_pretraining_bought(c) +
                                                  what_is_left_out(c) + literature(c));
  body += section("Originals and reconstructions", reconstructions_by_all(c));
  body += section("Maps of the code", maps(c));
  body += section("Pretraining, layer by layer",
                  table_of_stages(c) + pretraining_curves(c) + first_layers(c));
  body += section("Training the whole networks", network_curves(c));
  body += section("What the units look for", filters(c, workers));
  return page("greedy pretraining next to PCA, " + c.train.name, body, read_on, facts);
}

}  // namespace strata::pages
