#include "pretraining/pages/unit_pictures.hpp"

#include <algorithm>
#include <cmath>

namespace strata::pages {
namespace {

double length_of(const Real* x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += double(x[i]) * double(x[i]);
  return std::sqrt(sum);
}

// d += step · g / ‖g‖, then back to ‖d‖ ≤ bound. Without a gradient d stays.
void climb(Real* d, const Real* g, std::size_t n, double step, double bound) {
  const double slope = length_of(g, n);
  if (!(slope > 0)) return;
  for (std::size_t i = 0; i < n; ++i) d[i] += Real(step * double(g[i]) / slope);
  const double length = length_of(d, n);
  if (length <= bound) return;
  for (std::size_t i = 0; i < n; ++i) d[i] = Real(double(d[i]) * bound / length);
}

// z of encoder layer `layer`. The weights are inputs, not parameters: no gradient is computed for
// them.
Var record_pre_activation(Tape& tape, Var x, const DenseAutoencoder& model, std::size_t layer) {
  Var a = x;
  for (std::size_t k = 1;; ++k) {
    const Dense& dense = model.encoder[k - 1];
    const Var z = affine(a, tape.input(dense.W.value, "W"), tape.input(dense.b.value, "b"));
    if (k == layer) return z;
    a = activate(dense.activation, z);
  }
}

}  // namespace

Tensor exciting_inputs(const DenseAutoencoder& model, std::size_t layer,
                       const ExcitingOptions& options) {
  check(layer >= 1 && layer <= model.encoder.size(), "exciting_inputs: there is no encoder layer ",
        layer, " (layers 1 to ", model.encoder.size(), ")");
  check(options.bound > 0 && std::isfinite(options.bound), "exciting_inputs: the bound is ",
        options.bound, " (it must be above 0)");
  const std::size_t d = model.encoder.front().inputs(),
                    outputs = model.encoder[layer - 1].outputs();
  const Tensor centre = options.centre.empty() ? Tensor({d}) : options.centre;
  check(centre.size() == d, "exciting_inputs: the centre is ", centre.shape, " but the model has ",
        d, " features");
  const std::size_t units = std::min(outputs, options.most_units);
  check(units > 0, "exciting_inputs: most_units is 0");

  // All units climb together, unit j in row j of X = 1 cᵀ + D. Rows do not meet: with ∂L/∂Z = pick,
  // which is 1 at (j, j) and 0 elsewhere, row j of ∂L/∂X is ∂z_j/∂x at that row.
  Tensor D({units, d}), X({units, d}), pick({units, outputs});
  for (std::size_t j = 0; j < units; ++j) {
    pick(j, j) = 1;
    std::copy_n(centre.values.begin(), d, X.row(j));
  }
  Tape tape;
  tape.workers = options.workers;
  const Var x = tape.variable(X, "x");
  const Var z = record_pre_activation(tape, x, model, layer);
  for (std::size_t t = 0; t < options.steps; ++t) {
    tape.backward(z, pick);
    const double step = options.bound * (1 - double(t) / double(options.steps));
    for (std::size_t j = 0; j < units; ++j) {
      climb(D.row(j), x.grad().row(j), d, step, options.bound);
      for (std::size_t i = 0; i < d; ++i) X(j, i) = centre[i] + D(j, i);
    }
    tape.set_input(x, X);
    tape.replay();
  }
  return D;
}

}  // namespace strata::pages
