// The page of a contractive autoencoder: it is held against its twin, the same network trained from
// the same start on the same batches, but without the penalty.

#include "autoencoders/contractive.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "autoencoders/jacobian.hpp"
#include "autoencoders/train.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
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

std::string table_of(const std::vector<Measured>& all, const ContractiveAutoencoder& model,
                     std::size_t examples) {
  Cells columns = {""}, errors = {"squared error per example"},
        contractions = {"contraction: mean ‖J‖²<sub>F</sub>"}, relative = {"relative contraction"},
        changes = {say("mean ‖J(x + ε) − J(x)‖²<sub>F</sub>, ε of deviation {}",
                       number(double(model.deviation)))};
  for (const Measured& m : all) {
    columns.push_back(m.name);
    errors.push_back(number(m.error));
    contractions.push_back(number(m.contraction));
    relative.push_back(m.relative_contraction ? number(*m.relative_contraction) : "–");
    changes.push_back(number(m.change));
  }
  return table(
      say("On {} examples. J is ∂h/∂x, the encoder's Jacobian. The relative contraction is freed "
          "of the code's scale: (‖J‖² for each feature) / (variance of the codes / variance of the "
          "data). It is 1 for a copy of the data and for any multiple of it, so a code that was "
          "only made smaller would keep it. Above 1 the code follows random directions more than "
          "it follows the data.",
          examples),
      columns, {errors, contractions, relative, changes});
}

std::string singular_values_chart(const std::vector<Measured>& all, std::size_t examples) {
  std::vector<Series> lines;
  for (const Measured& m : all) lines.push_back(numbered(m.name, m.singular_values));
  return figure_of_chart(
      lines,
      {"Singular values of the Jacobian", "number, largest first", "singular value", 460, 340},
      say("By how much a short step is stretched or shrunk, direction by direction; means over {} "
          "examples. The penalty is the sum of their squares, so it takes most from the largest. "
          "Values near 0 are directions that the code ignores.",
          examples));
}

std::string ratio_chart(const std::vector<Measured>& all, const std::vector<double>& distances) {
  std::vector<Series> lines;
  for (const Measured& m : all) lines.push_back({m.name, distances, m.ratios});
  for (const Measured& m : all) {
    lines.push_back({"between examples, " + m.name,
                     {distances.front(), distances.back()},
                     {m.between_examples, m.between_examples}});
  }
  return figure_of_chart(
      lines, {"Contraction ratio", "distance ‖ε‖", "‖f(x + ε) − f(x)‖ / ‖ε‖", 460, 340},
      say("Steps in random directions, up to the usual distance of two examples ({}). The level "
          "lines are the same ratio from one example to another. Look at which curve lies below "
          "its own level line: there a random step moves the code less than a step to another "
          "example does, and that no change of scale can bring about.",
          number(distances.back())));
}

std::string filter_figure(const ContractiveAutoencoder& model, ImageShape image,
                          const std::string& name) {
  const Tensor some = rows_that_fit(transposed(model.net.encoder[0].W.value), image, 64);
  return figure(
      tiles(some, image, some.rows() > 32 ? 8 : 6, GridRange::symmetric, "filters, " + name),
      say("<b>{}</b>: the weights of the first {} units. Look at pixels that hardly vary, such as "
          "an empty border: the reconstruction asks for nothing there, so without the penalty the "
          "random start remains.",
          name, some.rows()));
}

Json json_of(const Measured& m) {
  return Json::object({{"error", m.error},
                       {"contraction", m.contraction},
                       {"relative_contraction", json_or_null(m.relative_contraction)},
                       {"mean_squared_change_of_jacobian", m.change},
                       {"singular_values", json_list(m.singular_values)}});
}

std::string spread_in_words(const std::vector<Measured>& all) {
  if (all.size() < 2)
    return "<p>There is no penalty in this run (--contraction 0), so there is nothing to "
           "compare.</p>\n";
  const Measured &with = all[0], &without = all[1];
  std::string ratio;
  if (with.relative_contraction && without.relative_contraction) {
    ratio = say(" and the relative contraction by {}",
                number(*without.relative_contraction / *with.relative_contraction));
  }
  return say(
      "<p>The penalty divides the mean squared norm of the Jacobian by {}{}; the reconstruction "
      "error changes by {}{} %. \"Without penalty\" is the twin: the same network, start and "
      "batches, only trained without it.</p>\n",
      number(without.contraction / with.contraction), ratio, with.error < without.error ? "" : "+",
      number(100 * (with.error / without.error - 1)));
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

  std::vector<Measured> all;
  std::vector<std::string> filters;
  const auto add = [&](const char* key, const char* name, ContractiveAutoencoder& one) {
    all.push_back(measure(name, one, run, rows, distances));
    run.measured[key] = json_of(all.back());
    if (run.has_pictures()) filters.push_back(filter_figure(one, run.shown().image, name));
  };
  const bool has_penalty = model.contraction > 0 || model.curvature > 0;
  add("model", has_penalty ? "with penalty" : "this model", model);
  if (has_penalty) {
    const std::unique_ptr<Autoencoder> twin =
        run.trained_twin("the same without penalty", BackpropKind::tape, [](Autoencoder& one) {
          auto& contractive = dynamic_cast<ContractiveAutoencoder&>(one);
          contractive.contraction = contractive.curvature = 0;
        });
    add("twin", "without penalty", dynamic_cast<ContractiveAutoencoder&>(*twin));
  }
  const std::string body = spread_in_words(all) + table_of(all, model, rows.for_norms.rows()) +
                           beside({singular_values_chart(all, rows.for_singular_values.rows()),
                                   ratio_chart(all, distances)});
  return section("What the penalty does", body + (filters.empty() ? "" : beside(filters)));
}

}  // namespace strata::pages
