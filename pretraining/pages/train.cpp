#include "pretraining/pages/train.hpp"

#include <algorithm>
#include <optional>

#include "core/charts/html.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

const char* const narrow = "narrow";  // tables of a few numbers, by the style below

// As it stands in a heading: what is an abbreviation stays one.
std::string kind_in_title(const std::string& kind) {
  return kind == "lstm" ? "LSTM" : capitalised(kind);
}

std::string how_it_was_trained(const TrainRun& run) {
  const std::size_t epochs = run.history.epochs.size(), examples = run.data.train.size();
  if (epochs == 0) return " It was not trained (0 epochs): everything here is of the random start.";
  const std::string out =
      say(" Trained on {} for {} of {} in batches of {}, {} seconds.", counted(examples, "example"),
          counted(epochs, "epoch"), optimizer_kinds.name(run.fit.optimizer.kind),
          std::min(run.fit.batch_size, examples), seconds_text(run.history.seconds));
  if (!run.history.stopped_early) return out;
  return out + say(" It was stopped early; the parameters are those of epoch {}.",
                   run.history.best_epoch);
}

std::string opening(const TrainRun& run) {
  const Dataset& train = run.data.train;
  return say(
      "<h1>{} autoencoder on {}</h1>\n<p class=\"lead\">{}.</p>\n<p>{} and back: each example, {}, "
      "goes through a code of {}. {}.{} Seed {}, numbers of type {}.</p>\n",
      escape_html(kind_in_title(run.kind)), escape_html(train.name),
      escape_html(capitalised(run.point)), escape_html(run.model->architecture()),
      counted(train.features(), "number"), counted(run.model->code_size(), "number"),
      counted(count_of(run.model->parameters()), "weight"), how_it_was_trained(run), run.seed,
      real_name);
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
  const auto row = [&](const std::string& name, double train, double test) {
    return run.has_test() ? Cells{name, number(train), number(test)} : Cells{name, number(train)};
  };
  std::string caption =
      "Squared error per example: the sum over features of (original − reconstruction)², averaged "
      "over the examples. ";
  std::vector<Cells> rows = {row("this model", run.train_error, run.test_error)};
  rows.push_back(row("the means of the columns", run.of_means.train, run.of_means.test));
  caption +=
      say("Answering every example with the means of the training examples is what any model "
          "must beat. This one explains {} of the variance (1 − error / variance). ",
          percent(run.explained()));
  if (pca) {
    rows.push_back(row(say("PCA with {}", counted(pca->code_size, "number")), pca->train_error,
                       pca->shown_error));
    caption += "PCA is the yardstick: the best that straight lines can do with as many numbers.";
  } else if (run.model->code_size() >= run.data.train.features()) {
    caption +=
        "The code is as wide as the data or wider: PCA with as many numbers would copy them "
        "without error, so there is nothing to compare with. What counts here is the code.";
  }
  if (run.has_test()) caption += " A test error far above the train error is overfitting.";
  return table(caption, run.has_test() ? Cells{"", "train", "test"} : Cells{"", "train"}, rows,
               narrow);
}

std::string table_of_code(const TrainRun& run) {
  std::vector<Cells> rows = {{"mean activation", number(run.code.mean_of_means)}};
  if (run.code.share_of_zeros > 0)
    rows.push_back({"exact zeros", percent(run.code.share_of_zeros)});
  return table("The code of the training examples, over all units and examples.", {"", "value"},
               rows, narrow);
}

std::string table_of_terms(const TrainRun& run) {
  if (run.history.epochs.empty()) return "";
  const EpochRecord& last = run.history.epochs.back();
  std::vector<Cells> rows;
  for (const TermValue& term : last.terms) {
    const bool is_loss = term.name == "reconstruction";
    rows.push_back({is_loss ? say("{} ({})", term.name, name_of_loss(*run.model)) : term.name,
                    number(term.value)});
  }
  rows.push_back({"total", number(last.loss)});
  return table(
      "The objective in the last epoch, a mean over the examples as they were seen during it: what "
      "was minimised.",
      {"term", "value"}, rows, narrow);
}

std::string training_curve(const TrainRun& run) {
  if (run.history.epochs.size() < 2) return "";
  std::vector<Series> lines = lines_of_terms(run.history);
  if (run.fit.validation != nullptr) lines.push_back(validation_line("held-out rows", run.history));
  return figure_of_chart(
      lines, {"The objective over the epochs", "epoch", "loss", 460, 320, YAxis::suited},
      "A curve that is still falling at the end asks for more epochs (--epochs), one that jumps up "
      "and down for a smaller rate (--rate).");
}

std::string read_on(const TrainRun& run) {
  std::string pages;
  for (const std::string& page : run.pages)
    pages += say("{}<code>docs/guide/{}</code>", pages.empty() ? "" : " and ", escape_html(page));
  return say(
      "<p>In the source tree: {} on this kind, with its formulas and what to try; "
      "<code>docs/guide/compare.md</code> on its relatives (<code>strata compare</code> puts them "
      "side by side). ",
      pages);
}

std::string originals_and_reconstructions(const TrainRun& run,
                                          const std::optional<Yardstick>& pca) {
  const Dataset& shown = run.shown();
  std::vector<Reconstruction> all = {
      {run.kind, "this model", run.shown_error(), run.model->reconstruct(shown.X, run.workers)}};
  if (pca) all.push_back({"PCA", "PCA", pca->shown_error, pca->reconstructions});
  return reconstructions(shown, all, run.model->code_size(), run.part());
}

const char* const css = R"css(
table.narrow { width: auto; min-width: min(100%, 24rem); }
table.narrow td { min-width: 6rem; }
)css";

}  // namespace

std::string train_page(const TrainRun& run, const std::string& figures, const RunFacts& facts) {
  const std::optional<Yardstick> pca = yardstick(run);
  std::string body = opening(run) + figures;
  body += section("Originals and reconstructions", originals_and_reconstructions(run, pca));
  body += section("How well it reconstructs",
                  notes(run.remarks()) + beside({table_of_errors(run, pca), table_of_code(run)}));
  body += section("Training", beside({training_curve(run), table_of_terms(run)}));
  return page(kind_in_title(run.kind) + " autoencoder, " + run.data.train.name, body, read_on(run),
              facts, css);
}

}  // namespace strata::pages
