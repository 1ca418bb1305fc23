#include "pretraining/pages/train.hpp"

#include <algorithm>
#include <optional>

#include "autoencoders/denoising.hpp"
#include "core/charts/html.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

const char* const narrow = "narrow";  // tables of a few numbers, by the style below

std::string sentence(const std::string& words) {
  return capitalised(words) + ".";
}

// As it stands in a heading: what is an abbreviation stays one.
std::string kind_in_title(const std::string& kind) {
  return kind == "lstm" ? "LSTM" : capitalised(kind);
}

std::string how_it_was_trained(const TrainRun& run) {
  const std::size_t epochs = run.history.epochs.size(), examples = run.data.train.size();
  if (epochs == 0) return " It was not trained (0 epochs): everything here is of the random start.";
  std::string out = text(" Trained on ", counted(examples, "example"), " for ",
                         counted(epochs, "epoch"), " of ", optimizer_name(run.fit.optimizer.kind),
                         " in batches of ", std::min(run.fit.batch_size, examples), ", ",
                         seconds_text(run.history.seconds), " seconds.");
  if (run.history.stopped_early) {
    out += text(" It was stopped early; the parameters are those of epoch ", run.history.best_epoch,
                ".");
  }
  return out;
}

std::string opening(const TrainRun& run) {
  const Dataset& train = run.data.train;
  return text("<h1>", escape_html(kind_in_title(run.kind)), " autoencoder on ",
              escape_html(train.name), "</h1>\n<p class=\"lead\">",
              escape_html(sentence(run.point)), "</p>\n<p>", escape_html(run.model->architecture()),
              " and back: each example, ", counted(train.features(), "number"),
              ", goes through a code of ", counted(run.model->code_size(), "number"), ". ",
              counted(count_of(run.model->parameters()), "weight"), ".", how_it_was_trained(run),
              " Seed ", run.seed, ", numbers of type ", real_name, ".</p>\n");
}

// PCA with as many numbers.
struct Yardstick {
  std::size_t code_size = 0;
  double train_error = 0, shown_error = 0;
  Tensor reconstructions;  // of the rows that are shown
};

// None where the code is as wide as the data, which PCA then copies, or where a single example has
// no variance.
std::optional<Yardstick> yardstick(const TrainRun& run) {
  const Dataset &train = run.data.train, &shown = run.shown();
  if (train.size() < 2 || run.model->code_size() >= train.features()) return std::nullopt;
  const Pca pca = fit_pca(train.X, std::min(run.model->code_size(), train.size() - 1), run.workers);
  Yardstick result{.code_size = pca.code_size(), .reconstructions = pca.reconstruct(shown.X)};
  result.shown_error = squared_error_per_example(shown.X, result.reconstructions);
  result.train_error = run.has_test() ? squared_error_per_example(train.X, pca.reconstruct(train.X))
                                      : result.shown_error;
  return result;
}

std::string table_of_errors(const TrainRun& run, const std::optional<Yardstick>& pca) {
  const bool has_test = run.has_test();
  const auto cells = [&](double train, double test) {
    std::vector<std::string> both = {number(train)};
    if (has_test) both.push_back(number(test));
    return both;
  };
  std::string caption =
      "Squared error per example: the sum over features of (original − reconstruction)², averaged "
      "over the "
      "examples. ";
  std::string rows = table_row("this model", cells(run.train_error, run.test_error));
  if (pca) {
    rows += table_row(text("PCA with ", counted(pca->code_size, "number")),
                      cells(pca->train_error, pca->shown_error));
    caption += "PCA is the yardstick: the best that straight lines can do with as many numbers.";
  } else if (run.model->code_size() >= run.data.train.features()) {
    caption +=
        "The code is as wide as the data or wider: PCA with as many numbers would copy them "
        "without error, "
        "so there is nothing to compare with. What counts here is the code.";
  }
  if (has_test) caption += " A test error far above the train error is overfitting.";
  std::vector<std::string> columns = {"", "train"};
  if (has_test) columns.push_back("test");
  return table(caption, columns, rows, narrow);
}

std::string table_of_code(const TrainRun& run) {
  return table(
      "The code of the training examples: the mean over all units and examples, and how many of "
      "its entries "
      "are exactly 0.",
      {"", "value"},
      table_row("mean activation", {number(run.code.mean_of_means)}) +
          table_row("exact zeros", {fixed_number(100 * run.code.share_of_zeros, 1) + " %"}),
      narrow);
}

// Of a model that wraps a net it is the net's.
std::string loss_in(const Json& settings) {
  if (const Json* const net = settings.find("net")) return loss_in(*net);
  if (settings.find("decoder") != nullptr) return "−log p(x|z), nats";
  const Json* const loss = settings.find("loss");
  const bool is_bce = loss != nullptr && loss->as_string() == "bce";
  return is_bce ? "bce, nats" : "half_mse, half the squared error";
}

std::string table_of_terms(const TrainRun& run) {
  const History& history = run.history;
  if (history.epochs.empty()) return "";
  std::string rows;
  const std::vector<TermValue>& terms = history.epochs.back().terms;
  for (const TermValue& term : terms) {
    const bool is_loss = term.name == "reconstruction";
    rows += table_row(is_loss ? text(term.name, " (", name_of_loss(*run.model), ")") : term.name,
                      {number(term.value)});
  }
  return table(
      "The objective in the last epoch, a mean over the examples as they were seen during it: what "
      "was "
      "minimised.",
      {"term", "value"}, rows + table_row("total", {number(history.epochs.back().loss)}), narrow);
}

std::string training_curve(const TrainRun& run) {
  if (run.history.epochs.size() < 2) return "";
  std::vector<Series> lines = lines_of_terms(run.history);
  if (run.fit.validation != nullptr) lines.push_back(validation_line("held-out rows", run.history));
  return figure(
      line_chart(lines, {.title = "The objective over the epochs",
                         .x_label = "epoch",
                         .y_label = "loss",
                         .width = 560,
                         .height = 320,
                         .log_y = spans_a_wide_range(lines)}),
      "A curve that is still falling at the end asks for more epochs (--epochs), one that jumps up "
      "and down for a smaller rate (--rate).");
}

// What a kind shows of its model it shows of the net inside a denoising one, below what that
// restores.
std::string figures_of(TrainRun& run, Figures figures) {
  auto* const denoising = dynamic_cast<DenoisingAutoencoder*>(run.model);
  if (denoising == nullptr) return figures != nullptr ? figures(run) : "";
  const std::string restored = denoising_figures(run);
  if (figures == nullptr || figures == denoising_figures) return restored;
  TrainRun of_net = run.of_net_inside();
  const std::string of_kind = figures(of_net);
  for (const auto& [name, value] : of_net.measured.members()) run.measured[name] = value;
  return restored + of_kind;
}

std::string read_on(const TrainRun& run) {
  std::string pages;
  for (const std::string& page : run.pages)
    pages += text(pages.empty() ? "" : " and ", "<code>docs/guide/", escape_html(page), "</code>");
  return section("Read on", text("<p>In the source tree: ", pages,
                                 " on this kind, with its formulas and what to try; "
                                 "<code>docs/guide/compare.md</code> on its "
                                 "relatives (<code>strata compare</code> puts them side by side). "
                                 "This page was made by Strata ",
                                 escape_html(run.version), " with</p>\n<pre>",
                                 escape_html(run.command_line), "</pre>\n"));
}

std::string originals_and_reconstructions(TrainRun& run, const std::optional<Yardstick>& pca) {
  const Dataset& shown = run.shown();
  std::vector<Reconstruction> all = {
      {run.kind, "this model", run.shown_error(), run.model->reconstruct(shown.X, run.workers)}};
  if (pca) all.push_back({"PCA", "PCA", pca->shown_error, pca->reconstructions});
  return reconstructions(shown, all, run.model->code_size(), run.part());
}

const char* const css = R"css(
table.narrow { width: auto; min-width: min(100%, 24rem); margin-bottom: 1.75rem; }
table.narrow td { min-width: 6rem; }
)css";

}  // namespace

TrainRun TrainRun::of_net_inside() const {
  TrainRun inside = *this;
  inside.model = dynamic_cast<DenoisingAutoencoder&>(*model).net.get();
  inside.denoises = true;
  inside.measured = Json::object();
  inside.make = [make_outer = make](Rng& draws) {
    const std::unique_ptr<Autoencoder> fresh = make_outer(draws);
    return std::move(dynamic_cast<DenoisingAutoencoder&>(*fresh).net);
  };
  return inside;
}

std::string name_of_loss(const Autoencoder& model) {
  return loss_in(model.settings());
}

std::string train_page(TrainRun& run, Figures figures) {
  const std::optional<Yardstick> pca = yardstick(run);
  std::string body = opening(run);
  body += figures_of(run, figures);
  body += section("Originals and reconstructions", originals_and_reconstructions(run, pca));
  body += section("How well it reconstructs", table_of_errors(run, pca) + table_of_code(run));
  body += section("Training", training_curve(run) + table_of_terms(run));
  body += read_on(run);
  return html_page("Strata: " + kind_in_title(run.kind) + " autoencoder, " + run.data.train.name,
                   body, chart_css() + figures_css() + css);
}

}  // namespace strata::report
