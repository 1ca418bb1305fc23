#include "pretraining/kinds/train_page.hpp"

#include <algorithm>

#include "autoencoders/denoising.hpp"
#include "core/io/html.hpp"
#include "pretraining/kinds/figures.hpp"
#include "pretraining/pca.hpp"
#include "pretraining/report_figures.hpp"

namespace strata::report {
namespace {

std::string numbers(std::size_t count) {
  return count == 1 ? "1 number" : text(count, " numbers");
}

std::string opening(const TrainRun& run) {
  const Dataset& train = run.data.train;
  std::string out = text("<h1>", escape_html(run.kind), " autoencoder on ", escape_html(train.name),
                         "</h1>\n", "<p class=\"lead\">", escape_html(run.point), "</p>\n");
  out +=
      text("<p>", escape_html(run.model.architecture()), " and back: each example, ",
           numbers(train.features()), ", goes through a code of ", numbers(run.model.code_size()),
           ". Trained on ", train.size(), " examples for ", run.history.epochs.size(), " epochs of ",
           escape_html(run.fit.optimizer.kind), " in batches of ", std::min(run.fit.batch_size, train.size()),
           ", seed ", run.seed, ", numbers of type ", real_name, ".");
  if (run.history.stopped_early) {
    out += text(" It was stopped early; the parameters are those of epoch ", run.history.best_epoch, ".");
  }
  return out + "</p>\n";
}

std::string row(const std::string& name, const std::vector<std::string>& cells) {
  std::string out = "<tr><th scope=\"row\">" + name + "</th>";
  for (const std::string& cell : cells) out += "<td class=\"number\">" + cell + "</td>";
  return out + "</tr>\n";
}

// The error of PCA with as many numbers, for a yardstick; of a code as wide as the data it is 0.
struct OfPca {
  double train = 0, test = 0;
};
OfPca error_of_pca(const TrainRun& run) {
  const std::size_t k =
      std::min({run.model.code_size(), run.data.train.features(), run.data.train.size() - 1});
  if (k == run.data.train.features()) return {};
  const Pca pca = fit_pca(run.data.train.X, k);
  const auto error = [&](const Tensor& X) {
    return squared_error_per_example(X, pca.inverse_transform(pca.transform(X)));
  };
  return {error(run.data.train.X), run.data.test.size() > 0 ? error(run.data.test.X) : 0};
}

std::string table_of_errors(const TrainRun& run) {
  const bool has_test = run.data.test.size() > 0;
  const OfPca pca = error_of_pca(run);
  std::string head = "<th scope=\"col\"></th><th scope=\"col\" class=\"number\">train</th>";
  if (has_test) head += "<th scope=\"col\" class=\"number\">test</th>";
  const auto cells = [&](double train, double test) {
    std::vector<std::string> both = {number(train)};
    if (has_test) both.push_back(number(test));
    return both;
  };
  return "<div class=\"table\"><table>\n<caption>Squared error per example: the sum over features of "
         "(original − reconstruction)², averaged over the examples. PCA is the yardstick: the best that "
         "straight lines can do with "
         "as many numbers.</caption>\n<thead><tr>" +
         head + "</tr></thead>\n<tbody>\n" + row("this model", cells(run.train_error, run.test_error)) +
         row(text("PCA with ", numbers(std::min(run.model.code_size(), run.data.train.features()))),
             cells(pca.train, pca.test)) +
         "</tbody>\n</table></div>\n";
}

std::string table_of_terms(const History& history) {
  if (history.epochs.empty()) return "";
  std::string rows;
  for (const TermValue& term : history.epochs.back().terms) rows += row(term.name, {number(term.value)});
  return "<div class=\"table\"><table>\n<caption>The objective in the last epoch, a mean over the examples "
         "as they were seen "
         "during it: what was minimised.</caption>\n<thead><tr><th scope=\"col\">term</th>"
         "<th scope=\"col\" class=\"number\">value</th></tr></thead>\n<tbody>\n" +
         rows + row("total", {number(history.epochs.back().loss)}) + "</tbody>\n</table></div>\n";
}

std::string training_curve(const TrainRun& run) {
  if (run.history.epochs.size() < 2) return "";
  std::vector<Series> lines = lines_of_terms(run.history);
  if (run.fit.validation != nullptr) lines.push_back(validation_line("held-out rows", run.history));
  LineChartOptions options;
  options.title = "The objective over the epochs";
  options.x_label = "epoch";
  options.y_label = "loss";
  options.width = 560;
  options.height = 320;
  options.log_y = spans_a_wide_range(lines);
  return figure(line_chart(lines, options),
                "A curve that is still falling at the end asks for more epochs (--epochs), one that jumps up "
                "and down for a "
                "smaller rate (--rate).");
}

std::string read_on(const TrainRun& run) {
  return section(
      "Read on",
      "<p>The page on this kind, with its formulas and what to try: <code>docs/guide/README.md</code> lists "
      "them. This page was made by Strata " +
          escape_html(run.version) + " with</p>\n<pre>" + escape_html(run.command_line) + "</pre>\n");
}

// What a kind shows of its model it shows of the net inside a denoising one, below what that restores.
std::string figures_of(TrainRun& run, Figures figures) {
  auto* const denoising = dynamic_cast<DenoisingAutoencoder*>(&run.model);
  if (denoising == nullptr) return figures != nullptr ? figures(run) : "";
  const std::string restored = denoising_figures(run);
  if (figures == nullptr || figures == denoising_figures) return restored;
  TrainRun of_net{.kind = run.kind, .point = run.point, .model = *denoising->net, .data = run.data};
  of_net.fit = run.fit;
  of_net.history = run.history;
  of_net.train_error = run.train_error;
  of_net.test_error = run.test_error;
  of_net.code = run.code;
  of_net.seed = run.seed;
  of_net.version = run.version;
  of_net.command_line = run.command_line;
  of_net.workers = run.workers;
  return restored + figures(of_net);
}

}  // namespace

std::string train_page(TrainRun& run, Figures figures) {
  const Dataset& shown = run.shown();
  const double error = run.data.test.size() > 0 ? run.test_error : run.train_error;
  std::string body = opening(run);
  body += figures_of(run, figures);
  body += section(
      "Originals and reconstructions",
      reconstructions(shown, {{run.kind, "this model", error, run.model.reconstruct(shown.X, run.workers)}},
                      run.model.code_size()));
  body += section("How well it reconstructs", table_of_errors(run) + table_of_terms(run.history));
  body += section("Training", training_curve(run));
  body += read_on(run);
  return html_page("Strata: " + run.kind + " autoencoder, " + run.data.train.name, body,
                   chart_css() + figures_css());
}

}  // namespace strata::report
