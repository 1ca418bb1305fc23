// Operations on each entry by itself. Operands of two have the same shape; nothing broadcasts.
// Each rule: the formula, forward, backward, its row of the table, the function that records it.

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

const Op add_op = {"add", "C = A + B;  dA += dC,  dB += dC", add_forward, add_backward,
                   Site::here()};

Var add(Var A, Var B, Site site) {
  check_same_shape("add", A, B);
  return A.tape->record(add_op, {A, B}, A.shape(), {}, site);
}

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

const Op sub_op = {"sub", "C = A − B;  dA += dC,  dB −= dC", sub_forward, sub_backward,
                   Site::here()};

Var sub(Var A, Var B, Site site) {
  check_same_shape("sub", A, B);
  return A.tape->record(sub_op, {A, B}, A.shape(), {}, site);
}

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

const Op mul_op = {"mul", "C = A ⊙ B;  dA += dC ⊙ B,  dB += dC ⊙ A", mul_forward, mul_backward,
                   Site::here()};

Var mul(Var A, Var B, Site site) {
  check_same_shape("mul", A, B);
  return A.tape->record(mul_op, {A, B}, A.shape(), {}, site);
}

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

const Op div_op = {"div", "C = A / B;  dA += dC / B,  dB −= dC ⊙ C / B", div_forward, div_backward,
                   Site::here()};

Var div(Var A, Var B, Site site) {
  check_same_shape("div", A, B);
  return A.tape->record(div_op, {A, B}, A.shape(), {}, site);
}

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

const Op scale_op = {"scale", "Y = c X;  dX += c dY", scale_forward, scale_backward, Site::here()};

Var scale(Var X, Real factor, Site site) {
  return X.tape->record(scale_op, {X}, X.shape(), with_number(factor), site);
}

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

const Op add_scalar_op = {"add_scalar", "Y = X + c;  dX += dY", add_scalar_forward,
                          add_scalar_backward, Site::here()};

Var add_scalar(Var X, Real constant, Site site) {
  return X.tape->record(add_scalar_op, {X}, X.shape(), with_number(constant), site);
}

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

const Op exp_op = {"exp", "Y = e^X;  dX += dY ⊙ Y", exp_forward, exp_backward, Site::here()};

Var exp(Var X, Site site) {
  return X.tape->record(exp_op, {X}, X.shape(), {}, site);
}

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

const Op log_op = {"log", "Y = log X;  dX += dY / X", log_forward, log_backward, Site::here()};

Var log(Var X, Site site) {
  return X.tape->record(log_op, {X}, X.shape(), {}, site);
}

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

const Op sqrt_op = {"sqrt", "Y = √X;  dX += dY / (2 Y)", sqrt_forward, sqrt_backward, Site::here()};

Var sqrt(Var X, Site site) {
  return X.tape->record(sqrt_op, {X}, X.shape(), {}, site);
}

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

const Op square_op = {"square", "Y = X²;  dX += 2 dY ⊙ X", square_forward, square_backward,
                      Site::here()};

Var square(Var X, Site site) {
  return X.tape->record(square_op, {X}, X.shape(), {}, site);
}

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

const Op abs_op = {
    "abs", "Y = |X|;  dX += dY ⊙ sign X", abs_forward, abs_backward, Site::here(), signs_of_input};

Var abs(Var X, Site site) {
  return X.tape->record(abs_op, {X}, X.shape(), {}, site);
}

}  // namespace strata
