// Operations on each entry by itself. Operands of two have the same shape; nothing broadcasts.

#include <cmath>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/vector_math.hpp"

namespace strata {
namespace {

void check_same_shape(const char* name, Var A, Var B) {
  check(A.shape() == B.shape(), name, ": A is ", A.shape(), " but B is ", B.shape(),
        " (entry by entry needs equal shapes; to add a vector to each row, use add_row)");
}

}  // namespace

// --------------------------------------------------------------------------------------------- add
// C = A + B
// dA += dC       dB += dC

static void add_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  for (std::size_t i = 0; i < C.size(); ++i) C[i] = A[i] + B[i];
}

static void add_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < dC.size(); ++i) dA[i] += dC[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < dC.size(); ++i) dB[i] += dC[i];
  }
}

Var add(Var A, Var B, Site site) {
  check_same_shape("add", A, B);
  return A.tape->record(add_op, {A, B}, A.shape(), {}, site);
}

const Op add_op = {.name = "add",
                   .formula = "C = A + B",
                   .gradients = {"dA += dC", "dB += dC"},
                   .forward = add_forward,
                   .backward = add_backward};

// --------------------------------------------------------------------------------------------- sub
// C = A − B
// dA += dC       dB −= dC

static void sub_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  for (std::size_t i = 0; i < C.size(); ++i) C[i] = A[i] - B[i];
}

static void sub_backward(Tape& tape, Node& node) {
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < dC.size(); ++i) dA[i] += dC[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < dC.size(); ++i) dB[i] -= dC[i];
  }
}

Var sub(Var A, Var B, Site site) {
  check_same_shape("sub", A, B);
  return A.tape->record(sub_op, {A, B}, A.shape(), {}, site);
}

const Op sub_op = {.name = "sub",
                   .formula = "C = A − B",
                   .gradients = {"dA += dC", "dB −= dC"},
                   .forward = sub_forward,
                   .backward = sub_backward};

// --------------------------------------------------------------------------------------------- mul
// C = A ⊙ B
// dA += dC ⊙ B   dB += dC ⊙ A

static void mul_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  for (std::size_t i = 0; i < C.size(); ++i) C[i] = A[i] * B[i];
}

static void mul_backward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < dC.size(); ++i) dA[i] += dC[i] * B[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < dC.size(); ++i) dB[i] += dC[i] * A[i];
  }
}

Var mul(Var A, Var B, Site site) {
  check_same_shape("mul", A, B);
  return A.tape->record(mul_op, {A, B}, A.shape(), {}, site);
}

const Op mul_op = {.name = "mul",
                   .formula = "C = A ⊙ B",
                   .gradients = {"dA += dC ⊙ B", "dB += dC ⊙ A"},
                   .forward = mul_forward,
                   .backward = mul_backward};

// --------------------------------------------------------------------------------------------- div
// C = A / B
// dA += dC / B   dB −= dC ⊙ C / B

static void div_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  for (std::size_t i = 0; i < C.size(); ++i) C[i] = A[i] / B[i];
}

static void div_backward(Tape& tape, Node& node) {
  const Tensor& B = tape.input_value(node, 1);
  const Tensor& C = node.value;
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < dC.size(); ++i) dA[i] += dC[i] / B[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    for (std::size_t i = 0; i < dC.size(); ++i) dB[i] -= dC[i] * C[i] / B[i];
  }
}

Var div(Var A, Var B, Site site) {
  check_same_shape("div", A, B);
  return A.tape->record(div_op, {A, B}, A.shape(), {}, site);
}

const Op div_op = {.name = "div",
                   .formula = "C = A / B",
                   .gradients = {"dA += dC / B", "dB −= dC ⊙ C / B"},
                   .forward = div_forward,
                   .backward = div_backward};

// ------------------------------------------------------------------------------------------- scale
// Y = c X                     settings: number = c
// dX += c dY

static void scale_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const Real factor = node.settings.number;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = factor * X[i];
}

static void scale_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const Real factor = node.settings.number;
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += factor * dY[i];
}

Var scale(Var X, Real factor, Site site) {
  return X.tape->record(scale_op, {X}, X.shape(), {.number = factor}, site);
}

const Op scale_op = {.name = "scale",
                     .formula = "Y = c X",
                     .gradients = {"dX += c dY"},
                     .forward = scale_forward,
                     .backward = scale_backward};

// -------------------------------------------------------------------------------------- add_scalar
// Y = X + c                   settings: number = c
// dX += dY

static void add_scalar_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  const Real constant = node.settings.number;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = X[i] + constant;
}

static void add_scalar_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += dY[i];
}

Var add_scalar(Var X, Real constant, Site site) {
  return X.tape->record(add_scalar_op, {X}, X.shape(), {.number = constant}, site);
}

const Op add_scalar_op = {.name = "add_scalar",
                          .formula = "Y = X + c",
                          .gradients = {"dX += dY"},
                          .forward = add_scalar_forward,
                          .backward = add_scalar_backward};

// --------------------------------------------------------------------------------------------- exp
// Y = e^X
// dX += dY ⊙ Y

static void exp_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  apply_to_entries(tape, vector_exp, X, Y);
}

static void exp_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += dY[i] * Y[i];
}

Var exp(Var X, Site site) {
  return X.tape->record(exp_op, {X}, X.shape(), {}, site);
}

const Op exp_op = {.name = "exp",
                   .formula = "Y = e^X",
                   .gradients = {"dX += dY ⊙ Y"},
                   .forward = exp_forward,
                   .backward = exp_backward};

// --------------------------------------------------------------------------------------------- log
// Y = log X
// dX += dY / X

static void log_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  apply_to_entries(tape, vector_log, X, Y);
}

static void log_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += dY[i] / X[i];
}

Var log(Var X, Site site) {
  return X.tape->record(log_op, {X}, X.shape(), {}, site);
}

const Op log_op = {.name = "log",
                   .formula = "Y = log X",
                   .gradients = {"dX += dY / X"},
                   .forward = log_forward,
                   .backward = log_backward};

// -------------------------------------------------------------------------------------------- sqrt
// Y = √X
// dX += dY / (2 Y)

static void sqrt_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = std::sqrt(X[i]);
}

static void sqrt_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += dY[i] / (2 * Y[i]);
}

Var sqrt(Var X, Site site) {
  return X.tape->record(sqrt_op, {X}, X.shape(), {}, site);
}

const Op sqrt_op = {.name = "sqrt",
                    .formula = "Y = √X",
                    .gradients = {"dX += dY / (2 Y)"},
                    .forward = sqrt_forward,
                    .backward = sqrt_backward};

// ------------------------------------------------------------------------------------------ square
// Y = X²
// dX += 2 dY ⊙ X

static void square_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = X[i] * X[i];
}

static void square_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += 2 * dY[i] * X[i];
}

Var square(Var X, Site site) {
  return X.tape->record(square_op, {X}, X.shape(), {}, site);
}

const Op square_op = {.name = "square",
                      .formula = "Y = X²",
                      .gradients = {"dX += 2 dY ⊙ X"},
                      .forward = square_forward,
                      .backward = square_backward};

// --------------------------------------------------------------------------------------------- abs
// Y = |X|
// dX += dY ⊙ sign X; at the kink X = 0 the gradient is taken as 0

static void abs_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = std::abs(X[i]);
}

static void abs_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] += X[i] > 0 ? dY[i] : X[i] < 0 ? -dY[i] : Real(0);
}

Var abs(Var X, Site site) {
  return X.tape->record(abs_op, {X}, X.shape(), {}, site);
}

const Op abs_op = {.name = "abs",
                   .formula = "Y = |X|",
                   .gradients = {"dX += dY ⊙ sign X"},
                   .forward = abs_forward,
                   .backward = abs_backward,
                   .branch = signs_of_input};

}  // namespace strata
