#include "pretraining/pages/pretrain.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>

#include "core/charts/html.hpp"
#include "core/charts/svg.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata {
namespace {

using report::counted, report::number, report::plain_name, report::seconds_text, report::section,
    report::table, report::table_row;

std::string layer_sizes(const Comparison& c) {
  std::string out;
  for (std::size_t width : c.options.sizes) out += text(out.empty() ? "" : "-", width);
  return out;
}

// The method with the lowest test error, among all or among the autoencoders.
const MethodResult& best_method(const Comparison& c, bool with_pca = true) {
  const MethodResult* best = nullptr;
  for (const MethodResult& m : c.methods) {
    if ((m.name == "pca" || m.name == "logistic_pca") && !with_pca) continue;
    if (best == nullptr || m.test_error < best->test_error) best = &m;
  }
  check(best != nullptr, "report: the comparison has no methods");
  return *best;
}

// Test error over PCA's; "–" where PCA makes none.
std::string ratio_to_pca(const Comparison& c, double test_error) {
  const double of_pca = c.method("pca").test_error;
  return of_pca > 0 ? number(test_error / of_pca) : "–";
}

std::string outcome(const Comparison& c) {
  const double of_pca = c.method("pca").test_error;
  const MethodResult& best = best_method(c);
  if (best.name == "pca") {
    const MethodResult& second = best_method(c, false);
    return text("PCA has the lowest error on the test examples, ", number(of_pca),
                "; the best autoencoder (", plain_name(report::name_with_way(c, second)), ") has ",
                number(second.test_error), ", ", ratio_to_pca(c, second.test_error),
                " times as much.");
  }
  return text("The lowest error on the test examples is ", number(best.test_error), " (",
              plain_name(report::name_with_way(c, best)), "). PCA's is ", number(of_pca),
              ": the ratio is ", ratio_to_pca(c, best.test_error), ", or ",
              std::lround(100 * (1 - best.test_error / of_pca)), " % less.");
}

// ", as sparse autoencoders,", or " in 2 ways (as sparse autoencoders; as …)"; nothing for plain
// layers alone.
std::string how_pretrained(const ComparisonOptions& o) {
  if (o.ways == std::vector<std::string>{"plain"}) return "";
  std::string ways;
  for (const std::string& way : o.ways) {
    ways += text(ways.empty() ? "as " : "; as ", way_named(way).words);
    if (way == "denoising")
      ways += ", to restore its own input after " + corruption_text(o.layer.corruption);
  }
  return o.ways.size() == 1 ? ", " + ways + "," : text(" in ", o.ways.size(), " ways (", ways, ")");
}

std::string optimiser_in_words(const ComparisonOptions& o) {
  std::string out =
      text("batches of ", o.batch_size, ", optimiser ", optimizer_name(o.optimizer.kind));
  if (o.steps_a_batch > 1) out += text(" with ", o.steps_a_batch, " steps on each batch");
  if (o.optimizer.kind != OptimizerKind::lbfgs) return out;
  const FitOptions layer = layer_training(o);
  return out + text("; the layers were pretrained with ", optimizer_name(layer.optimizer.kind),
                    " in batches of ", layer.batch_size);
}

std::string opening(const Comparison& c, const ReportFacts& facts) {
  const ComparisonOptions& o = c.options;
  std::string out = text("<h1>Greedy pretraining next to PCA: ", escape_html(c.train.name),
                         "</h1>\n<p class=\"lead\">", outcome(c), "</p>\n");
  out += text("<p>In this run ", c.methods.size(), " methods learnt to describe each example of ",
              escape_html(c.train.name), ", ", counted(c.train.features(), "number"),
              ", by a code of ", counted(c.code_size(), "number"),
              ", and to get the example back from the code. They learnt from ", c.train.size(),
              " training examples and were judged on ", c.test.size(),
              " test examples. The deep autoencoder has the layers ", layer_sizes(c),
              " and their mirror image; each of its ", counted(c.stages.size(), "layer"),
              " was pretrained for ", counted(o.pretrain_epochs, "epoch"), how_pretrained(o),
              " and the whole fine-tuned for ", o.finetune_epochs, ". ",
              o.random_start ? "The networks that start at random"
                             : "The shallow autoencoder, from a random start,",
              " had as many epochs in all. Seed ", o.seed, ", numbers of type ", real_name, ", ",
              counted(facts.threads, "thread"), ", ", optimiser_in_words(o), ".</p>\n");
  return out;
}

std::string cell(const std::string& value) {
  return "<td class=\"number\">" + value + "</td>";
}

std::string table_of_methods(const Comparison& c) {
  const MethodResult& best = best_method(c);
  std::string rows;
  for (const MethodResult& m : c.methods) {
    rows +=
        text("<tr", &m == &best ? " class=\"best\">" : ">", "<th scope=\"row\">",
             plain_name(report::name_with_way(c, m)), "</th>", cell(number(m.train_error)),
             cell(number(m.test_error)), cell(ratio_to_pca(c, m.test_error)),
             cell(m.epochs == 0 ? "–" : text(m.epochs)), cell(seconds_text(m.seconds)),
             m.neighbour_accuracy ? cell(report::percent(*m.neighbour_accuracy)) : "", "</tr>\n");
  }
  const bool pixels = c.train.image != ImageShape{};
  std::vector<std::string> columns = {"method", "train error", "test error", "ratio to PCA, test",
                                      "epochs", "seconds"};
  if (!c.neighbour_rows.empty())
    columns.push_back(text("class by ", voting_neighbours, " neighbours, test"));
  return table(
      text("Error: squared error per example, the sum over ", pixels ? "pixels" : "features",
           " of (original − reconstruction)², averaged over the examples. The lowest test error is "
           "in bold. "
           "A ratio below 1 beats PCA. Look at the gap between train and test error too: it is "
           "overfitting. "
           "Pretraining alone may be worse than PCA, since each layer looked at its own input "
           "only; what "
           "counts is the error after fine-tuning. docs/guide/pretrain.md says when pretraining "
           "helps and "
           "when a random start does as well."),
      columns, rows);
}

std::string table_of_stages(const Comparison& c) {
  std::string rows;
  for (const std::string& way : c.options.ways) {
    const std::string before = c.options.ways.size() > 1 ? way + ", " : "";
    const std::vector<GreedyStage>& stages = c.stages_of(way);
    for (std::size_t k = 0; k < stages.size(); ++k) {
      const GreedyStage& stage = stages[k];
      rows += table_row(text(before, "layer&nbsp;", k + 1),
                        {text(stage.autoencoder->features()), text(stage.autoencoder->code_size()),
                         text(stage.trained_weights), number(stage.error)});
    }
  }
  return table(
      "The stages of pretraining. Each layer is one small autoencoder or RBM, trained alone on the "
      "codes of "
      "the layer below; its error is the squared error per example of its own input, so that the "
      "rows cannot "
      "be compared with each other.",
      {"stage", "inputs", "units", "weights trained", "error"}, rows);
}

std::string read_on(const ReportFacts& facts) {
  return section(
      "Read on",
      "<p>Pages of the source tree that explain what is shown here:</p>\n<ul>\n"
      "<li><code>docs/guide/pretrain.md</code>: layer by layer, then fine-tuning</li>\n"
      "<li><code>docs/guide/linear.md</code>: PCA, and the linear autoencoder that finds the same "
      "plane</li>\n"
      "<li><code>docs/guide/logistic-pca.md</code>: PCA for data in [0, 1], and why its codes are "
      "so "
      "good</li>\n"
      "<li><code>docs/guide/sparse-kl.md</code>: sparse layers, and the gradient of their "
      "penalty</li>\n"
      "<li><code>docs/guide/backprop-by-hand.md</code>: the gradient of such networks, written "
      "out</li>\n"
      "</ul>\n<p>This page was made by Strata " +
          escape_html(facts.version) + " with</p>\n<pre>" + escape_html(facts.command_line) +
          "</pre>\n");
}

std::string no_pictures(const Comparison& c) {
  return text(
      "<p>These data are no pictures: an example is ", counted(c.train.features(), "number"),
      " without a height and a width. So the page shows numbers instead of reconstructed pictures, "
      "and leaves out the pictures of filters.</p>\n");
}

std::string what_is_left_out(const Comparison& c) {
  std::string out;
  if (!c.no_logistic_pca.empty())
    out += "<p>Logistic PCA is left out: " + c.no_logistic_pca + ".</p>\n";
  if (!c.options.random_start)
    out += "<p>The deep autoencoder from a random start is left out (--no-random-start).</p>\n";
  return out;
}

}  // namespace

std::string report_html(Comparison& c, const ReportFacts& facts, Workers* workers) {
  const bool pictures = c.train.image != ImageShape{};
  std::string body = opening(c, facts);
  if (!pictures) body += no_pictures(c);
  body +=
      section("The methods side by side", table_of_methods(c) + report::what_pretraining_bought(c) +
                                              what_is_left_out(c) + report::literature(c));
  body += section("Originals and reconstructions",
                  report::three_methods(c) + report::reconstructions(c));
  body += section("Maps of the code", report::maps(c));
  body += section("Pretraining, layer by layer",
                  table_of_stages(c) + report::pretraining_curves(c) + report::first_layers(c));
  body += section("Training the whole networks", report::network_curves(c));
  body += section("What the units look for", report::filters(c, workers));
  body += read_on(facts);
  return html_page("Strata: greedy pretraining next to PCA, " + c.train.name, body,
                   chart_css() + report::figures_css());
}

}  // namespace strata
