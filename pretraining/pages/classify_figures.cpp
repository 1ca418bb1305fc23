#include "pretraining/pages/classify_figures.hpp"

#include <algorithm>

#include "core/charts/html.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

constexpr std::size_t most_classes = 20, most_wrong = 40;

struct MethodName {
  const char* name;
  const char* words;
};
constexpr MethodName method_names[] = {{"raw", "raw data"},
                                       {"pca", "PCA"},
                                       {"features", "pretrained features"},
                                       {"fine_tuned", "fine-tuned"},
                                       {"random_start", "random start"}};

std::string words_of(const std::string& method) {
  for (const MethodName& known : method_names) {
    if (method == known.name) return known.words;
  }
  return method;
}

std::string few_labels_chart(const Classification& c) {
  std::vector<Series> lines;
  for (std::size_t m = 0; m < few_label_methods().size(); ++m) {
    Series line{words_of(few_label_methods()[m])};
    for (const FewLabelsRow& row : c.few_labels) {
      line.x.push_back(double(row.labels));
      line.y.push_back(100 * row.scores[m].mean());
    }
    lines.push_back(line);
  }
  return line_chart(lines, {.title = "Test accuracy against the number of labels",
                            .x_label = "labelled examples",
                            .y_label = "test accuracy, %",
                            .log_x = true});
}

std::string few_labels_table(const Classification& c) {
  std::vector<std::string> columns = {"labels"};
  for (const std::string& method : few_label_methods()) columns.push_back(words_of(method));
  std::string rows;
  for (const FewLabelsRow& row : c.few_labels) {
    std::vector<std::string> cells;
    for (const FewLabelsScore& score : row.scores)
      cells.push_back(fixed_number(100 * score.mean(), 2) + " ± " +
                      fixed_number(100 * score.deviation(), 2));
    rows += table_row(text(row.labels), cells);
  }
  return table(text("Test accuracy in %, mean ± standard deviation over ",
                    counted(c.options.few_labels.draws, "draw"),
                    " of the labelled examples, the same draws for every column."),
               columns, rows);
}

Series accuracy_line(const std::string& name, const ClassifierHistory& training) {
  Series line{name};
  for (std::size_t i = 0; i < training.test_accuracy.size(); ++i) {
    line.x.push_back(double(i + 1));
    line.y.push_back(100 * training.test_accuracy[i]);
  }
  return line;
}

std::string chart(const std::string& title, const std::string& x, const std::string& y,
                  const std::vector<Series>& lines, bool log_y) {
  return line_chart(
      lines,
      {.title = title, .x_label = x, .y_label = y, .width = 440, .height = 300, .log_y = log_y});
}

std::string confusion_table(const Classification& c, const TrainedClassifier& trained,
                            const std::string& caption) {
  const auto counts = confusion_matrix(c.data.test.labels, trained.predicted, c.classes);
  std::vector<std::string> columns = {"class"};
  std::string rows;
  for (std::size_t label = 0; label < c.classes; ++label) {
    columns.push_back(text(label));
    std::size_t of_class = 0;
    for (const std::size_t count : counts[label]) of_class += count;
    rows += text("<tr><th scope=\"row\">", label, "</th>");
    for (std::size_t p = 0; p < c.classes; ++p) {
      // A tenth of a class taken for another is as dark as it gets.
      const double share = of_class == 0 ? 0 : double(counts[label][p]) / double(of_class);
      const double shade = label == p ? 0 : std::min(1.0, 10 * share);
      rows += text("<td class=\"number", label == p ? " right" : "",
                   "\" style=\"--shade: ", fixed_number(100 * shade, 0), "%\">", counts[label][p],
                   "</td>");
    }
    rows += "</tr>\n";
  }
  return table(caption, columns, rows, "confusion");
}

// Of the test examples.
std::vector<std::size_t> wrong_rows(const Classification& c, const TrainedClassifier& trained) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < trained.predicted.size(); ++i) {
    if (trained.predicted[i] != c.data.test.labels[i]) rows.push_back(i);
  }
  return rows;
}

std::string filters(const Classification& c, const Dense& layer, const std::string& name) {
  const Tensor weights = without_still_pixels(transposed(layer.W.value), c.data.train.X);
  const std::size_t shown = std::min(weights.rows(), tiles_that_fit(c.data.train.image, 100));
  return figure(tiles(slice_rows(weights, 0, shown), c.data.train.image, 10, GridRange::symmetric,
                      text(name, ": weights of ", shown, " units, one grey tile each")),
                text("<b>", name, "</b> (", shown, " of ", counted(weights.rows(), "unit"), ")."));
}

}  // namespace

std::string few_labels_figures(const Classification& c) {
  if (c.few_labels.empty()) return "";
  return figure(
             few_labels_chart(c),
             "Raw data, PCA and pretrained features get the same softmax regression, its decay "
             "chosen by "
             "cross-validation among the labelled examples. Fine-tuned: the pretrained net, "
             "trained on "
             "through every layer with those labels. Random start: the same net without "
             "pretraining. PCA "
             "and pretraining have seen all training examples, without labels. Look for the gap "
             "between "
             "fine-tuned and random start: it is what pretraining is worth. With many labels it is "
             "usually small.") +
         few_labels_table(c);
}

std::string classifier_curves(const Classification& c) {
  const History &softmax = c.before.training.history, &after = c.after.training.history,
                &random = c.random_start.training.history;
  const std::vector<Series> losses = {training_line("pretrained", after),
                                      training_line("random start", random)};
  const std::vector<Series> top = {training_line("softmax", softmax)};
  return beside(
             {figure(chart("Fine-tuning, loss on training examples", "epoch",
                           "cross-entropy + decay", losses, spans_a_wide_range(losses)),
                     text("Look at where the lines begin, and whether the random start catches up.",
                          c.options.dropout > 0
                              ? " Activations are left out (dropout) while this loss is "
                                "taken, so it is higher than that of the whole net."
                              : "")) +
              figure(chart("Fine-tuning, test examples", "epoch", "test accuracy, %",
                           {accuracy_line("pretrained", c.after.training),
                            accuracy_line("random start", c.random_start.training)},
                           false),
                     "After each epoch. The last one counts, whether it is the best or not.")}) +
         beside({figure(chart("The softmax alone, loss", "iteration", "cross-entropy + decay", top,
                              spans_a_wide_range(top)),
                        "A convex problem: the line can only fall, and where it is flat the "
                        "minimum is near."),
                 figure(chart("The softmax alone, test examples", "iteration", "test accuracy, %",
                              {accuracy_line("softmax", c.before.training)}, false),
                        "On codes that do not move.")});
}

std::string confusions(const Classification& c) {
  if (c.classes > most_classes) return "";
  return "<p>A row is the class of the test examples, a column the class that they were given. The "
         "diagonal "
         "is right; elsewhere a cell is the darker, the larger its share of the row.</p>\n" +
         beside({confusion_table(c, c.before, "Softmax on fixed features."),
                 confusion_table(c, c.after, "Fine-tuned.")});
}

std::string wrong_examples(const Classification& c) {
  const std::vector<std::size_t> wrong = wrong_rows(c, c.after);
  const std::size_t all = wrong.size();
  if (all == 0) return "<p>No test example.</p>\n";
  const Dataset& test = c.data.test;
  const std::size_t shown = std::min(all, most_wrong);
  std::string pictures, rows;
  for (std::size_t k = 0; k < shown; ++k) {
    const std::size_t i = wrong[k];
    const std::string words = text(test.labels[i], " → ", c.after.predicted[i]);
    rows += table_row(
        text(i), {text(test.labels[i]), text(c.after.predicted[i]), text(c.before.predicted[i])});
    if (test.image == ImageShape{}) continue;
    pictures +=
        "<figure>" +
        tiles(rows_at(test.X, {i}), test.image, 1, GridRange::unit, "test example, " + words) +
        "<figcaption>" + words + "</figcaption></figure>\n";
  }
  const std::string which =
      text(shown < all ? text("The first ", shown, " of ") : std::string(),
           counted(all, "test example"), " that the fine-tuned net has wrong");
  if (pictures.empty())
    return table(which + ".", {"test row", "class", "fine-tuned: taken for", "before"}, rows);
  return "<p>" + which + ": its label → what it was taken for.</p>\n<div class=\"wrong\">\n" +
         pictures + "</div>\n";
}

std::string first_layer(const Classification& c) {
  if (c.data.train.image == ImageShape{}) return "";
  return beside({filters(c, c.stages.front().dense()->encoder.front(), "After pretraining"),
                 filters(c, c.after.model.encoder.front(), "After fine-tuning")}) +
         text(
             "<p>The weights into each unit: white positive, black negative, each tile scaled by "
             "itself. "
             "Fine-tuning usually changes little that can be seen: most of the work was done "
             "before it saw a "
             "label.",
             on_still_pixels, "</p>\n");
}

std::string classification_css() {
  return R"css(
table.confusion { font-size: 0.8rem; }
table.confusion td { padding: 0.15rem 0.35rem; background: color-mix(in srgb, var(--series-8) var(--shade), transparent); }
table.confusion td.right { font-weight: 700; }
.wrong { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.wrong figure { margin: 0; text-align: center; }
.wrong img { width: 3.2rem; height: auto; }
)css";
}

}  // namespace strata::report
