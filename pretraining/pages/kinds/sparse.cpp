// A sparse autoencoder: how active its units are, and examples as sums of the few parts that are.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "autoencoders/train.hpp"
#include "pretraining/pages/blocks.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/pictures.hpp"

namespace strata::pages {
namespace {

double norm_of_row(const Tensor& W, std::size_t j) {
  return std::sqrt(std::inner_product(W.row(j), W.row(j) + W.cols(), W.row(j), 0.0));
}

// A model, and its codes of the training examples.
struct Coded {
  std::string name;
  DenseAutoencoder* model;
  Tensor H;
};

// ρ̂ of every unit, in ascending order.
std::vector<double> sorted_means(const Coded& coded) {
  const Tensor means = column_means(coded.H);
  std::vector<double> rho_hat(means.values.begin(), means.values.end());
  if (is_symmetric_range(coded.model->encoder.back().activation)) {
    for (double& one : rho_hat) one = (one + 1) / 2;
  }
  std::sort(rho_hat.begin(), rho_hat.end());
  return rho_hat;
}

std::string mean_activations(const std::vector<Coded>& all) {
  std::vector<Series> lines;
  for (const Coded& coded : all) lines.push_back(numbered(coded.name, sorted_means(coded)));
  std::string caption =
      "The mean activation ρ̂ of each code unit over the training examples, in ascending order.";
  const Penalties& penalties = all[0].model->penalties;
  if (penalties.beta > 0) {
    const double rho = double(penalties.rho);
    const std::vector<double> rho_hat = lines[0].y;
    lines.push_back(numbered("ρ", std::vector<double>(rho_hat.size(), rho)));
    caption +=
        say(" Wanted is ρ = {}; the mean of |ρ̂ − ρ| is {}. A larger β brings the line nearer to ρ, "
            "and costs reconstruction.",
            number(rho), number(mean_distance_from(rho, rho_hat)));
  }
  return figure_of_chart(
      lines,
      {"Mean activation of each unit", "unit, by mean activation", "ρ̂", 440, 320, YAxis::from_0},
      caption);
}

// The mean over the examples of their largest activation, their second largest, …
struct Activity {
  std::vector<double> sorted;
  double active = 0, zeros = 0;  // units of an example, on average: above 0.1, and exactly 0
};

Activity activity_of(const Tensor& H) {
  Activity found{std::vector<double>(H.cols(), 0)};
  const double m = double(H.rows());
  for (std::size_t i = 0; i < H.rows(); ++i) {
    std::vector<double> row(H.row(i), H.row(i) + H.cols());
    for (double& h : row) h = std::abs(h);
    std::sort(row.begin(), row.end(), std::greater<>());
    for (std::size_t j = 0; j < row.size(); ++j) found.sorted[j] += row[j] / m;
    const auto is_active = [](double h) { return h > 0.1; };
    found.active += double(std::count_if(row.begin(), row.end(), is_active)) / m;
    found.zeros += double(std::count(row.begin(), row.end(), 0.0)) / m;
  }
  return found;
}

std::string sorted_activations(const std::vector<Coded>& all) {
  std::vector<Series> lines;
  std::string counts;
  for (const Coded& coded : all) {
    const Activity activity = activity_of(coded.H);
    lines.push_back(numbered(coded.name, activity.sorted));
    counts += say(
        " {}: of {} units {} are above 0.1 for an example on average{}.", capitalised(coded.name),
        coded.H.cols(), fixed_number(activity.active, 1),
        activity.zeros > 0 ? say(", and {} are exactly 0", fixed_number(activity.zeros, 1)) : "");
  }
  return figure_of_chart(lines,
                         {"Activations of an example, in order", "its n-th most active unit",
                          "|activation|", 440, 320},
                         "The most active unit of each example, the second, …, averaged over the "
                         "examples." +
                             counts);
}

std::string filters(const Coded& coded, ImageShape image) {
  const Tensor some = rows_that_fit(coded.model->decoder_weights(0), image, 100);
  return figure(
      tiles(some, image, 10, GridRange::symmetric, "decoder filters, " + coded.name),
      say("<b>The parts, {}</b>: what each code unit paints, {} of {} units. White adds, black "
          "takes "
          "away, grey is nothing. Look for strokes, rings and gaps, and for units that paint "
          "nearly a whole picture.",
          coded.name, some.rows(), coded.model->code_size()));
}

void copy_row(const Tensor& from, std::size_t i, Tensor& to, std::size_t k) {
  std::copy(from.row(i), from.row(i) + from.cols(), to.row(k));
}

// Two rows of pictures: b, w₁, w₂, … and the example; below each the sum so far, and at the end the
// sum of all.
void add_sum_of_parts(std::vector<Strip>& rows, const TrainRun& run, DenseAutoencoder& model,
                      std::size_t example, std::size_t n) {
  const Tensor x = slice_rows(run.shown().X, example, example + 1);
  const Parts all = parts_of(model, x, model.code_size());
  Tensor parts({n + 2, x.cols()}), sums({n + 2, x.cols()});
  copy_row(all.sums, 0, parts, 0);
  for (std::size_t k = 0; k < n; ++k) copy_row(all.filters, k, parts, k + 1);
  // [0, 1] as black to white
  for (std::size_t i = 0; i < x.size(); ++i) parts(n + 1, i) = 2 * x[i] - 1;
  for (std::size_t k = 0; k <= n; ++k) copy_row(all.pictures, k, sums, k);
  copy_row(all.pictures, model.code_size(), sums, n + 1);
  const auto error_after = [&](std::size_t k) {
    return number(squared_error_per_example(x, slice_rows(all.pictures, k, k + 1)));
  };
  std::string weights;
  for (std::size_t k = 0; k < n; ++k)
    weights += (k == 0 ? "" : ", ") + fixed_number(double(all.weights[k]), 2);
  rows.push_back({say("example {}", example + 1), "h = " + weights, parts,
                  "the bias, the decoder filters of the leading units, and the example",
                  GridRange::symmetric});
  rows.push_back(
      {"sums",
       say("errors {}, {}, {}", error_after(0), error_after(n), error_after(model.code_size())),
       sums, "the picture after each part is added, and with all"});
}

std::string parts_figure(const TrainRun& run, DenseAutoencoder& model) {
  const std::size_t n = std::min<std::size_t>(8, model.code_size());
  std::vector<Strip> rows;
  for (std::size_t example : rows_to_show(run.shown(), 3))
    add_sum_of_parts(rows, run, model, example, n);
  return figure(
      strips(rows, run.shown().image),
      say("Each example as a sum, b + h₁ w₁ + h₂ w₂ + …. Upper rows: the bias b, the filters w of "
          "the {} units with the largest h ‖w‖, and at the right the example. Lower rows: f(b), "
          "f(b + h₁ w₁), …, and at the right the sum of all {} units. The errors are those of the "
          "bias alone, of {} units and of all. Watch each part change the picture below it.",
          n, model.code_size(), n));
}

}  // namespace

Parts parts_of(DenseAutoencoder& model, const Tensor& x, std::size_t n) {
  check(model.decoder.size() == 1, "parts_of: the decoder has ", model.decoder.size(),
        " layers; only what a single one paints is a sum");
  check(x.rows() == 1, "parts_of: takes one example, not ", x.rows());
  const Tensor h = model.encode(x), W = model.decoder_weights(0), &b = model.decoder[0].b.value;
  std::vector<double> sizes;
  for (std::size_t j = 0; j < h.size(); ++j)
    sizes.push_back(std::abs(double(h[j])) * norm_of_row(W, j));
  Parts parts;
  parts.units.resize(h.size());
  std::iota(parts.units.begin(), parts.units.end(), std::size_t(0));
  std::stable_sort(parts.units.begin(), parts.units.end(),
                   [&](std::size_t i, std::size_t j) { return sizes[i] > sizes[j]; });
  parts.units.resize(std::min(n, h.size()));

  parts.filters = rows_at(W, parts.units);
  parts.sums = Tensor({parts.units.size() + 1, W.cols()});
  std::copy(b.values.begin(), b.values.end(), parts.sums.row(0));
  for (std::size_t k = 0; k < parts.units.size(); ++k) {
    const std::size_t j = parts.units[k];
    parts.weights.push_back(h[j]);
    for (std::size_t i = 0; i < W.cols(); ++i)
      parts.sums(k + 1, i) = parts.sums(k, i) + h[j] * W(j, i);  // z grows by h_j w_j
  }
  parts.pictures = parts.sums;
  model.decoder[0].activation.rule().values(parts.sums.values, parts.pictures.values);
  return parts;
}

double mean_distance_from(double rho, const std::vector<double>& rho_hat) {
  double sum = 0;
  for (double one : rho_hat) sum += std::abs(one - rho);
  return sum / double(rho_hat.size());
}

std::string sparse_figures(TrainRun& run) {
  auto& model = dynamic_cast<DenseAutoencoder&>(*run.model);
  const Tensor& X = run.data.train.X;
  const bool has_penalty = model.penalties.beta > 0 || model.penalties.l1 > 0;
  std::vector<Coded> all = {{has_penalty ? "with the sparsity term" : "this model", &model,
                             model.encode(X, run.workers)}};
  std::unique_ptr<Autoencoder> twin;
  std::string words;
  if (has_penalty) {
    twin =
        run.trained_twin("the same without it", BackpropKind::explicit_rule, [](Autoencoder& one) {
          Penalties& of_twin = dynamic_cast<DenseAutoencoder&>(one).penalties;
          of_twin.beta = of_twin.l1 = 0;
        });
    all.push_back(
        {"without it", dynamic_cast<DenseAutoencoder*>(twin.get()), twin->encode(X, run.workers)});
    const double error = reconstruction_error(*twin, run.shown().X, run.workers);
    run.measured["error_without_sparsity"] = error;
    words =
        say("<p>“Without it” is the same network from the same start on the same batches, trained "
            "without the sparsity term. The term's price is in the {} error: {} with it, {} "
            "without.</p>\n",
            run.part(), number(run.shown_error()), number(error));
  }
  const std::string out = section("Few units at a time",
                                  words + beside({mean_activations(all), sorted_activations(all)}));
  if (!run.has_pictures() || model.decoder.size() != 1) return out;
  std::vector<std::string> parts;
  for (const Coded& coded : all) parts.push_back(filters(coded, run.shown().image));
  return out + section("Parts", parts_figure(run, model) + beside(parts));
}

}  // namespace strata::pages
