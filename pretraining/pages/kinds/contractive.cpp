// The page of a contractive autoencoder: it is held against its twin, the same network trained from
// the same start on the same batches, but without the penalty.

#include "autoencoders/contractive.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "autoencoders/jacobian.hpp"
#include "autoencoders/train.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

constexpr double shares_of_distance[] = {0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1};

// What an encoder does around the examples.
struct Measured {
  std::string name;
  double error = 0, contraction = 0, change = 0;
  std::optional<double> relative_contraction;  // none where all codes are equal
  // How far codes lie apart for each unit between examples (root mean square)
  double between_examples = 0;
  std::vector<double> singular_values, ratios;
};

// The first rows of X: as many as memory and time allow where the data are wide.
Tensor some_rows(const Tensor& X, double work_a_row) {
  constexpr double most_work = 2e8;
  const std::size_t most = std::max<std::size_t>(2, std::size_t(most_work / work_a_row));
  return X.rows() <= most ? X : slice_rows(X, 0, most);
}

struct Rows {
  Tensor for_norms, for_singular_values;
};
Rows rows_to_measure(const TrainRun& run) {
  const double h = double(run.model->code_size()), d = double(run.model->features());
  const double few = std::min(h, d);
  const Tensor& X = run.shown().X;
  return {some_rows(X, 20 * h * d), some_rows(X, few * h * d)};
}

Measured measure(const std::string& name, ContractiveAutoencoder& model, const TrainRun& run,
                 const Rows& rows, const std::vector<double>& distances) {
  Measured m;
  m.name = name;
  const Tensor& X = rows.for_norms;
  m.error = reconstruction_error(model, run.shown().X, run.workers);
  m.contraction = mean_squared_frobenius_norm(model, X);
  const Tensor H = model.encode(X, run.workers);
  m.relative_contraction = relative_contraction(m.contraction, X, H);
  m.between_examples = std::sqrt(total_variance(H) / total_variance(X));
  m.singular_values = mean_singular_values(model, rows.for_singular_values);
  Rng rng(run.seed);  // the same steps for both models
  m.change = mean_squared_change_of_jacobian(model, X, double(model.deviation), rng);
  for (const double distance : distances)
    m.ratios.push_back(contraction_ratio(model, X, distance, rng));
  return m;
}

std::unique_ptr<Autoencoder> trained_twin(const TrainRun& run) {
  Rng rng(run.seed);
  std::unique_ptr<Autoencoder> twin = run.make(rng);
  auto& contractive = dynamic_cast<ContractiveAutoencoder&>(*twin);
  contractive.contraction = contractive.curvature = 0;
  FitOptions fit = run.fit;
  fit.stage = fit.label = "the same without penalty";
  train(contractive, run.trained_on(), rng, fit, {BackpropKind::tape, run.workers, run.listeners});
  run.listeners.clear_line();
  return twin;
}

std::string relative_text(const Measured& m) {
  return m.relative_contraction ? number(*m.relative_contraction) : "–";
}

std::string table_of(const std::vector<Measured>& all, const ContractiveAutoencoder& model,
                     std::size_t rows) {
  std::vector<std::string> names = {""};
  for (const Measured& m : all) names.push_back(m.name);
  const auto row = [&](const std::string& what, auto value_of) {
    std::vector<std::string> cells;
    for (const Measured& m : all) cells.push_back(value_of(m));
    return table_row(what, cells);
  };
  return table(text("On ", rows,
                    " examples. J is ∂h/∂x, the encoder's Jacobian. The relative contraction is "
                    "freed of the code's "
                    "scale: (‖J‖² for each feature) / (variance of the codes / variance of the "
                    "data). It is 1 for a "
                    "copy of the data and for any multiple of it, so a code that was only made "
                    "smaller would keep it. "
                    "Above 1 the code follows random directions more than it follows the data."),
               names,
               row("squared error per example", [](const Measured& m) { return number(m.error); }) +
                   row("contraction: mean ‖J‖²<sub>F</sub>",
                       [](const Measured& m) { return number(m.contraction); }) +
                   row("relative contraction", relative_text) +
                   row(text("mean ‖J(x + ε) − J(x)‖²<sub>F</sub>, ε of deviation ",
                            number(double(model.deviation))),
                       [](const Measured& m) { return number(m.change); }));
}

std::string singular_values_chart(const std::vector<Measured>& all, std::size_t rows) {
  std::vector<Series> lines;
  for (const Measured& m : all) {
    Series line{m.name};
    for (std::size_t r = 0; r < m.singular_values.size(); ++r) {
      line.x.push_back(double(r + 1));
      line.y.push_back(m.singular_values[r]);
    }
    lines.push_back(line);
  }
  return figure(
      line_chart(lines, {.title = "Singular values of the Jacobian",
                         .x_label = "number, largest first",
                         .y_label = "singular value",
                         .width = 460,
                         .height = 340}),
      text("By how much a short step is stretched or shrunk, direction by direction; means over ",
           rows,
           " examples. The penalty is the sum of their squares, so it takes most from the largest. "
           "Values "
           "near 0 are directions that the code ignores."));
}

std::string ratio_chart(const std::vector<Measured>& all, const std::vector<double>& distances) {
  std::vector<Series> lines;
  for (const Measured& m : all) lines.push_back({m.name, distances, m.ratios});
  for (const Measured& m : all) {
    lines.push_back({"between examples, " + m.name,
                     {distances.front(), distances.back()},
                     {m.between_examples, m.between_examples}});
  }
  return figure(line_chart(lines, {.title = "Contraction ratio",
                                   .x_label = "distance ‖ε‖",
                                   .y_label = "‖f(x + ε) − f(x)‖ / ‖ε‖",
                                   .width = 460,
                                   .height = 340}),
                text("Steps in random directions, up to the usual distance of two examples (",
                     number(distances.back()),
                     "). The level lines are the same ratio from one example to another. Look at "
                     "which curve lies "
                     "below its own level line: there a random step moves the code less than a "
                     "step to another example "
                     "does, and that no change of scale can bring about."));
}

std::string filter_figure(ContractiveAutoencoder& model, ImageShape image,
                          const std::string& name) {
  const Tensor W = transposed(model.net.encoder[0].W.value);
  const std::size_t shown = std::min(W.rows(), tiles_that_fit(image, 64));
  const std::size_t columns = shown > 32 ? 8 : 6;
  return figure(
      tiles(slice_rows(W, 0, shown), image, columns, GridRange::symmetric, "filters, " + name),
      text("<b>", name, "</b>: the weights of the first ", shown,
           " units. Look at pixels that hardly vary, such as the digits' border: the "
           "reconstruction asks for "
           "nothing there, so without the penalty the random start remains."));
}

Json json_of(const Measured& m) {
  Json singular_values = Json::array();
  for (const double value : m.singular_values) singular_values.push(value);
  return Json::object(
      {{"error", m.error},
       {"contraction", m.contraction},
       {"relative_contraction", m.relative_contraction ? Json(*m.relative_contraction) : Json()},
       {"mean_squared_change_of_jacobian", m.change},
       {"singular_values", singular_values}});
}

std::string spread_in_words(const std::vector<Measured>& all) {
  if (all.size() < 2)
    return "<p>There is no penalty in this run (--contraction 0), so there is nothing to "
           "compare.</p>\n";
  const Measured &with = all[0], &without = all[1];
  std::string ratio;
  if (with.relative_contraction && without.relative_contraction) {
    ratio = " and the relative contraction by " +
            number(*without.relative_contraction / *with.relative_contraction);
  }
  return text(
      "<p>The penalty divides the mean squared norm of the Jacobian by ",
      number(without.contraction / with.contraction), ratio,
      "; the reconstruction error changes by ", with.error < without.error ? "" : "+",
      number(100 * (with.error / without.error - 1)),
      " %. \"Without penalty\" is the twin: the same network, start and batches, only trained "
      "without it.</p>\n");
}

}  // namespace

std::string contractive_figures(TrainRun& run) {
  auto& model = dynamic_cast<ContractiveAutoencoder&>(*run.model);
  const Rows rows = rows_to_measure(run);
  if (rows.for_norms.rows() < 2) return "";
  // Of two examples drawn at random: √(2 × the variance), root mean square
  std::vector<double> distances;
  for (const double share : shares_of_distance)
    distances.push_back(share * std::sqrt(2 * total_variance(rows.for_norms)));
  if (distances.back() == 0) return "";

  const bool has_penalty = model.contraction > 0 || model.curvature > 0;
  std::vector<Measured> all = {
      measure(has_penalty ? "with penalty" : "this model", model, run, rows, distances)};
  run.measured["model"] = json_of(all[0]);
  std::unique_ptr<Autoencoder> twin;
  if (has_penalty) {
    twin = trained_twin(run);
    all.push_back(measure("without penalty", dynamic_cast<ContractiveAutoencoder&>(*twin), run,
                          rows, distances));
    run.measured["twin"] = json_of(all[1]);
  }
  std::string body = spread_in_words(all) + table_of(all, model, rows.for_norms.rows()) +
                     beside({singular_values_chart(all, rows.for_singular_values.rows()),
                             ratio_chart(all, distances)});
  if (run.has_pictures()) {
    std::vector<std::string> filters = {filter_figure(model, run.shown().image, all[0].name)};
    if (twin != nullptr) {
      filters.push_back(filter_figure(dynamic_cast<ContractiveAutoencoder&>(*twin),
                                      run.shown().image, all[1].name));
    }
    body += beside(filters);
  }
  return section("What the penalty does", body);
}

}  // namespace strata::report
