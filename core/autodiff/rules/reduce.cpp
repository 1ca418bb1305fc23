// Sums and means, and the softmax of each row. X is m×d throughout.

#include <algorithm>
#include <cmath>

#include "core/autodiff/ops.hpp"
#include "core/math/rows.hpp"
#include "core/sums.hpp"

namespace strata {
namespace {

void check_matrix(const char* name, Var X) {
  check(X.shape().rank == 2, name, ": needs a matrix (examples × features), not ", X.shape());
}

}  // namespace

// --------------------------------------------------------------------------------------------- sum
// s = Σ_i Σ_j X_ij            s (1)
// dX_ij += ds

static void sum_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  node.value[0] = Real(sum_over<double>(X.size(), [&X](std::size_t i) { return X[i]; }));
}

static void sum_backward(Tape& tape, Node& node) {
  const Real ds = node.grad[0];
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += ds;
}

Var sum(Var X, Site site) {
  return X.tape->record(sum_op, {X}, {1}, {}, site);
}

const Op sum_op = {.name = "sum",
                   .formula = "s = Σ_ij X_ij",
                   .gradients = {"dX_ij += ds"},
                   .forward = sum_forward,
                   .backward = sum_backward};

// -------------------------------------------------------------------------------------------- mean
// s = (1/md) Σ_i Σ_j X_ij     s (1)
// dX_ij += ds / md

static void mean_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const double total = sum_over<double>(X.size(), [&X](std::size_t i) { return X[i]; });
  node.value[0] = Real(total / double(X.size()));
}

static void mean_backward(Tape& tape, Node& node) {
  const Real ds = node.grad[0];
  Tensor& dX = tape.input_grad(node, 0);
  const Real share = ds / Real(dX.size());
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += share;
}

Var mean(Var X, Site site) {
  return X.tape->record(mean_op, {X}, {1}, {}, site);
}

const Op mean_op = {.name = "mean",
                    .formula = "s = 1/(m d) Σ_ij X_ij",
                    .gradients = {"dX_ij += ds/(m d)"},
                    .forward = mean_forward,
                    .backward = mean_backward};

// ---------------------------------------------------------------------------------------- sum_rows
// y_j = Σ_i X_ij              y (d): the sum over examples
// dX_ij += dy_j

static void sum_rows_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& y = node.value;
  y.fill(0);
  add_row_sums(X, 1, y, tape.workers);
}

static void sum_rows_backward(Tape& tape, Node& node) {
  const Tensor& dy = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.rows(); ++i) {
    for (std::size_t j = 0; j < dX.cols(); ++j) dX(i, j) += dy[j];
  }
}

Var sum_rows(Var X, Site site) {
  check_matrix("sum_rows", X);
  return X.tape->record(sum_rows_op, {X}, {X.shape()[1]}, {}, site);
}

const Op sum_rows_op = {.name = "sum_rows",
                        .formula = "y_j = Σ_i X_ij",
                        .gradients = {"dX_ij += dy_j"},
                        .forward = sum_rows_forward,
                        .backward = sum_rows_backward};

// --------------------------------------------------------------------------------------- mean_rows
// y_j = (1/m) Σ_i X_ij        y (d): the mean over examples
// dX_ij += dy_j / m

static void mean_rows_forward(Tape& tape, Node& node) {
  sum_rows_forward(tape, node);
  Tensor& y = node.value;
  const Real m = Real(tape.input_value(node, 0).rows());
  for (std::size_t j = 0; j < y.size(); ++j) y[j] /= m;
}

static void mean_rows_backward(Tape& tape, Node& node) {
  const Tensor& dy = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  const Real m = Real(dX.rows());
  for (std::size_t i = 0; i < dX.rows(); ++i) {
    for (std::size_t j = 0; j < dX.cols(); ++j) dX(i, j) += dy[j] / m;
  }
}

Var mean_rows(Var X, Site site) {
  check_matrix("mean_rows", X);
  return X.tape->record(mean_rows_op, {X}, {X.shape()[1]}, {}, site);
}

const Op mean_rows_op = {.name = "mean_rows",
                         .formula = "y_j = (1/m) Σ_i X_ij",
                         .gradients = {"dX_ij += dy_j/m"},
                         .forward = mean_rows_forward,
                         .backward = mean_rows_backward};

// ---------------------------------------------------------------------------------------- sum_cols
// y_i = Σ_j X_ij              y (m): the sum over features
// dX_ij += dy_i

static void sum_cols_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& y = node.value;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    Real total = 0;
    for (std::size_t j = 0; j < X.cols(); ++j) total += X(i, j);
    y[i] = total;
  }
}

static void sum_cols_backward(Tape& tape, Node& node) {
  const Tensor& dy = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.rows(); ++i) {
    for (std::size_t j = 0; j < dX.cols(); ++j) dX(i, j) += dy[i];
  }
}

Var sum_cols(Var X, Site site) {
  check_matrix("sum_cols", X);
  return X.tape->record(sum_cols_op, {X}, {X.shape()[0]}, {}, site);
}

const Op sum_cols_op = {.name = "sum_cols",
                        .formula = "y_i = Σ_j X_ij",
                        .gradients = {"dX_ij += dy_i"},
                        .forward = sum_cols_forward,
                        .backward = sum_cols_backward};

// ----------------------------------------------------------------------------------------- softmax
// Y_ij = e^X_ij / Σ_k e^X_ik          each row sums to 1; the row's maximum is taken off first
// dX_ij += Y_ij (dY_ij − Σ_k dY_ik Y_ik)

static void softmax_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const Real largest = *std::max_element(X.row(i), X.row(i) + X.cols());
    Real total = 0;
    for (std::size_t j = 0; j < X.cols(); ++j) {
      Y(i, j) = std::exp(X(i, j) - largest);
      total += Y(i, j);
    }
    for (std::size_t j = 0; j < X.cols(); ++j) Y(i, j) /= total;
  }
}

static void softmax_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < Y.rows(); ++i) {
    Real weighted = 0;  // Σ_k dY_ik Y_ik
    for (std::size_t k = 0; k < Y.cols(); ++k) weighted += dY(i, k) * Y(i, k);
    for (std::size_t j = 0; j < Y.cols(); ++j) dX(i, j) += Y(i, j) * (dY(i, j) - weighted);
  }
}

Var softmax(Var X, Site site) {
  check_matrix("softmax", X);
  return X.tape->record(softmax_op, {X}, X.shape(), {}, site);
}

const Op softmax_op = {.name = "softmax",
                       .formula = "Y_ij = e^X_ij / Σ_k e^X_ik",
                       .gradients = {"dX_ij += Y_ij (dY_ij − Σ_k dY_ik Y_ik)"},
                       .forward = softmax_forward,
                       .backward = softmax_backward};

// ------------------------------------------------------------------------------------- log_softmax
// Y_ij = X_ij − log Σ_k e^X_ik
// dX_ij += dY_ij − e^Y_ij Σ_k dY_ik

static void log_softmax_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const Real largest = *std::max_element(X.row(i), X.row(i) + X.cols());
    Real total = 0;
    for (std::size_t k = 0; k < X.cols(); ++k) total += std::exp(X(i, k) - largest);
    const Real log_total = largest + std::log(total);
    for (std::size_t j = 0; j < X.cols(); ++j) Y(i, j) = X(i, j) - log_total;
  }
}

static void log_softmax_backward(Tape& tape, Node& node) {
  const Tensor& Y = node.value;
  const Tensor& dY = node.grad;
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < Y.rows(); ++i) {
    Real row_total = 0;  // Σ_k dY_ik
    for (std::size_t k = 0; k < Y.cols(); ++k) row_total += dY(i, k);
    for (std::size_t j = 0; j < Y.cols(); ++j) dX(i, j) += dY(i, j) - std::exp(Y(i, j)) * row_total;
  }
}

Var log_softmax(Var X, Site site) {
  check_matrix("log_softmax", X);
  return X.tape->record(log_softmax_op, {X}, X.shape(), {}, site);
}

const Op log_softmax_op = {.name = "log_softmax",
                           .formula = "Y_ij = X_ij − log Σ_k e^X_ik",
                           .gradients = {"dX_ij += dY_ij − e^Y_ij Σ_k dY_ik"},
                           .forward = log_softmax_forward,
                           .backward = log_softmax_backward};

}  // namespace strata
