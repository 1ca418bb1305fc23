// Activation functions a = f(z), and the mask of dropout.

#include <cmath>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/scalar_math.hpp"
#include "core/math/vector_math.hpp"

namespace strata {

// ----------------------------------------------------------------------------------------- sigmoid
// Y = σ(X) = 1 / (1 + e^−X)
// dX += dY ⊙ Y ⊙ (1 − Y)

static void sigmoid_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  apply_to_entries(tape, vector_sigmoid, X, Y);
}

static void sigmoid_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for_entries(tape, dX.size(), [&](std::size_t i) { dX[i] += dY[i] * Y[i] * (1 - Y[i]); });
}

Var sigmoid(Var X, Site site) {
  return X.tape->record(sigmoid_op, {X}, X.shape(), {}, site);
}

const Op sigmoid_op = {.name = "sigmoid",
                       .formula = "Y = σ(X)",
                       .gradients = {"dX += dY ⊙ Y ⊙ (1 − Y)"},
                       .forward = sigmoid_forward,
                       .backward = sigmoid_backward};

// -------------------------------------------------------------------------------------------- tanh
// Y = tanh X
// dX += dY ⊙ (1 − Y²)

static void tanh_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  apply_to_entries(tape, vector_tanh, X, Y);
}

static void tanh_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for_entries(tape, dX.size(), [&](std::size_t i) { dX[i] += dY[i] * (1 - Y[i] * Y[i]); });
}

Var tanh(Var X, Site site) {
  return X.tape->record(tanh_op, {X}, X.shape(), {}, site);
}

const Op tanh_op = {.name = "tanh",
                    .formula = "Y = tanh X",
                    .gradients = {"dX += dY ⊙ (1 − Y²)"},
                    .forward = tanh_forward,
                    .backward = tanh_backward};

// -------------------------------------------------------------------------------------------- relu
// Y = max(X, 0)
// dX += dY where X > 0; at the kink X = 0 the gradient is taken as 0

static void relu_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const Real* const x = X.values.data();
  Real* const y = Y.values.data();
  for_entries(tape, Y.size(), [x, y](std::size_t i) {
    y[i] = x[i] <= 0 ? Real(0) : x[i];  // this way round NaN stays NaN
  });
}

static void relu_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const Real *const x = X.values.data(), *const dy = dY.values.data();
  Real* const dx = dX.values.data();
  for_entries(tape, dX.size(), [x, dy, dx](std::size_t i) {
    // Read in any case: then there is nothing to jump over, and vectors can be used
    const Real passed = dy[i];
    dx[i] += x[i] > 0 ? passed : Real(0);
  });
}

Var relu(Var X, Site site) {
  return X.tape->record(relu_op, {X}, X.shape(), {}, site);
}

const Op relu_op = {.name = "relu",
                    .formula = "Y = max(X, 0)",
                    .gradients = {"dX += dY where X > 0"},
                    .forward = relu_forward,
                    .backward = relu_backward,
                    .branch = signs_of_input};

// -------------------------------------------------------------------------------------- leaky_relu
// Y = X where X > 0, else slope X          settings: number = slope
// dX += dY where X > 0, else slope dY

static void leaky_relu_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const Real slope = node.settings.number;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = X[i] > 0 ? X[i] : slope * X[i];
}

static void leaky_relu_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const Real slope = node.settings.number;
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += X[i] > 0 ? dY[i] : slope * dY[i];
}

Var leaky_relu(Var X, Real slope, Site site) {
  return X.tape->record(leaky_relu_op, {X}, X.shape(), {.number = slope}, site);
}

const Op leaky_relu_op = {.name = "leaky_relu",
                          .formula = "Y = X where X > 0, else s X",
                          .gradients = {"dX += dY where X > 0, else s dY"},
                          .forward = leaky_relu_forward,
                          .backward = leaky_relu_backward,
                          .branch = signs_of_input};

// --------------------------------------------------------------------------------------------- elu
// Y = X where X > 0, else α (e^X − 1)      settings: number = α
// dX += dY where X > 0, else dY (Y + α)

static void elu_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const Real alpha = node.settings.number;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = X[i] > 0 ? X[i] : alpha * std::expm1(X[i]);
}

static void elu_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const Real alpha = node.settings.number;
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += X[i] > 0 ? dY[i] : dY[i] * (Y[i] + alpha);
}

Var elu(Var X, Real alpha, Site site) {
  return X.tape->record(elu_op, {X}, X.shape(), {.number = alpha}, site);
}

const Op elu_op = {.name = "elu",
                   .formula = "Y = X where X > 0, else α (e^X − 1)",
                   .gradients = {"dX += dY where X > 0, else dY ⊙ (Y + α)"},
                   .forward = elu_forward,
                   .backward = elu_backward,
                   .branch = signs_of_input};

// ---------------------------------------------------------------------------------------- softplus
// Y = log(1 + e^X)
// dX += dY ⊙ σ(X)

static void softplus_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  apply_to_entries(tape, vector_softplus, X, Y);
}

static void softplus_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += dY[i] * sigmoid(X[i]);
}

Var softplus(Var X, Site site) {
  return X.tape->record(softplus_op, {X}, X.shape(), {}, site);
}

const Op softplus_op = {.name = "softplus",
                        .formula = "Y = log(1 + e^X)",
                        .gradients = {"dX += dY ⊙ σ(X)"},
                        .forward = softplus_forward,
                        .backward = softplus_backward};

// ------------------------------------------------------------------------------------ dropout_mask
// M_i = 1/keep with probability keep, else 0             settings: number = keep, rng
// No inputs, so nothing flows back. Y = X ⊙ M has the mean of X: no rescaling when the mask is left
// out afterwards.

static void dropout_mask_forward(Tape&, Node& node) {
  Tensor& M = node.value;
  const double keep = node.settings.number;
  fill_bernoulli(M.values, *node.settings.rng, keep, Real(1 / keep));
}

Var dropout_mask(Tape& tape, const Shape& shape, Real keep, Rng& rng, Site site) {
  check(keep > 0 && keep <= 1, "dropout_mask: keep is ", keep, ", but must lie in (0, 1]");
  return tape.record(dropout_mask_op, {}, shape, {.number = keep, .rng = &rng}, site);
}

const Op dropout_mask_op = {.name = "dropout_mask",
                            .formula = "M = 1/keep where “drawn, with probability keep”, else 0",
                            .forward = dropout_mask_forward,
                            .random = true};

}  // namespace strata
