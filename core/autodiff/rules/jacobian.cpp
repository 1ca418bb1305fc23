// What the Jacobian of a stack of layers is made of, so that a penalty on it has an exact gradient.
// The Jacobians of all m examples stand one below the other: row i·d + k of J (m·d × h) is
// ∂a_i/∂x_ik, the tangent of input k of example i.
//   z = x W, a = f(z):     J_a = J_z ⊙ f′(z), each example's d rows by its own slopes,
//                          J_z = W for each example
//   the next layer:        J_z = J_a W

#include <algorithm>

#include "core/autodiff/rules/entries.hpp"
#include "core/math/rows.hpp"
#include "core/sums.hpp"

namespace strata {

// ------------------------------------------------------------------------------------- repeat_rows
// Y = [W; W; …] m times       W (d×h), Y (m·d × h)               settings: count = m
// dW += Σ over the m copies of dY

static void repeat_rows_forward(Tape& tape, Node& node) {
  const Tensor& W = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < node.settings.count; ++i) {
    std::copy(W.values.begin(), W.values.end(), Y.values.begin() + std::ptrdiff_t(i * W.size()));
  }
}

static void repeat_rows_backward(Tape& tape, Node& node) {
  const Tensor& dY = node.grad;
  Tensor& dW = tape.input_grad(node, 0);
  for_column_sums(
      node.settings.count, dW.size(), tape.workers,
      [&](std::size_t i) {
        return [dy = &dY.values[i * dW.size()]](std::size_t j) { return dy[j]; };
      },
      [&dW](std::size_t j, double total) { dW[j] += Real(total); });
}

Var repeat_rows(Var W, std::size_t count, Site site) {
  check(W.shape().rank == 2 && count > 0, "repeat_rows: ", count, " copies of ", W.shape(),
        " (needs a matrix and at least one copy)");
  return W.tape->record(repeat_rows_op, {W}, {count * W.shape()[0], W.shape()[1]}, {.count = count},
                        site);
}

const Op repeat_rows_op = {.name = "repeat_rows",
                           .formula = "Y = [W; W; …]",
                           .gradients = {"dW += Σ_copies dY"},
                           .forward = repeat_rows_forward,
                           .backward = repeat_rows_backward};

// ------------------------------------------------------------------------------------ scale_blocks
// Y_(i·d+k),j = J_(i·d+k),j S_ij      J, Y (m·d × h), S (m×h)
//   row i of S times each of the d rows of block i
// dJ_(i·d+k),j += dY_(i·d+k),j S_ij     dS_ij += Σ_k dY_(i·d+k),j J_(i·d+k),j

static void scale_blocks_forward(Tape& tape, Node& node) {
  const Tensor& J = tape.input_value(node, 0);
  const Tensor& S = tape.input_value(node, 1);
  Tensor& Y = node.value;
  const std::size_t d = J.rows() / S.rows(), h = S.cols();
  for_each_of(tape, J.rows(), h, [&, d, h](std::size_t r) {
    const Real *s = S.row(r / d), *a = J.row(r);
    Real* y = Y.row(r);
    for (std::size_t j = 0; j < h; ++j) y[j] = a[j] * s[j];
  });
}

static void scale_blocks_backward(Tape& tape, Node& node) {
  const Tensor& J = tape.input_value(node, 0);
  const Tensor& S = tape.input_value(node, 1);
  const Tensor& dY = node.grad;
  const std::size_t d = J.rows() / S.rows(), h = S.cols();
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dJ = tape.input_grad(node, 0);
    for_each_of(tape, J.rows(), h, [&, d, h](std::size_t r) {
      const Real *s = S.row(r / d), *dy = dY.row(r);
      for (std::size_t j = 0; j < h; ++j) dJ(r, j) += dy[j] * s[j];
    });
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dS = tape.input_grad(node, 1);
    for_each_of(tape, S.rows(), d * h, [&, d, h](std::size_t i) {
      Real* ds = dS.row(i);
      for (std::size_t r = i * d; r < (i + 1) * d; ++r) {
        const Real *a = J.row(r), *dy = dY.row(r);
        for (std::size_t j = 0; j < h; ++j) ds[j] += dy[j] * a[j];
      }
    });
  }
}

Var scale_blocks(Var J, Var S, Site site) {
  const bool matrices = J.shape().rank == 2 && S.shape().rank == 2;
  check(matrices && J.shape()[1] == S.shape()[1] && J.shape()[0] % S.shape()[0] == 0,
        "scale_blocks: J is ", J.shape(), " but S is ", S.shape(),
        " (the same columns; the rows of J a multiple of those of S)");
  return J.tape->record(scale_blocks_op, {J, S}, J.shape(), {}, site);
}

const Op scale_blocks_op = {.name = "scale_blocks",
                            .formula = "Y = J ⊙ S “by blocks of rows”",
                            .gradients = {"dJ += dY ⊙ S", "dS += Σ_block dY ⊙ J"},
                            .forward = scale_blocks_forward,
                            .backward = scale_blocks_backward};

// -------------------------------------------------------------------------------------- step_slope
// Y = 1 where X > 0, else s                                settings: number = s
// The slope of relu (s = 0) and leaky_relu. Flat on both sides of the kink: nothing flows back.

static void step_slope_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& Y = node.value;
  for (std::size_t i = 0; i < Y.size(); ++i) Y[i] = X[i] > 0 ? Real(1) : node.settings.number;
}

Var step_slope(Var X, Real slope, Site site) {
  return X.tape->record(step_slope_op, {X}, X.shape(), {.number = slope}, site);
}

const Op step_slope_op = {.name = "step_slope",
                          .formula = "Y = 1 where X > 0, else s",
                          .gradients = {"X"},
                          .forward = step_slope_forward,
                          .backward = nothing_flows_back,
                          .branch = signs_of_input};

// ------------------------------------------------------------------------------------- contraction
// H (m×h), W (d×h), P (1)                                       settings: symmetric
// P = (1/m) Σ_i ‖∂h_i/∂x_i‖²_F of one layer h = f(x W + b)
//   = (1/m) Σ_i Σ_j s_ij² q_j,   q_j = Σ_k W_kj²     saved: q (h), p_j = (1/m) Σ_i s_ij² (h)
// sigmoid: s = H (1 − H), ∂s/∂H = 1 − 2H. tanh, where `symmetric` is set: s = 1 − H², ∂s/∂H = −2H
// dH_ij += dP 2 s_ij (∂s/∂H)_ij q_j / m        dW_kj += dP 2 W_kj p_j
// Squares first, then the sum over units: ‖Σ_j ∇h_j‖² is another number, in which units cancel.

static Real slope_of_unit(Real h, bool symmetric) {
  return symmetric ? 1 - h * h : h * (1 - h);
}

static void contraction_forward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const std::size_t units = H.cols();
  if (node.saved.empty()) node.saved = {Tensor({units}), Tensor({units})};
  Tensor &q = node.saved[0], &p = node.saved[1];
  q.fill(0);
  for (std::size_t k = 0; k < W.rows(); ++k) {
    for (std::size_t j = 0; j < units; ++j) q[j] += W(k, j) * W(k, j);
  }
  const auto squared_slope = [&H, symmetric = node.settings.symmetric](std::size_t i) {
    return [h = H.row(i), symmetric](std::size_t j) {
      const Real s = slope_of_unit(h[j], symmetric);
      return s * s;
    };
  };
  for_column_sums(H.rows(), units, tape.workers, squared_slope,
                  [&](std::size_t j, double total) { p[j] = Real(total / double(H.rows())); });
  node.value[0] = sum_over<Real>(units, [&](std::size_t j) { return p[j] * q[j]; });
}

static void contraction_backward(Tape& tape, Node& node) {
  const Tensor& H = tape.input_value(node, 0);
  const Tensor& W = tape.input_value(node, 1);
  const Tensor &q = node.saved[0], &p = node.saved[1];
  const Real dP = node.grad[0];
  const bool symmetric = node.settings.symmetric;
  if (tape.input_wants_grad(node, 0)) {
    Tensor& dH = tape.input_grad(node, 0);
    const Real two_over_m = 2 / Real(H.rows());
    for (std::size_t i = 0; i < H.rows(); ++i) {
      for (std::size_t j = 0; j < H.cols(); ++j) {
        const Real ds_dh = symmetric ? -2 * H(i, j) : 1 - 2 * H(i, j);
        dH(i, j) += dP * two_over_m * slope_of_unit(H(i, j), symmetric) * ds_dh * q[j];
      }
    }
  }
  if (tape.input_wants_grad(node, 1)) {
    Tensor& dW = tape.input_grad(node, 1);
    for (std::size_t k = 0; k < W.rows(); ++k) {
      for (std::size_t j = 0; j < W.cols(); ++j) dW(k, j) += dP * 2 * W(k, j) * p[j];
    }
  }
}

Var contraction(Var H, Var W, bool symmetric, Site site) {
  check(H.shape().rank == 2 && W.shape().rank == 2 && H.shape()[1] == W.shape()[1],
        "contraction: H is ", H.shape(), " but W is ", W.shape(),
        " (both need one column for each unit)");
  return H.tape->record(contraction_op, {H, W}, {1}, {.symmetric = symmetric}, site);
}

const Op contraction_op = {
    .name = "contraction",
    .formula =
        "P = (1/m) Σ_ij s_ij² Σ_k W_kj², s = H (1 − H) where “the units are sigmoid”, else 1 − H²",
    .gradients = {"dH_ij += 2 dP s_ij s′_ij Σ_k W_kj²/m, s′ = 1 − 2H where “the units are "
                  "sigmoid”, else −2H",
                  "dW_kj += 2 dP W_kj (1/m) Σ_i s_ij²"},
    .saved = {"Σ_k W_kj²", "(1/m) Σ_i s_ij²"},
    .forward = contraction_forward,
    .backward = contraction_backward};

}  // namespace strata
