// Layer normalisation (Ba, Kiros and Hinton 2016): the features of each example get mean 0 and
// variance 1, then a gain g and a bias b that are trained. The rule: the formula and the shapes,
// forward, backward, its row of the table, the function that records it.

#include <cmath>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/rows.hpp"
#include "core/sums.hpp"

namespace strata {

// -------------------------------------------------------------------------------------- layer_norm
// Y = g (X − μ) / √(σ² + ε) + b        X, Y (m×d), g, b (d)
//   settings: number = ε                 saved: (m×2), μ and 1/√(σ² + ε)
//   with μ and σ² the mean and variance of each row
// With x̂ = (X − μ) / √(σ² + ε) and dx̂ = g dY:       dg += Σ_rows dY x̂    db += Σ_rows dY
// dX += (dx̂ − (1/d) Σ_j dx̂ − x̂ (1/d) Σ_j dx̂ x̂) / √(σ² + ε)

static void layer_norm_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Y = node.value;
  if (node.saved.empty()) node.saved.emplace_back(Shape{X.rows(), 2});
  Tensor& statistics = node.saved[0];
  const std::size_t d = X.cols();
  const Real epsilon = node.settings.number;
  for_each_of(tape, X.rows(), d, [&, d, epsilon](std::size_t row) {
    const Real* const x = X.row(row);
    Real* const y = Y.row(row);
    const Real mean = Real(sum_over<double>(d, [x](std::size_t j) { return x[j]; }) / double(d));
    const Real variance = Real(
        sum_over<double>(d, [x, mean](std::size_t j) { return (x[j] - mean) * (x[j] - mean); }) /
        double(d));
    const Real inverse = 1 / std::sqrt(variance + epsilon);
    statistics(row, 0) = mean;
    statistics(row, 1) = inverse;
    for (std::size_t j = 0; j < d; ++j) y[j] = g[j] * (x[j] - mean) * inverse + b[j];
  });
}

static void layer_norm_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const Tensor& statistics = node.saved[0];
  const std::size_t d = X.cols();
  const auto x_hat = [&](std::size_t row, std::size_t j) {
    return (X(row, j) - statistics(row, 0)) * statistics(row, 1);
  };
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dX = tape.input_grad(node, 0);
    for_each_of(tape, X.rows(), d, [&, d](std::size_t row) {
      const Real common =
          Real(sum_over<double>(d, [&](std::size_t j) { return g[j] * dY(row, j); }) / double(d));
      const Real along = Real(
          sum_over<double>(d, [&](std::size_t j) { return g[j] * dY(row, j) * x_hat(row, j); }) /
          double(d));
      for (std::size_t j = 0; j < d; ++j)
        dX(row, j) += statistics(row, 1) * (g[j] * dY(row, j) - common - x_hat(row, j) * along);
    });
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dg = tape.input_grad(node, 1);
    for_column_sums(
        X.rows(), d, tape.workers,
        [&](std::size_t row) {
          return [&, row](std::size_t j) { return dY(row, j) * x_hat(row, j); };
        },
        [&dg](std::size_t j, double total) { dg[j] += Real(total); });
  }
  if (tape.input_wants_grad(node, 2)) {
    add_row_sums(dY, 1, tape.input_grad(node, 2), tape.workers);
  }
}

Var layer_norm(Var X, Var gain, Var bias, Real epsilon, Site site) {
  check(X.shape().rank == 2 && X.shape()[1] > 1, "layer_norm: X is ", X.shape(),
        " (it must be a matrix, examples × features, with at least two features; flatten images "
        "first)");
  check_gain_and_bias("layer_norm", X, gain, bias, X.shape()[1]);
  return X.tape->record(layer_norm_op, {X, gain, bias}, X.shape(), {.number = epsilon}, site);
}

const Op layer_norm_op = {
    .name = "layer_norm",
    .formula = "Y = g (X − μ) / √(σ² + ε) + b",
    .gradients = {"dX += (g dY − mean(g dY) − x̂ mean(g dY x̂)) / √(σ² + ε), x̂ = (X − μ) / √(σ² + ε)",
                  "dg += Σ_rows dY x̂", "db += Σ_rows dY"},
    .saved = {"[μ 1/√(σ² + ε)]"},
    .forward = layer_norm_forward,
    .backward = layer_norm_backward};

}  // namespace strata
