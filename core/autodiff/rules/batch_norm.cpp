// Batch normalisation (Ioffe and Szegedy 2015): each feature gets mean 0 and variance 1 over the
// batch, then a gain g and a bias b that are trained (they write γ and β); and the running
// statistics that stand in for the batch's when the model is used.

#include <cmath>

#include "core/autodiff/rules/entries.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

// How the n values of each of d features lie in a tensor: of a matrix (m×d) a feature is a column;
// of images (N, C, H, W) it is a channel, `pixels` numbers in a row for each example. A matrix is
// like images of one pixel.
struct Features {
  std::size_t examples, d, pixels;

  explicit Features(const Shape& shape)
      : examples(shape[0]), d(shape[1]), pixels(shape[2] * shape[3]) {}
  std::size_t n() const { return examples * pixels; }

  /// Σ term(i) over the positions i of feature j. (In double: a mean of many floats should not lose
  /// what their variance needs.)
  template <class Term>
  double sum(std::size_t j, const Term& term) const {
    const std::size_t step = d * pixels, first = j * pixels;
    if (pixels == 1)
      return sum_over<double>(examples, [=](std::size_t e) { return term(first + e * step); });
    double total = 0;
    for (std::size_t e = 0; e < examples; ++e)
      total += sum_over<double>(pixels, [=](std::size_t p) { return term(first + e * step + p); });
    return total;
  }
  /// body(i) for the same positions.
  template <class Body>
  void each(std::size_t j, const Body& body) const {
    for (std::size_t e = 0; e < examples; ++e) {
      const std::size_t first = (e * d + j) * pixels;
      for (std::size_t p = 0; p < pixels; ++p) body(first + p);
    }
  }
};

void check_features(const char* name, Var X, Var gain, Var bias) {
  check(X.shape().rank == 2 || X.shape().rank == 4, name, ": X is ", X.shape(),
        " (it must be a matrix, examples × features, or images N×C×H×W)");
  check_gain_and_bias(name, X, gain, bias, X.shape()[1]);
}

}  // namespace

// -------------------------------------------------------------------------------------- batch_norm
// Y = g (X − μ) / √(σ² + ε) + b        X, Y (m×d) or (N,d,H,W), g, b (d)
//   with μ and σ² the mean and variance of each feature over its n values in the batch
//   settings: number = ε                 saved: (2×d), μ and σ²
// With x̂ = (X − μ) / √(σ² + ε):       dg += Σ dY x̂    db += Σ dY
// dX += g / √(σ² + ε) · (dY − (1/n) Σ dY − x̂ (1/n) Σ dY x̂)
//   The two means are there because μ and σ² move with every X: what all dY have in common, and
//   what they have along x̂, does not change Y.

static void batch_norm_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Y = node.value;
  const Features features(X.shape);
  if (node.saved.empty()) node.saved.emplace_back(Shape{2, features.d});
  Tensor& statistics = node.saved[0];
  const Real epsilon = node.settings.number;
  for_each_of(tape, features.d, features.n(), [&, features, epsilon](std::size_t j) {
    const double n = double(features.n());
    const Real mean = Real(features.sum(j, [&X](std::size_t i) { return X[i]; }) / n);
    const Real variance = Real(
        features.sum(j, [&X, mean](std::size_t i) { return (X[i] - mean) * (X[i] - mean); }) / n);
    statistics(0, j) = mean;
    statistics(1, j) = variance;
    const Real factor = g[j] / std::sqrt(variance + epsilon), bias = b[j];
    features.each(
        j, [&X, &Y, mean, factor, bias](std::size_t i) { Y[i] = factor * (X[i] - mean) + bias; });
  });
}

static void batch_norm_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const Tensor& statistics = node.saved[0];
  const Features features(X.shape);
  const Real epsilon = node.settings.number;
  Tensor* const dX = tape.input_wants_grad(node, 0) ? &tape.input_grad(node, 0) : nullptr;
  Tensor* const dg = tape.input_wants_grad(node, 1) ? &tape.input_grad(node, 1) : nullptr;
  Tensor* const db = tape.input_wants_grad(node, 2) ? &tape.input_grad(node, 2) : nullptr;
  for_each_of(tape, features.d, features.n(), [&, features, epsilon, dX, dg, db](std::size_t j) {
    const Real mean = statistics(0, j), root = std::sqrt(statistics(1, j) + epsilon);
    const auto x_hat = [&X, mean, root](std::size_t i) { return (X[i] - mean) / root; };
    const double sum_dY = features.sum(j, [&dY](std::size_t i) { return dY[i]; });
    const double sum_dY_x_hat =
        features.sum(j, [&dY, x_hat](std::size_t i) { return dY[i] * x_hat(i); });
    if (dg != nullptr) (*dg)[j] += Real(sum_dY_x_hat);
    if (db != nullptr) (*db)[j] += Real(sum_dY);
    if (dX == nullptr) return;
    const Real common = Real(sum_dY / double(features.n()));
    const Real along = Real(sum_dY_x_hat / double(features.n()));
    const Real factor = g[j] / root;
    Tensor& dx = *dX;
    features.each(
        j, [&, x_hat](std::size_t i) { dx[i] += factor * (dY[i] - common - x_hat(i) * along); });
  });
}

Var batch_norm(Var X, Var gain, Var bias, Real epsilon, Site site) {
  check_features("batch_norm", X, gain, bias);
  check(Features(X.shape()).n() > 1, "batch_norm: X is ", X.shape(),
        ": one value of each feature has no variance (train with batches of at least 2 examples, "
        "the last one too)");
  return X.tape->record(batch_norm_op, {X, gain, bias}, X.shape(), {.number = epsilon}, site);
}

const Op batch_norm_op = {
    .name = "batch_norm",
    .formula = "Y = g (X − μ) / √(σ² + ε) + b",
    .gradients = {"dX += g / √(σ² + ε) (dY − mean dY − x̂ mean(dY x̂)), x̂ = (X − μ) / √(σ² + ε)",
                  "dg += Σ dY x̂", "db += Σ dY"},
    .saved = {"[μ; σ²]"},
    .forward = batch_norm_forward,
    .backward = batch_norm_backward};

// -------------------------------------------------------------------------------- batch_norm_fixed
// Y = g (X − μ) / √(σ² + ε) + b        with given statistics (2×d), μ and σ²
//   settings: number = ε, statistics
// dX += g / √(σ² + ε) dY               dg += Σ dY (X − μ) / √(σ² + ε)               db += Σ dY

static void batch_norm_fixed_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Y = node.value;
  const Tensor& statistics = *node.settings.statistics;
  const Features features(X.shape);
  const Real epsilon = node.settings.number;
  for_each_of(tape, features.d, features.n(), [&, features, epsilon](std::size_t j) {
    const Real mean = statistics(0, j), factor = g[j] / std::sqrt(statistics(1, j) + epsilon),
               bias = b[j];
    features.each(
        j, [&X, &Y, mean, factor, bias](std::size_t i) { Y[i] = factor * (X[i] - mean) + bias; });
  });
}

static void batch_norm_fixed_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& g = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const Tensor& statistics = *node.settings.statistics;
  const Features features(X.shape);
  for (std::size_t j = 0; j < features.d; ++j) {
    const Real mean = statistics(0, j), root = std::sqrt(statistics(1, j) + node.settings.number);
    if (tape.input_wants_grad(node, 0)) {
      Tensor& dX = tape.input_grad(node, 0);
      const Real factor = g[j] / root;
      features.each(j, [&](std::size_t i) { dX[i] += factor * dY[i]; });
    }
    if (tape.input_wants_grad(node, 1)) {
      Tensor& dg = tape.input_grad(node, 1);
      dg[j] += Real(
          features.sum(j, [&, mean, root](std::size_t i) { return dY[i] * (X[i] - mean) / root; }));
    }
    if (tape.input_wants_grad(node, 2)) {
      Tensor& db = tape.input_grad(node, 2);
      db[j] += Real(features.sum(j, [&](std::size_t i) { return dY[i]; }));
    }
  }
}

Var batch_norm_fixed(Var X, Var gain, Var bias, Tensor& statistics, Real epsilon, Site site) {
  check_features("batch_norm_fixed", X, gain, bias);
  check(statistics.shape == Shape({2, X.shape()[1]}), "batch_norm_fixed: X is ", X.shape(),
        " but the statistics are ", statistics.shape,
        " (two rows, means and variances, one column a feature)");
  return X.tape->record(batch_norm_fixed_op, {X, gain, bias}, X.shape(),
                        {.number = epsilon, .statistics = &statistics}, site);
}

const Op batch_norm_fixed_op = {
    .name = "batch_norm_fixed",
    .formula = "Y = g (X − μ) / √(σ² + ε) + b",
    .gradients = {"dX += g / √(σ² + ε) dY", "dg += Σ dY (X − μ) / √(σ² + ε)", "db += Σ dY"},
    .forward = batch_norm_fixed_forward,
    .backward = batch_norm_fixed_backward};

// ------------------------------------------------------------------------------ running_statistics
// statistics ← (1 − α) statistics + α (μ; σ² n/(n − 1))       of the batch_norm that is its input
//   statistics (2×d)
// Its value is a copy of them, to look at.                     settings: number = α, statistics
// Nothing flows back: they are not part of what is differentiated. As with random draws, checks
// must not repeat it.

static void running_statistics_forward(Tape& tape, Node& node) {
  const Node& normed = tape.nodes[node.inputs[0]];
  const Tensor& of_batch = normed.saved[0];
  Tensor& statistics = *node.settings.statistics;
  const Real alpha = node.settings.number, n = Real(Features(normed.value.shape).n());
  for (std::size_t j = 0; j < statistics.cols(); ++j) {
    const Real variance = of_batch(1, j) * (n / (n - 1));
    statistics(0, j) = (1 - alpha) * statistics(0, j) + alpha * of_batch(0, j);
    statistics(1, j) = (1 - alpha) * statistics(1, j) + alpha * variance;
  }
  node.value.values = statistics.values;
}

Var running_statistics(Var normed, Tensor& statistics, Real momentum, Site site) {
  check(normed.node().op == &batch_norm_op, "running_statistics: of a node of ",
        normed.node().op->name, " (a batch_norm has them)");
  check(statistics.shape == normed.node().saved[0].shape, "running_statistics: the batch's are ",
        normed.node().saved[0].shape, " but the statistics are ", statistics.shape);
  check(momentum >= 0 && momentum <= 1, "running_statistics: momentum is ", momentum,
        ", but must lie in [0, 1]");
  return normed.tape->record(running_statistics_op, {normed}, statistics.shape,
                             {.number = momentum, .statistics = &statistics}, site);
}

const Op running_statistics_op = {.name = "running_statistics",
                                  .formula = "S ← (1 − α) S + α [μ; σ² n/(n − 1)]",
                                  .gradients = {"Y"},
                                  .forward = running_statistics_forward,
                                  .backward = nothing_flows_back,
                                  .random = true};

}  // namespace strata
