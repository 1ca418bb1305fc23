#include "pretraining/pages/classify.hpp"

#include <algorithm>
#include <cmath>

#include "core/charts/html.hpp"
#include "pretraining/pages/classify_figures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata {
namespace {

using report::counted, report::fixed_number, report::number, report::section, report::seconds_text,
    report::table, report::table_row;

std::string percent(double share) {
  return fixed_number(100 * share, 2) + " %";
}

// ---- the literature's figures, where the experiment is the same
struct Published {
  const char* source;
  const char* before;
  const char* after;
};

// The 60000 and 10000 pictures, and not another set of that shape: its first labels tell.
bool is_mnist(const TrainTest& data) {
  constexpr int first_labels[] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
  return data.train.size() == 60000 && data.test.size() == 10000 && data.train.features() == 784 &&
         std::equal(std::begin(first_labels), std::end(first_labels), data.train.labels.begin());
}

std::vector<Published> published_figures(const Classification& c) {
  const std::vector<std::size_t> layers = c.after.model.sizes();
  if (!is_mnist(c.data)) return {};
  if (c.options.way == "sparse" && layers == std::vector<std::size_t>{784, 200, 200, 10})
    return {
        {"UFLDL, exercise “Stacked autoencoders” (Ng et al.; ρ = 0.1, λ = 0.003, β = 3, L-BFGS)",
         "87.7 %", "97.6 %"}};
  if (c.options.way == "rbm" && layers == std::vector<std::size_t>{784, 500, 500, 2000, 10})
    return {{"Hinton and Salakhutdinov (2006), stacked RBMs and backpropagation", "–", "98.8 %"}};
  return {};
}

std::string kind_in_words(const Classification& c) {
  return c.options.way == "rbm" ? "a restricted Boltzmann machine"
                                : "a " + c.options.way + " autoencoder";
}

std::string opening(const Classification& c, const ClassificationPageFacts& facts) {
  const double gain = c.after.test_accuracy - c.random_start.test_accuracy;
  std::string out = text(
      "<h1>A softmax on a pretrained stack: ", escape_html(c.data.train.name),
      "</h1>\n<p class=\"lead\">Fine-tuned through every layer, the net is right about ",
      percent(c.after.test_accuracy), " of the test examples; with the layers fixed, about ",
      percent(c.before.test_accuracy), ". From random weights the same fine-tuning reached ",
      percent(c.random_start.test_accuracy), ", so pretraining ", gain >= 0 ? "bought " : "cost ",
      fixed_number(std::abs(100 * gain), 2), " points.</p>\n");
  out += text(
      "<p>The net is ", layers_text(c.after.model.sizes()), ". Each of its ",
      counted(c.stages.size(), "layer"), " was first trained alone as ", kind_in_words(c), " on ",
      c.data.train.size(), " examples without their labels. Then a softmax learnt the ", c.classes,
      " classes from the top layer's fixed codes, and then everything was trained together for ",
      counted(c.options.fine_tuning.epochs, "epoch"), ". Judged on ", c.data.test.size(),
      " test examples, which chose nothing: the last epoch is what is reported. Seed ",
      c.options.seed, ", numbers of type ", real_name, ", ", counted(facts.threads, "thread"),
      ".</p>\n");
  return out;
}

std::string row_of(const std::string& name, const TrainedClassifier& t, const Classification& c) {
  const std::size_t wrong =
      c.data.test.size() - std::size_t(std::lround(t.test_accuracy * double(c.data.test.size())));
  return table_row(name, {percent(t.train_accuracy), percent(t.test_accuracy), text(wrong),
                          text(t.training.history.epochs.size()), seconds_text(t.seconds)});
}

std::string table_of_classifiers(const Classification& c) {
  std::string out = table(
      text("Accuracy: the share of examples whose class is found. The random start had the same "
           "fine-tuning and nothing else, so that it took ",
           seconds_text(c.pretraining_seconds),
           " seconds of pretraining less. The softmax alone is trained by L-BFGS; its epochs are "
           "iterations. Seconds are of each stage alone."),
      {"", "train", "test", "wrong, test", "epochs", "seconds"},
      row_of("softmax on fixed features", c.before, c) + row_of("fine-tuned", c.after, c) +
          row_of("fine-tuned from random weights", c.random_start, c));
  std::string rows;
  for (const Published& one : published_figures(c))
    rows += table_row(one.source, {one.before, one.after});
  if (rows.empty()) return out;
  rows += table_row("this run", {percent(c.before.test_accuracy), percent(c.after.test_accuracy)});
  return out +
         table(
             "The same net on the same data in the literature, test accuracy. How it was trained "
             "differs: UFLDL by L-BFGS with its decay on every layer, here as the command line at "
             "the "
             "end and docs/guide/classify.md say.",
             {"", "before fine-tuning", "after"}, rows);
}

std::string table_of_stages(const Classification& c) {
  std::string rows;
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    rows += table_row(text("layer&nbsp;", k + 1),
                      {text(stage.autoencoder->features()), text(stage.autoencoder->code_size()),
                       text(stage.history.epochs.size()), number(stage.error),
                       seconds_text(stage.history.seconds)});
  }
  return table(
      "Pretraining. The error is the squared error per example of the layer's own input, so that "
      "rows cannot "
      "be compared.",
      {"", "inputs", "units", "epochs", "error", "seconds"}, rows);
}

std::string read_on(const ClassificationPageFacts& facts) {
  return section("Read on",
                 text("<p><code>docs/guide/classify.md</code> says how these figures are "
                      "made and how to read them. This page was made by Strata ",
                      escape_html(facts.version), " with</p>\n<pre>",
                      escape_html(facts.command_line), "</pre>\n"));
}

}  // namespace

std::string classification_page(const Classification& c, const ClassificationPageFacts& facts) {
  std::string body = opening(c, facts);
  body += section("Before and after", table_of_classifiers(c) + table_of_stages(c));
  body += section("With few labels", report::few_labels_figures(c));
  body += section("Training", report::classifier_curves(c));
  body += section("What is taken for what", report::confusions(c));
  body += section("What is still wrong", report::wrong_examples(c));
  body += section("What the first layer looks for", report::first_layer(c));
  body += read_on(facts);
  return html_page("Strata: a softmax on a pretrained stack, " + c.data.train.name, body,
                   chart_css() + report::figures_css() + report::classification_css());
}

}  // namespace strata
