// A sparse autoencoder: how active its units are, and examples as sums of the few parts that are.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "pretraining/kinds/figures.hpp"
#include "pretraining/kinds/parts.hpp"
#include "pretraining/report_figures.hpp"

namespace strata::report {
namespace {

std::vector<double> counted(std::size_t n) {
  std::vector<double> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1.0);
  return numbers;
}

LineChartOptions chart(const char* title, const char* x, const char* y) {
  LineChartOptions options;
  options.title = title;
  options.x_label = x;
  options.y_label = y;
  options.width = 440;
  options.height = 320;
  return options;
}

// ρ̂ of every unit, in ascending order, beside ρ.
std::string mean_activations(const TrainRun& run, const DenseAutoencoder& model) {
  std::vector<double> rho_hat(run.code.mean_activation.values.begin(), run.code.mean_activation.values.end());
  if (is_symmetric_range(model.encoder.back().activation)) {
    for (double& one : rho_hat) one = (one + 1) / 2;
  }
  std::sort(rho_hat.begin(), rho_hat.end());
  const std::vector<double> units = counted(rho_hat.size());
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
  return figure(line_chart(lines, chart("Mean activation of each unit", "unit, by mean activation", "ρ̂")),
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
      line_chart({{"mean activation", counted(means.size()), means}},
                 chart("Activations of an example, in order", "its n-th most active unit", "|activation|")),
      text("The most active unit of each example, the second, …, averaged over the examples. Of ", H.cols(),
           " units ", number(double(active) / m), " are above 0.1 for an example on average, and ",
           number(double(zeros) / m), " are exactly 0."));
}

std::string filters(const DenseAutoencoder& model, ImageShape image) {
  const std::size_t n = std::min(model.code_size(), tiles_that_fit(image, 100));
  return figure(
      tiles(slice_rows(model.decoder_weights(0), 0, n), image, 10, GridRange::symmetric, "decoder filters"),
      text("<b>The parts</b>: what each code unit paints, ", n, " of ", model.code_size(),
           " units. Look for strokes and their ends; grey is nothing. PCA's components, or an "
           "undercomplete model's, cover the whole picture."));
}

std::string list_of(const std::vector<Real>& weights) {
  std::string out;
  for (Real one : weights) out += (out.empty() ? "" : ", ") + fixed_number(double(one), 2);
  return out;
}

// One example as the weighted sum of its leading parts.
std::string sum_of_parts(TrainRun& run, DenseAutoencoder& model, std::size_t example, std::size_t n) {
  const Dataset& shown = run.shown();
  const Tensor x = slice_rows(shown.X, example, example + 1);
  const Parts few = parts_of(model, x, n), all = parts_of(model, x, model.code_size());
  Tensor beside({2, x.cols()});
  std::copy(x.values.begin(), x.values.end(), beside.row(0));
  const std::size_t last = all.pictures.rows() - 1;
  std::copy(all.pictures.row(last), all.pictures.row(last) + x.cols(), beside.row(1));
  const auto error_after = [&](std::size_t k) {
    return number(squared_error_per_example(x, slice_rows(all.pictures, k, k + 1)));
  };
  return strip(text("example ", example + 1), "and what all units make of it, error " + error_after(last),
               beside, shown.image, "an example and its reconstruction") +
         strip("its parts", "times " + list_of(few.weights), few.filters, shown.image,
               "the decoder filters of its leading units", GridRange::symmetric) +
         strip("their sums", text("from the bias alone on; errors ", error_after(0), " to ", error_after(n)),
               few.pictures, shown.image, "the picture after each part is added");
}

std::string parts_figure(TrainRun& run, DenseAutoencoder& model) {
  const std::size_t n = std::min<std::size_t>(8, model.code_size());
  std::string out = "<div class=\"strips\">\n";
  for (std::size_t example : rows_to_show(run.shown(), 3)) out += sum_of_parts(run, model, example, n);
  return figure(out + "</div>",
                text("Each example as a sum: b + h₁ w₁ + h₂ w₂ + …, the ", n,
                     " parts with the largest h ‖w‖ first, each filter w with its activation h. The pictures "
                     "below are f(b), f(b + h₁ w₁), …: watch the strokes come in one by one."));
}

}  // namespace

double mean_distance_from(double rho, const std::vector<double>& rho_hat) {
  double sum = 0;
  for (double one : rho_hat) sum += std::abs(one - rho);
  return sum / double(rho_hat.size());
}

std::string sparse_figures(TrainRun& run) {
  auto& model = dynamic_cast<DenseAutoencoder&>(run.model);
  const Tensor H = model.encode(run.data.train.X, run.workers);
  std::string out =
      section("Few units at a time", beside({mean_activations(run, model), sorted_activations(H)}));
  if (!run.has_pictures() || model.decoder.size() != 1) return out;
  return out + section("Parts", parts_figure(run, model) + filters(model, run.shown().image));
}

}  // namespace strata::report
