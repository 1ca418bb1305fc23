// Normal distributions with independent entries: noise, and the divergence from N(0, I).

#include <cmath>

#include "core/autodiff/ops.hpp"
#include "core/sums.hpp"

namespace strata {

// ------------------------------------------------------------------------------------ normal_noise
// E_i independent, from N(0, 1)                          settings: rng
// No inputs, so nothing flows back: z = μ + σ ⊙ E has a gradient in μ and σ although z is drawn at
// random.

static void normal_noise_forward(Tape&, Node& node) {
  Tensor& E = node.value;
  fill_normal(E.values, *node.settings.rng);
}

Var normal_noise(Tape& tape, const Shape& shape, Rng& rng, Site site) {
  return tape.record(normal_noise_op, {}, shape, {.rng = &rng}, site);
}

const Op normal_noise_op = {.name = "normal_noise",
                            .formula = "E ~ N(0, 1)",
                            .forward = normal_noise_forward,
                            .random = true};

// ------------------------------------------------------------------------------------- gaussian_kl
// K = ½ (1/m) Σ (A² + e^V − 1 − V)                       A = μ, V = log σ² (m×k), K (1)
// dA += dK A/m                dV += dK (e^V − 1)/(2m)
// The mean over examples of KL(N(μ, σ²) ‖ N(0, 1)), summed over the k numbers of a code. e^V − 1 is
// computed at once (expm1): near V = 0, where training ends for unused code units, the difference
// would lose its digits.

static void gaussian_kl_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& V = tape.input_value(node, 1);
  const double total = sum_over<double>(
      A.size(), [&](std::size_t i) { return A[i] * A[i] + (std::expm1(V[i]) - V[i]); });
  node.value[0] = Real(total / (2 * double(A.rows())));
}

static void gaussian_kl_backward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& V = tape.input_value(node, 1);
  const Real dK_over_m = node.grad[0] / Real(A.rows());
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < A.size(); ++i) dA[i] += dK_over_m * A[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dV = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < V.size(); ++i) dV[i] += dK_over_m * std::expm1(V[i]) / 2;
  }
}

Var gaussian_kl(Var mean, Var log_variance, Site site) {
  check(mean.shape().rank == 2 && mean.shape() == log_variance.shape(),
        "gaussian_kl: the means are ", mean.shape(), " but the log variances ",
        log_variance.shape(), " (they must be equal matrices)");
  return mean.tape->record(gaussian_kl_op, {mean, log_variance}, {1}, {}, site);
}

const Op gaussian_kl_op = {.name = "gaussian_kl",
                           .formula = "K = ½ (1/m) Σ (A² + e^V − 1 − V), A = μ, V = log σ²",
                           .gradients = {"dA += dK A/m", "dV += dK (e^V − 1)/(2m)"},
                           .forward = gaussian_kl_forward,
                           .backward = gaussian_kl_backward};

}  // namespace strata
