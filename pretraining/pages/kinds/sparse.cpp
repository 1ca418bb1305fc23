// A sparse autoencoder: how active its units are, and examples as sums of the few parts that are.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/kinds/parts.hpp"
#include "pretraining/pages/pretrain_figures.hpp"

namespace strata::report {
namespace {

std::vector<double> one_to(std::size_t n) {
  std::vector<double> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1.0);
  return numbers;
}

// ρ̂ of every unit, in ascending order, beside ρ.
std::string mean_activations(const TrainRun& run, const DenseAutoencoder& model) {
  std::vector<double> rho_hat(run.code.mean_activation.values.begin(),
                              run.code.mean_activation.values.end());
  if (is_symmetric_range(model.encoder.back().activation)) {
    for (double& one : rho_hat) one = (one + 1) / 2;
  }
  std::sort(rho_hat.begin(), rho_hat.end());
  const std::vector<double> units = one_to(rho_hat.size());
  std::vector<Series> lines = {{"ρ̂ of each unit", units, rho_hat}};
  std::string caption =
      "The mean activation of each code unit over the training examples, in ascending order.";
  if (model.penalties.beta > 0) {
    const double rho = double(model.penalties.rho);
    lines.push_back({"ρ", units, std::vector<double>(units.size(), rho)});
    caption += text(" Wanted is ρ = ", number(rho), "; the mean of |ρ̂ − ρ| is ",
                    number(mean_distance_from(rho, rho_hat)),
                    ". A larger β brings the line nearer to ρ, and costs reconstruction.");
  }
  return figure(line_chart(lines, {.title = "Mean activation of each unit",
                                   .x_label = "unit, by mean activation",
                                   .y_label = "ρ̂",
                                   .width = 440,
                                   .height = 320,
                                   .y_from_0 = true}),
                caption);
}

// The mean over the examples of their largest activation, their second largest, …
std::string sorted_activations(const Tensor& H) {
  std::vector<double> means(H.cols(), 0);
  std::size_t active = 0, zeros = 0;
  for (std::size_t i = 0; i < H.rows(); ++i) {
    std::vector<double> row(H.row(i), H.row(i) + H.cols());
    for (double& h : row) h = std::abs(h);
    std::sort(row.begin(), row.end(), std::greater<>());
    for (std::size_t j = 0; j < row.size(); ++j) means[j] += row[j] / double(H.rows());
    active += std::size_t(std::count_if(row.begin(), row.end(), [](double h) { return h > 0.1; }));
    zeros += std::size_t(std::count(row.begin(), row.end(), 0.0));
  }
  const double m = double(H.rows());
  return figure(
      line_chart({{"mean activation", one_to(means.size()), means}},
                 {.title = "Activations of an example, in order",
                  .x_label = "its n-th most active unit",
                  .y_label = "|activation|",
                  .width = 440,
                  .height = 320}),
      text("The most active unit of each example, the second, …, averaged over the examples. Of ",
           H.cols(), " units ", fixed_number(double(active) / m, 1),
           " are above 0.1 for an example on average, and ", fixed_number(double(zeros) / m, 1),
           " are exactly 0."));
}

std::string filters(const DenseAutoencoder& model, ImageShape image) {
  const std::size_t n = std::min(model.code_size(), tiles_that_fit(image, 100));
  return figure(
      tiles(slice_rows(model.decoder_weights(0), 0, n), image, 10, GridRange::symmetric,
            "decoder filters"),
      text("<b>The parts</b>: what each code unit paints, ", n, " of ", model.code_size(),
           " units. White adds, black takes away, grey is nothing. Look for strokes, rings and "
           "gaps, and for "
           "units that paint nearly a whole digit. PCA's components cover the whole picture."));
}

std::string list_of(const std::vector<Real>& weights) {
  std::string out;
  for (Real one : weights) out += (out.empty() ? "" : ", ") + fixed_number(double(one), 2);
  return out;
}

void copy_row(const Tensor& from, std::size_t i, Tensor& to, std::size_t k) {
  std::copy(from.row(i), from.row(i) + from.cols(), to.row(k));
}

// Two rows of pictures: b, w₁, w₂, … and the example; below each the sum so far, and at the end the
// sum of all.
std::string sum_of_parts(TrainRun& run, DenseAutoencoder& model, std::size_t example,
                         std::size_t n) {
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
  const std::vector<Real> weights(all.weights.begin(), all.weights.begin() + std::ptrdiff_t(n));
  return strip(text("example ", example + 1), "h = " + list_of(weights), parts, run.shown().image,
               "the bias, the decoder filters of the leading units, and the example",
               GridRange::symmetric) +
         strip("sums",
               text("errors ", error_after(0), ", ", error_after(n), ", ",
                    error_after(model.code_size())),
               sums, run.shown().image, "the picture after each part is added, and with all");
}

std::string parts_figure(TrainRun& run, DenseAutoencoder& model) {
  const std::size_t n = std::min<std::size_t>(8, model.code_size());
  std::string out = "<div class=\"strips\">\n";
  for (std::size_t example : rows_to_show(run.shown(), 3))
    out += sum_of_parts(run, model, example, n);
  return figure(out + "</div>",
                text("Each example as a sum, b + h₁ w₁ + h₂ w₂ + …. Upper rows: the bias b, the "
                     "filters w of the ",
                     n,
                     " units with the largest h ‖w‖, and at the right the example. Lower rows: "
                     "f(b), f(b + h₁ w₁), …, "
                     "and at the right the sum of all ",
                     model.code_size(), " units. The errors are those of the bias alone, of ", n,
                     " units and of all. Watch each part change the picture below it."));
}

}  // namespace

double mean_distance_from(double rho, const std::vector<double>& rho_hat) {
  double sum = 0;
  for (double one : rho_hat) sum += std::abs(one - rho);
  return sum / double(rho_hat.size());
}

std::string sparse_figures(TrainRun& run) {
  auto& model = dynamic_cast<DenseAutoencoder&>(*run.model);
  const Tensor H = model.encode(run.data.train.X, run.workers);
  std::string out =
      section("Few units at a time", beside({mean_activations(run, model), sorted_activations(H)}));
  if (!run.has_pictures() || model.decoder.size() != 1) return out;
  return out + section("Parts", parts_figure(run, model) + filters(model, run.shown().image));
}

}  // namespace strata::report
