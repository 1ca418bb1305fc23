// Losses: one number, a sum over features and a mean over the m examples.

#include <algorithm>
#include <cmath>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/vector_math.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

void check_pair(const char* name, const char* what, Var R, Var X) {
  check(R.shape().rank == 2 && R.shape() == X.shape(), name, ": ", what, " is ", R.shape(),
        " but the target is ", X.shape(), " (they must be equal matrices)");
}

}  // namespace

// ---------------------------------------------------------------------------------------- half_mse
// L = 1/(2m) Σ (R − X)²       R, X (m×d), L (1)
// dR += dL (R − X)/m          dX −= dL (R − X)/m

static void half_mse_forward(Tape& tape, Node& node) {
  const Tensor& R = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  const double total =
      sum_over<double>(R.size(), [&](std::size_t i) { return (R[i] - X[i]) * (R[i] - X[i]); });
  node.value[0] = Real(total / (2 * double(R.rows())));
}

static void half_mse_backward(Tape& tape, Node& node) {
  const Tensor& R = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  const Real dL_over_m = node.grad[0] / Real(R.rows());
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dR = tape.input_grad(node, 0);
    for_entries(tape, R.size(), [&](std::size_t i) { dR[i] += dL_over_m * (R[i] - X[i]); });
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dX = tape.input_grad(node, 1);
    for_entries(tape, R.size(), [&](std::size_t i) { dX[i] -= dL_over_m * (R[i] - X[i]); });
  }
}

Var half_mse(Var R, Var X, Site site) {
  check_pair("half_mse", "R", R, X);
  return R.tape->record(half_mse_op, {R, X}, {1}, {}, site);
}

const Op half_mse_op = {.name = "half_mse",
                        .formula = "L = 1/(2m) Σ (R − X)²",
                        .gradients = {"dR += dL (R − X)/m", "dX −= dL (R − X)/m"},
                        .forward = half_mse_forward,
                        .backward = half_mse_backward};

// --------------------------------------------------------------------------------------------- bce
// L = −1/m Σ [X log R + (1 − X) log(1 − R)]        R in [0, 1], L (1)
// dR += dL (R − X) / (m R (1 − R))                 dX += dL (log(1 − R) − log R)/m
// A term whose factor X or 1 − X is 0 is 0, also where its logarithm is not finite; so dR is taken
// as dL/m [(1 − X)/(1 − R) − X/R], where 0/0 is 0.

// a/b, and 0 where a is 0
static Real share(Real a, Real b) {
  return a == 0 ? Real(0) : a / b;
}

static void bce_forward(Tape& tape, Node& node) {
  const Tensor& R = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  const double total = sum_over<double>(R.size(), [&](std::size_t i) {
    const Real of_x = X[i] == 0 && R[i] >= 0 ? Real(0) : X[i] * std::log(R[i]);
    const Real of_rest = X[i] == 1 && R[i] <= 1 ? Real(0) : (1 - X[i]) * std::log1p(-R[i]);
    return of_x + of_rest;
  });
  node.value[0] = Real(-total / double(R.rows()));
}

static void bce_backward(Tape& tape, Node& node) {
  const Tensor& R = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  const Real dL_over_m = node.grad[0] / Real(R.rows());
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dR = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < R.size(); ++i)
      dR[i] += dL_over_m * (share(1 - X[i], 1 - R[i]) - share(X[i], R[i]));
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dX = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < R.size(); ++i)
      dX[i] += dL_over_m * (std::log1p(-R[i]) - std::log(R[i]));
  }
}

Var bce(Var R, Var X, Site site) {
  check_pair("bce", "R", R, X);
  return R.tape->record(bce_op, {R, X}, {1}, {}, site);
}

const Op bce_op = {
    .name = "bce",
    .formula = "L = −1/m Σ [X log R + (1 − X) log(1 − R)]",
    .gradients = {"dR += dL (R − X)/(m R (1 − R))", "dX += dL (log(1 − R) − log R)/m"},
    .forward = bce_forward,
    .backward = bce_backward};

// --------------------------------------------------------------------------------- bce_with_logits
// L = 1/m Σ [softplus(Z) − X Z]
//   the bce of R = σ(Z), since −log σ(z) = softplus(z) − z
// dZ += dL (σ(Z) − X)/m                            dX −= dL Z/m          saved: softplus(Z), σ(Z)

static void bce_with_logits_forward(Tape& tape, Node& node) {
  const Tensor& Z = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  if (node.saved.empty()) node.saved = {Tensor(Z.shape), Tensor(Z.shape)};
  Tensor& softplus_Z = node.saved[0];
  apply_to_entries(tape, vector_softplus, Z, softplus_Z);
  const double total =
      sum_over<double>(Z.size(), [&](std::size_t i) { return softplus_Z[i] - X[i] * Z[i]; });
  node.value[0] = Real(total / double(Z.rows()));
}

static void bce_with_logits_backward(Tape& tape, Node& node) {
  const Tensor& Z = tape.input_value(node, 0);
  const Tensor& X = tape.input_value(node, 1);
  const Real dL_over_m = node.grad[0] / Real(Z.rows());
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dZ = tape.input_grad(node, 0);
    Tensor& R = node.saved[1];
    apply_to_entries(tape, vector_sigmoid, Z, R);
    for_entries(tape, Z.size(), [&](std::size_t i) { dZ[i] += dL_over_m * (R[i] - X[i]); });
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dX = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < Z.size(); ++i) dX[i] -= dL_over_m * Z[i];
  }
}

Var bce_with_logits(Var Z, Var X, Site site) {
  check_pair("bce_with_logits", "Z", Z, X);
  return Z.tape->record(bce_with_logits_op, {Z, X}, {1}, {}, site);
}

const Op bce_with_logits_op = {.name = "bce_with_logits",
                               .formula = "L = 1/m Σ [softplus(Z) − X Z]",
                               .gradients = {"dZ += dL (σ(Z) − X)/m", "dX −= dL Z/m"},
                               .saved = {"softplus(Z)", "σ(Z)"},
                               .forward = bce_with_logits_forward,
                               .backward = bce_with_logits_backward};

// --------------------------------------------------------------------------- softmax_cross_entropy
// L = −1/m Σ_i log softmax(Z_i)_{label_i}          Z (m×classes), labels (m), L (1)
// dZ_ij += dL (softmax(Z_i)_j − [j = label_i])/m   saved: the softmax

static void softmax_cross_entropy_forward(Tape& tape, Node& node) {
  const Tensor& Z = tape.input_value(node, 0);
  const Tensor& labels = tape.input_value(node, 1);
  if (node.saved.empty()) node.saved.emplace_back(Z.shape);
  Tensor& probabilities = node.saved[0];
  double total = 0;
  for (std::size_t i = 0; i < Z.rows(); ++i) {
    const bool is_class =
        labels[i] >= 0 && labels[i] < Real(Z.cols()) && labels[i] == std::floor(labels[i]);
    check(is_class, "softmax_cross_entropy: example ", i, " has the label ", labels[i],
          " but there are ", Z.cols(), " classes, counted from 0");
    const std::size_t label = std::size_t(labels[i]);
    const Real largest = *std::max_element(Z.row(i), Z.row(i) + Z.cols());
    Real row_total = 0;
    for (std::size_t j = 0; j < Z.cols(); ++j) {
      probabilities(i, j) = std::exp(Z(i, j) - largest);
      row_total += probabilities(i, j);
    }
    for (std::size_t j = 0; j < Z.cols(); ++j) probabilities(i, j) /= row_total;
    total += largest + std::log(row_total) - Z(i, label);
  }
  node.value[0] = Real(total / double(Z.rows()));
}

static void softmax_cross_entropy_backward(Tape& tape, Node& node) {
  const Tensor& labels = tape.input_value(node, 1);
  const Tensor& probabilities = node.saved[0];
  const Real dL_over_m = node.grad[0] / Real(probabilities.rows());
  Tensor& dZ = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dZ.rows(); ++i) {
    const std::size_t label = std::size_t(labels[i]);
    for (std::size_t j = 0; j < dZ.cols(); ++j) {
      const Real is_label = j == label ? Real(1) : Real(0);
      dZ(i, j) += dL_over_m * (probabilities(i, j) - is_label);
    }
  }
}

Var softmax_cross_entropy(Var Z, Var labels, Site site) {
  check(Z.shape().rank == 2 && labels.shape() == Shape({Z.shape()[0]}),
        "softmax_cross_entropy: Z is ", Z.shape(), " but labels is ", labels.shape(),
        " (one class number for each row of Z)");
  check(!labels.node().wants_grad,
        "softmax_cross_entropy: class numbers have no gradient, give them as an input");
  return Z.tape->record(softmax_cross_entropy_op, {Z, labels}, {1}, {}, site);
}

const Op softmax_cross_entropy_op = {
    .name = "softmax_cross_entropy",
    .formula = "L = −1/m Σ_i log softmax(Z_i)_label",
    .gradients = {"dZ_ij += dL (softmax(Z_i)_j − [j = label])/m", "label"},
    .saved = {"softmax(Z)"},
    .forward = softmax_cross_entropy_forward,
    .backward = softmax_cross_entropy_backward};

}  // namespace strata
