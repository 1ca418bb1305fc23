#include "pretraining/pages/classify.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/charts/html.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

// ---- the literature's figures, where the experiment is the same
// The 60000 and 10000 pictures, and not another set of that shape: its first labels tell.
bool is_mnist(const TrainTest& data) {
  constexpr int first_labels[] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
  return data.train.size() == 60000 && data.test.size() == 10000 && data.train.features() == 784 &&
         std::equal(std::begin(first_labels), std::end(first_labels), data.train.labels.begin());
}

// Source, accuracy before fine-tuning and after it.
std::vector<Cells> published_figures(const ClassifyResults& c) {
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

std::string opening(const ClassifyResults& c, const RunFacts& facts) {
  const AccuracyGain g = c.gain();
  const std::string gain = say("{} ± {} points", fixed_number(std::abs(100 * g.gain), 2),
                               fixed_number(100 * g.standard_error, 2));
  const std::string bought =
      g.is_doubtful()
          ? say("a difference of {} that {} test examples cannot tell from chance", gain,
                c.data.test.size())
          : say("so here pretraining {} {} (± is of the choice of test examples; another seed may "
                "change more)",
                g.gain > 0 ? "bought" : "cost", gain);
  const std::string way = c.options.way == "rbm" ? "a restricted Boltzmann machine"
                                                 : "a " + c.options.way + " autoencoder";
  return say("<h1>A softmax on a pretrained stack: {}</h1>\n<p class=\"lead\">Fine-tuned through "
             "every layer, the net is right about {} of the test examples; with the layers fixed, "
             "about {}. From random weights the same fine-tuning reached {}, {}.</p>\n",
             escape_html(c.data.train.name), percent(c.after.test_accuracy, 2),
             percent(c.before.test_accuracy, 2), percent(c.random_start.test_accuracy, 2), bought) +
         say("<p>The net is {}. Each of its {} was first trained alone as {} on {} examples "
             "without their labels. Then a softmax learnt the {} classes from the top layer's "
             "fixed codes, and then everything was trained together for {}. Judged on {} test "
             "examples, which chose nothing: the last epoch is what is reported. Seed {}, numbers "
             "of type {}, {}.</p>\n",
             layers_text(c.after.model.sizes()), counted(c.stages.size(), "layer"), way,
             c.data.train.size(), c.classes, counted(c.options.fine_tuning.epochs, "epoch"),
             c.data.test.size(), c.options.seed, real_name, counted(facts.threads, "thread"));
}

std::string table_of_classifiers(const ClassifyResults& c) {
  const double test = double(c.data.test.size());
  const auto wrong_of = [&](double accuracy) { return text(std::lround(test * (1 - accuracy))); };
  const auto row = [&](const char* name, const TrainedClassifier& t) {
    return Cells{name,
                 percent(t.train_accuracy, 2),
                 percent(t.test_accuracy, 2),
                 wrong_of(t.test_accuracy),
                 text(t.training.history.epochs.size()),
                 seconds_text(t.seconds)};
  };
  const std::string out =
      notes(c.remarks()) +
      table(say("Accuracy: the share of examples whose class is found. The random start had the "
                "same fine-tuning and nothing else, so that it took {} seconds of pretraining "
                "less. The softmax alone is trained by L-BFGS; its epochs are iterations. Seconds "
                "are of each stage alone.",
                seconds_text(c.pretraining_seconds)),
            {"", "train", "test", "wrong, test", "epochs", "seconds"},
            {{say("always class {}, the most frequent", c.most_frequent.label),
              percent(c.most_frequent.train_accuracy, 2), percent(c.most_frequent.test_accuracy, 2),
              wrong_of(c.most_frequent.test_accuracy), "–", "–"},
             row("softmax on fixed features", c.before),
             row("fine-tuned", c.after),
             row("fine-tuned from random weights", c.random_start)});
  std::vector<Cells> rows = published_figures(c);
  if (rows.empty()) return out;
  rows.push_back(
      {"this run", percent(c.before.test_accuracy, 2), percent(c.after.test_accuracy, 2)});
  return out + table(
                   "The same net on the same data in the literature, test accuracy. How it was "
                   "trained differs: UFLDL by L-BFGS with its decay on every layer, here as the "
                   "command line at the end and docs/guide/classify.md say.",
                   {"", "before fine-tuning", "after"}, rows);
}

std::string table_of_stages(const ClassifyResults& c) {
  std::vector<Cells> rows;
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    rows.push_back({say("layer&nbsp;{}", k + 1), text(stage.autoencoder->features()),
                    text(stage.autoencoder->code_size()), text(stage.history.epochs.size()),
                    number(stage.error), seconds_text(stage.history.seconds)});
  }
  return table(
      "Pretraining. The error is the squared error per example of the layer's own input, so that "
      "rows cannot be compared.",
      {"", "inputs", "units", "epochs", "error", "seconds"}, rows);
}

constexpr std::size_t most_classes = 20, most_wrong = 40;

std::string words_of(const std::string& method) {
  static const std::map<std::string, std::string> words = {{"raw", "raw data"},
                                                           {"pca", "PCA"},
                                                           {"features", "pretrained features"},
                                                           {"fine_tuned", "fine-tuned"},
                                                           {"random_start", "random start"}};
  return words.at(method);
}

Series accuracy_line(const std::string& name, const ClassifierHistory& training) {
  std::vector<double> percents = training.test_accuracy;
  for (double& one : percents) one *= 100;
  return numbered(name, percents);
}

std::string confusion_table(const ClassifyResults& c, const TrainedClassifier& trained,
                            const std::string& caption) {
  const auto counts = confusion_matrix(c.data.test.labels, trained.predicted, c.classes);
  Cells columns = {"class"};
  std::string rows;
  for (std::size_t label = 0; label < c.classes; ++label) {
    columns.push_back(text(label));
    std::size_t of_class = 0;
    for (const std::size_t count : counts[label]) of_class += count;
    rows += say("<tr><th scope=\"row\">{}</th>", label);
    for (std::size_t p = 0; p < c.classes; ++p) {
      // A tenth of a class taken for another is as dark as it gets.
      const double share = of_class == 0 ? 0 : double(counts[label][p]) / double(of_class);
      const double shade = label == p ? 0 : std::min(1.0, 10 * share);
      rows += say("<td class=\"number{}\" style=\"--shade: {}%\">{}</td>",
                  label == p ? " right" : "", fixed_number(100 * shade, 0), counts[label][p]);
    }
    rows += "</tr>\n";
  }
  return say(
      "<div class=\"table\"><table class=\"confusion\">\n<caption>{}</caption>\n{}<tbody>\n"
      "{}</tbody>\n</table></div>\n",
      caption, table_head(columns), rows);
}

// ---- the figures

// "What pretraining is worth, fine-tuned less random start: 3.10 ± 0.52 points with 20 labels, …"
std::string gap_by_labels(const ClassifyResults& c) {
  const std::vector<std::string>& methods = few_label_methods();
  const auto place = [&](const char* name) {
    return std::size_t(std::find(methods.begin(), methods.end(), name) - methods.begin());
  };
  const auto gap = [&](const FewLabelsRow& row) {
    FewLabelsScore differences;
    const FewLabelsScore &with = row.scores[place("fine_tuned")],
                         &without = row.scores[place("random_start")];
    for (std::size_t draw = 0; draw < with.accuracies.size(); ++draw)
      differences.accuracies.push_back(with.accuracies[draw] - without.accuracies[draw]);
    return say("{}{} ± {} points with {} labels", differences.mean() < 0 ? "−" : "",
               fixed_number(std::abs(100 * differences.mean()), 2),
               fixed_number(100 * differences.deviation(), 2), row.labels);
  };
  const std::vector<FewLabelsRow>& rows = c.few_labels.rows;
  const std::string out = "Fine-tuned less random start is what pretraining is worth: ";
  if (rows.size() == 1) return out + gap(rows.front()) + ".";
  return out + gap(rows.front()) + ", " + gap(rows.back()) +
         " (mean ± deviation of the draws' differences).";
}

// Test accuracy against the number of labels, as a chart with a logarithmic axis and as a table.
std::string few_labels_figures(const ClassifyResults& c) {
  if (c.few_labels.rows.empty()) return "";
  const std::vector<std::string>& methods = few_label_methods();
  std::vector<Series> lines;
  Cells columns = {"labels"};
  for (const std::string& method : methods) {
    lines.push_back({words_of(method)});
    columns.push_back(words_of(method));
  }
  std::vector<Cells> rows;
  for (const FewLabelsRow& row : c.few_labels.rows) {
    rows.push_back({text(row.labels)});
    for (std::size_t m = 0; m < methods.size(); ++m) {
      const double mean = 100 * row.scores[m].mean(), deviation = 100 * row.scores[m].deviation();
      lines[m].x.push_back(double(row.labels));
      lines[m].y.push_back(mean);
      rows.back().push_back(fixed_number(mean, 2) + " ± " + fixed_number(deviation, 2));
    }
  }
  LineChartOptions options{"Test accuracy against the number of labels", "labelled examples",
                           "test accuracy, %"};
  options.log_x = true;
  return figure_of_chart(
             lines, options,
             "Raw data, PCA and pretrained features get the same softmax regression, its decay "
             "chosen by cross-validation among the labelled examples. Fine-tuned: the pretrained "
             "net, trained on through every layer with those labels. Random start: the same net "
             "without pretraining. PCA and pretraining have seen all training examples, without "
             "labels. " +
                 gap_by_labels(c)) +
         table(say("Test accuracy in %, mean ± standard deviation over {} of the labelled "
                   "examples, the same draws for every column.",
                   counted(c.options.few_labels.draws, "draw")),
               columns, rows);
}

std::string classifier_curves(const ClassifyResults& c) {
  const ClassifierHistory &softmax = c.before.training, &after = c.after.training,
                          &random = c.random_start.training;
  const auto loss = [](const std::string& title, const std::string& x) {
    return LineChartOptions{title, x, "cross-entropy + decay", 440, 300, YAxis::suited};
  };
  const auto accuracy = [](const std::string& title, const std::string& x) {
    return LineChartOptions{title, x, "test accuracy, %", 440, 300};
  };
  const std::string dropped = c.options.dropout > 0
                                  ? " Activations are left out (dropout) while this loss is taken, "
                                    "so it is higher than that of the whole net."
                                  : "";
  return beside({figure_of_chart(
                     {training_line("pretrained", after.history),
                      training_line("random start", random.history)},
                     loss("Fine-tuning, loss on training examples", "epoch"),
                     "Look at where the lines begin, and how far they come together." + dropped) +
                 figure_of_chart(
                     {accuracy_line("pretrained", after), accuracy_line("random start", random)},
                     accuracy("Fine-tuning, test examples", "epoch"),
                     "After each epoch. The last one counts, whether it is the best or not.")}) +
         beside({figure_of_chart({training_line("softmax", softmax.history)},
                                 loss("The softmax alone, loss", "iteration"),
                                 "A convex problem: the line can only fall, and where it is flat "
                                 "the minimum is near."),
                 figure_of_chart({accuracy_line("softmax", softmax)},
                                 accuracy("The softmax alone, test examples", "iteration"),
                                 "On codes that do not move.")});
}

// Before and after; none for more classes than a page is wide.
std::string confusions(const ClassifyResults& c) {
  if (c.classes > most_classes) return "";
  return "<p>A row is the class of the test examples, a column the class that they were given. The "
         "diagonal is right; elsewhere a cell is the darker, the larger its share of the "
         "row.</p>\n" +
         beside({confusion_table(c, c.before, "Softmax on fixed features."),
                 confusion_table(c, c.after, "Fine-tuned.")});
}

// Test examples that the fine-tuned net has wrong, label → prediction: pictures, or a table.
std::string wrong_examples(const ClassifyResults& c) {
  const Dataset& test = c.data.test;
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < c.after.predicted.size(); ++i) {
    if (c.after.predicted[i] != test.labels[i]) wrong.push_back(i);
  }
  const std::size_t all = wrong.size();
  if (all == 0) return "<p>No test example.</p>\n";
  if (all > most_wrong) wrong.resize(most_wrong);
  std::string pictures;
  std::vector<Cells> rows;
  for (const std::size_t i : wrong) {
    const std::string words = text(test.labels[i], " → ", c.after.predicted[i]);
    rows.push_back(
        {text(i), text(test.labels[i]), text(c.after.predicted[i]), text(c.before.predicted[i])});
    if (!test.has_pictures()) continue;
    pictures +=
        say("<figure>{}<figcaption>{}</figcaption></figure>\n",
            tiles(rows_at(test.X, {i}), test.image, 1, GridRange::unit, "test example, " + words),
            words);
  }
  const std::string which = say("{}{} that the fine-tuned net has wrong",
                                all > most_wrong ? text("The first ", most_wrong, " of ") : "",
                                counted(all, "test example"));
  if (pictures.empty())
    return table(which + ".", {"test row", "class", "fine-tuned: taken for", "before"}, rows);
  return say("<p>{}: its label → what it was taken for.</p>\n<div class=\"wrong\">\n{}</div>\n",
             which, pictures);
}

std::string first_layer(const ClassifyResults& c) {
  const Dataset& train = c.data.train;
  if (!train.has_pictures()) return "";
  const auto filters = [&](const Tensor& W, const char* name) {
    const Tensor units = units_of(W, train.X);
    const Tensor some = rows_that_fit(units, train.image, 100);
    return figure(tiles(some, train.image, 10, GridRange::symmetric,
                        say("{}: weights of {} units, one grey tile each", name, some.rows())),
                  say("<b>{}</b> ({} of {}).", name, some.rows(), counted(units.rows(), "unit")));
  };
  const Tensor& before = c.stages.front().dense()->encoder.front().W.value;
  Tensor change = c.after.model.encoder.front().W.value;
  for (std::size_t i = 0; i < change.size(); ++i) change[i] -= before[i];
  const double share = std::sqrt(squared_distance(c.after.model.encoder.front().W.value, before) /
                                 squared_distance(before, Tensor(before.shape)));
  return beside({filters(before, "After pretraining"),
                 filters(change, "What fine-tuning added to them")}) +
         say("<p>The weights into each unit: white positive, black negative, each tile scaled by "
             "itself. What fine-tuning added is {} of them by norm.{}</p>\n",
             percent(share), on_still_pixels);
}

const char* const classify_css = R"css(
table.confusion { font-size: 0.8rem; }
table.confusion td { padding: 0.15rem 0.35rem;
  background: color-mix(in srgb, var(--series-8) var(--shade), transparent); }
table.confusion td.right { font-weight: 700; }
.wrong { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.wrong figure { margin: 0; text-align: center; }
.wrong img { width: 3.2rem; height: auto; }
)css";

}  // namespace

std::string classify_page(const ClassifyResults& c, const RunFacts& facts) {
  std::string body = opening(c, facts);
  body += section("Before and after", table_of_classifiers(c) + table_of_stages(c));
  body += section("With few labels", few_labels_figures(c));
  body += section("Training", classifier_curves(c));
  body += section("What is taken for what", confusions(c));
  body += section("What is still wrong", wrong_examples(c));
  body += section("What the first layer looks for", first_layer(c));
  return page("a softmax on a pretrained stack, " + c.data.train.name, body,
              "<p><code>docs/guide/classify.md</code> says how these figures are made and how to "
              "read them. ",
              facts, classify_css);
}

}  // namespace strata::pages
