// Products and biases: what a dense layer is made of.

#include <algorithm>

#include "core/autodiff/ops.hpp"
#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"

namespace strata {
namespace {

void check_matrices(const char* name, Var A, Var B) {
  check(A.shape().rank == 2 && B.shape().rank == 2, name, ": needs two matrices, but A is ",
        A.shape(), " and B is ", B.shape());
}

}  // namespace

// ------------------------------------------------------------------------------------------ matmul
// C = A B                     A (n×k), B (k×p), C (n×p)
// dA += dC Bᵀ    dB += Aᵀ dC

static void matmul_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  matmul(A, B, C, Store::overwrite, tape.workers);
}

static void matmul_backward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    matmul_bt(dC, B, dA, Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    matmul_at(A, dC, dB, Store::add, tape.workers);
  }
}

Var matmul(Var A, Var B, Site site) {
  check_matrices("matmul", A, B);
  return A.tape->record(matmul_op, {A, B}, {A.shape()[0], B.shape()[1]}, {}, site);
}

const Op matmul_op = {.name = "matmul",
                      .formula = "C = A B",
                      .gradients = {"dA += dC Bᵀ", "dB += Aᵀ dC"},
                      .forward = matmul_forward,
                      .backward = matmul_backward};

// --------------------------------------------------------------------------------------- matmul_bt
// C = A Bᵀ                    A (n×k), B (p×k), C (n×p)
// dA += dC B     dB += dCᵀ A

static void matmul_bt_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  matmul_bt(A, B, C, Store::overwrite, tape.workers);
}

static void matmul_bt_backward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    matmul(dC, B, dA, Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    matmul_at(dC, A, dB, Store::add, tape.workers);
  }
}

Var matmul_bt(Var A, Var B, Site site) {
  check_matrices("matmul_bt", A, B);
  return A.tape->record(matmul_bt_op, {A, B}, {A.shape()[0], B.shape()[0]}, {}, site);
}

const Op matmul_bt_op = {.name = "matmul_bt",
                         .formula = "C = A Bᵀ",
                         .gradients = {"dA += dC B", "dB += dCᵀ A"},
                         .forward = matmul_bt_forward,
                         .backward = matmul_bt_backward};

// --------------------------------------------------------------------------------------- matmul_at
// C = Aᵀ B                    A (k×n), B (k×p), C (n×p)
// dA += B dCᵀ    dB += A dC

static void matmul_at_forward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  Tensor& C = node.value;
  matmul_at(A, B, C, Store::overwrite, tape.workers);
}

static void matmul_at_backward(Tape& tape, Node& node) {
  const Tensor& A = tape.input_value(node, 0);
  const Tensor& B = tape.input_value(node, 1);
  const Tensor& dC = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dA = tape.input_grad(node, 0);
    matmul_bt(B, dC, dA, Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dB = tape.input_grad(node, 1);
    matmul(A, dC, dB, Store::add, tape.workers);
  }
}

Var matmul_at(Var A, Var B, Site site) {
  check_matrices("matmul_at", A, B);
  return A.tape->record(matmul_at_op, {A, B}, {A.shape()[1], B.shape()[1]}, {}, site);
}

const Op matmul_at_op = {.name = "matmul_at",
                         .formula = "C = Aᵀ B",
                         .gradients = {"dA += B dCᵀ", "dB += A dC"},
                         .forward = matmul_at_forward,
                         .backward = matmul_at_backward};

// ----------------------------------------------------------------------------------------- add_row
// Y = X + 1 b                 X (m×d), b (d), Y (m×d): b is added to every row
// dX += dY       db += Σ_rows dY

static void add_row_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& b = tape.input_value(node, 1);
  Tensor& Y = node.value;
  std::copy(X.values.begin(), X.values.end(), Y.values.begin());
  add_to_rows(Y, b, tape.workers);
}

static void add_row_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dX = tape.input_grad(node, 0);
    for (std::size_t i = 0; i < dY.size(); ++i) dX[i] += dY[i];
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& db = tape.input_grad(node, 1);
    add_row_sums(dY, 1, db, tape.workers);
  }
}

Var add_row(Var X, Var b, Site site) {
  check(X.shape().rank == 2 && b.shape() == Shape({X.shape()[1]}), "add_row: X is ", X.shape(),
        " but b is ", b.shape(), " (b needs one number for each column of X)");
  return X.tape->record(add_row_op, {X, b}, X.shape(), {}, site);
}

const Op add_row_op = {.name = "add_row",
                       .formula = "Y = X + 1 b",
                       .gradients = {"dX += dY", "db += Σ_rows dY"},
                       .forward = add_row_forward,
                       .backward = add_row_backward};

// ------------------------------------------------------------------------------------------ affine
// Z = X W + 1 b               X (m×d), W (d×h), b (h), Z (m×h)
// dX += dZ Wᵀ    dW += Xᵀ dZ    db += Σ_rows dZ

static void affine_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& b = tape.input_value(node, 2);
  Tensor& Z = node.value;
  matmul(X, W, Z, Store::overwrite, tape.workers);
  add_to_rows(Z, b, tape.workers);
}

static void affine_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor& dZ = node.grad;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dX = tape.input_grad(node, 0);
    matmul_bt(dZ, W, dX, Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dW = tape.input_grad(node, 1);
    matmul_at(X, dZ, dW, Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 2)) {
    Tensor& db = tape.input_grad(node, 2);
    add_row_sums(dZ, 1, db, tape.workers);
  }
}

Var affine(Var X, Var W, Var b, Site site) {
  check(X.shape().rank == 2 && W.shape().rank == 2 && X.shape()[1] == W.shape()[0], "affine: X is ",
        X.shape(), " but W is ", W.shape(), " (columns of X must equal rows of W)");
  check(b.shape() == Shape({W.shape()[1]}), "affine: W is ", W.shape(), " but b is ", b.shape(),
        " (b needs one number for each column of W)");
  return X.tape->record(affine_op, {X, W, b}, {X.shape()[0], W.shape()[1]}, {}, site);
}

const Op affine_op = {.name = "affine",
                      .formula = "Z = X W + 1 b",
                      .gradients = {"dX += dZ Wᵀ", "dW += Xᵀ dZ", "db += Σ_rows dZ"},
                      .forward = affine_forward,
                      .backward = affine_backward};

}  // namespace strata
