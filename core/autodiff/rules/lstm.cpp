// Sequences: one step of a long short-term memory, and the mask that says how long each sequence
// is.

#include <algorithm>

#include "core/autodiff/rules/entries.hpp"
#include "core/data/sequences.hpp"
#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"
#include "core/math/vector_math.hpp"

namespace strata {

// --------------------------------------------------------------------------------------- lstm_cell
// One step of a long short-term memory (Hochreiter and Schmidhuber 1997; the forget gate: Gers et
// al. 2000). S = [h c] (m×2u): the hidden state and the cell of u units, side by side; Y = [h′ c′]
// after the step. X (m×d), Wx (d×4u), Wh (u×4u), b (4u); M (m×1), which may be left out: 1, or 0
// where the sequence has ended
//
//   Z = X Wx + h Wh + 1 b = [z_i z_f z_g z_o]        four blocks of u columns
//   i = σ(z_i)   f = σ(z_f)   g = tanh z_g   o = σ(z_o)
//   c⁺ = f ⊙ c + i ⊙ g
//   h⁺ = o ⊙ tanh c⁺
//   Y = M [h⁺ c⁺] + (1 − M) S                       ended: the state is carried on unchanged
//
// backward, from dY = [dh′ dc′]:
//   dh⁺ = M dh′
//   dc⁺ = M dc′ + dh⁺ ⊙ o ⊙ (1 − tanh² c⁺)           the next step uses the cell, and so does h⁺
//   dz_i = dc⁺ ⊙ g ⊙ i (1 − i)     dz_f = dc⁺ ⊙ c ⊙ f (1 − f)
//   dz_g = dc⁺ ⊙ i ⊙ (1 − g²)      dz_o = dh⁺ ⊙ tanh c⁺ ⊙ o (1 − o)
//   dX += dZ Wxᵀ    dWx += Xᵀ dZ    dWh += hᵀ dZ    db += Σ_rows dZ
//   dh += dZ Whᵀ + (1 − M) dh′      dc += dc⁺ ⊙ f + (1 − M) dc′
//
// c reaches c⁺ through f alone, without a matrix between them: where f is near 1 the gradient
// passes a step as it is, and that is what lets it survive many of them.

namespace {

// node.saved by name. The gates are those of the forward pass after their activation: [i f g o].
struct LstmSaved {
  Tensor &h, &gates, &tanh_c;  // m×u, m×4u, m×u
  Tensor &dZ, &dh;             // m×4u, m×u: room for backward
};

LstmSaved saved_of(Node& node) {
  const std::size_t m = node.value.rows(), u = node.value.cols() / 2;
  if (node.saved.empty()) {
    node.saved = {Tensor({m, u}), Tensor({m, 4 * u}), Tensor({m, u}), Tensor({m, 4 * u}),
                  Tensor({m, u})};
  }
  return {node.saved[0], node.saved[1], node.saved[2], node.saved[3], node.saved[4]};
}

Real mask_of(const Tape& tape, const Node& node, std::size_t row) {
  return node.inputs.size() == 6 ? tape.input_value(node, 5)[row] : Real(1);
}

}  // namespace

static void lstm_cell_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  const Tensor& S = tape.input_value(node, 1);
  const Tensor& Wx = tape.input_value(node, 2);
  const Tensor& Wh = tape.input_value(node, 3);
  const Tensor& b = tape.input_value(node, 4);
  const LstmSaved saved = saved_of(node);
  const std::size_t u = Wh.rows();
  for (std::size_t r = 0; r < S.rows(); ++r) std::copy_n(S.row(r), u, saved.h.row(r));
  Tensor& Z = saved.gates;
  matmul(X, Wx, Z, Store::overwrite, tape.workers);
  matmul(saved.h, Wh, Z, Store::add, tape.workers);
  add_to_rows(Z, b, tape.workers);

  for_each_of(tape, S.rows(), 4 * u, [&, u](std::size_t r) {
    Real* z = Z.row(r);
    vector_sigmoid({z, 2 * u}, {z, 2 * u});
    vector_tanh({z + 2 * u, u}, {z + 2 * u, u});
    vector_sigmoid({z + 3 * u, u}, {z + 3 * u, u});
    const Real *i = z, *f = z + u, *g = z + 2 * u, *o = z + 3 * u;
    const Real *h_before = S.row(r), *c_before = S.row(r) + u;
    Real *h = node.value.row(r), *c = node.value.row(r) + u;
    for (std::size_t j = 0; j < u; ++j) c[j] = f[j] * c_before[j] + i[j] * g[j];
    Real* tanh_c = saved.tanh_c.row(r);
    vector_tanh({c, u}, {tanh_c, u});
    for (std::size_t j = 0; j < u; ++j) h[j] = o[j] * tanh_c[j];
    const Real M = mask_of(tape, node, r);
    if (M == 1) return;
    for (std::size_t j = 0; j < u; ++j) {
      h[j] = M * h[j] + (1 - M) * h_before[j];
      c[j] = M * c[j] + (1 - M) * c_before[j];
    }
  });
}

// dZ of every row; and of dS what does not come through a product.
static void lstm_gates_backward(Tape& tape, Node& node, const LstmSaved& saved) {
  const Tensor& S = tape.input_value(node, 1);
  const std::size_t u = saved.h.cols();
  Tensor* dS = tape.input_wants_grad(node, 1) ? &tape.input_grad(node, 1) : nullptr;
  for_each_of(tape, S.rows(), 4 * u, [&, u](std::size_t r) {
    const Real* gates = saved.gates.row(r);
    const Real *i = gates, *f = gates + u, *g = gates + 2 * u, *o = gates + 3 * u;
    const Real *c_before = S.row(r) + u, *tanh_c = saved.tanh_c.row(r);
    const Real *dh_out = node.grad.row(r), *dc_out = node.grad.row(r) + u;
    Real* dZ = saved.dZ.row(r);
    const Real M = mask_of(tape, node, r);
    for (std::size_t j = 0; j < u; ++j) {
      const Real dh = M * dh_out[j];
      const Real dc = M * dc_out[j] + dh * o[j] * (1 - tanh_c[j] * tanh_c[j]);
      dZ[j] = dc * g[j] * i[j] * (1 - i[j]);
      dZ[u + j] = dc * c_before[j] * f[j] * (1 - f[j]);
      dZ[2 * u + j] = dc * i[j] * (1 - g[j] * g[j]);
      dZ[3 * u + j] = dh * tanh_c[j] * o[j] * (1 - o[j]);
      if (dS == nullptr) continue;
      (*dS)(r, j) += (1 - M) * dh_out[j];
      (*dS)(r, u + j) += dc * f[j] + (1 - M) * dc_out[j];
    }
  });
}

static void lstm_cell_backward(Tape& tape, Node& node) {
  const LstmSaved saved = saved_of(node);
  lstm_gates_backward(tape, node, saved);
  const Tensor& dZ = saved.dZ;
  if (tape.input_wants_grad(node, 0)) {
    const Tensor& Wx = tape.input_value(node, 2);
    matmul_bt(dZ, Wx, tape.input_grad(node, 0), Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 1)) {
    const Tensor& Wh = tape.input_value(node, 3);
    matmul_bt(dZ, Wh, saved.dh, Store::overwrite, tape.workers);
    Tensor& dS = tape.input_grad(node, 1);
    for (std::size_t r = 0; r < dS.rows(); ++r) {
      for (std::size_t j = 0; j < saved.dh.cols(); ++j) dS(r, j) += saved.dh(r, j);
    }
  }
  if (tape.input_wants_grad(node, 2)) {
    const Tensor& X = tape.input_value(node, 0);
    matmul_at(X, dZ, tape.input_grad(node, 2), Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 3)) {
    matmul_at(saved.h, dZ, tape.input_grad(node, 3), Store::add, tape.workers);
  }
  if (tape.input_wants_grad(node, 4)) add_row_sums(dZ, 1, tape.input_grad(node, 4), tape.workers);
}

Var lstm_cell(Var X, Var S, Var Wx, Var Wh, Var b, Var M, Site site) {
  const std::size_t m = X.shape()[0], d = X.shape()[1], u = Wh.shape()[0];
  check(X.shape().rank == 2 && Wx.shape() == Shape({d, 4 * u}), "lstm_cell: X is ", X.shape(),
        " but Wx is ", Wx.shape(), " (a row for each column of X, and 4 columns for each of ", u,
        " units)");
  check(Wh.shape() == Shape({u, 4 * u}) && b.shape() == Shape({4 * u}), "lstm_cell: Wh is ",
        Wh.shape(), " and b is ", b.shape(), " (for u units: u×4u, and 4u numbers)");
  check(S.shape() == Shape({m, 2 * u}), "lstm_cell: the state is ", S.shape(), " but ", m,
        " examples of ", u, " units need ", Shape({m, 2 * u}),
        " (hidden state and cell, side by side)");
  std::vector<Var> inputs = {X, S, Wx, Wh, b};
  if (M.tape != nullptr) {
    check(M.shape() == Shape({m, 1}), "lstm_cell: X is ", X.shape(), " but the mask is ", M.shape(),
          " (one number for each example: ", Shape({m, 1}), ")");
    check(!M.node().wants_grad, "lstm_cell: a mask has no gradient, give it as an input");
    inputs.push_back(M);
  }
  return X.tape->record(lstm_cell_op, inputs, S.shape(), {}, site);
}

const Op lstm_cell_op = {.name = "lstm_cell",
                         .formula =
                             "Y = [h⁺ c⁺], h⁺ = o ⊙ tanh c⁺, c⁺ = f ⊙ c + i ⊙ g, S = [h c], [i f g "
                             "o] = “the gates of” Z, Z = X Wx + h Wh + 1 b, Y = S where M = 0",
                         .gradients = {"dX += dZ Wxᵀ", "dS += [dZ Whᵀ, dc⁺ ⊙ f]", "dWx += Xᵀ dZ",
                                       "dWh += hᵀ dZ", "db += Σ_rows dZ", "M"},
                         .saved = {"h", "[i f g o]", "tanh c⁺", "dZ", "scratch"},
                         .forward = lstm_cell_forward,
                         .backward = lstm_cell_backward};

// ----------------------------------------------------------------------------------- sequence_mask
// X (m × T·d), steps of d columns, after the last step nothing but zeros; M (m × T·d)
// settings: count = d
// M_ij = 1 up to the end of the last step of row i that has an entry other than 0, else 0
// M does not move with X: nothing flows back.

static void sequence_mask_forward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& M = node.value;
  const std::size_t d = node.settings.count;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    const std::size_t steps = sequence_length(X.row(i), X.cols() / d, d);
    std::fill(M.row(i), M.row(i) + steps * d, Real(1));
    std::fill(M.row(i) + steps * d, M.row(i) + M.cols(), Real(0));
  }
}

static std::uint64_t which_steps(Tape&, const Node& node) {
  return mix_branches(node.value);
}

Var sequence_mask(Var X, std::size_t step_features, Site site) {
  check(X.shape().rank == 2 && step_features > 0 && X.shape()[1] % step_features == 0,
        "sequence_mask: X is ", X.shape(), ", which is no whole number of steps of ", step_features,
        " columns");
  return X.tape->record(sequence_mask_op, {X}, X.shape(), {.count = step_features}, site);
}

const Op sequence_mask_op = {
    .name = "sequence_mask",
    .formula = "M = 1 where “this or a later step of X is not zero”, else 0",
    .gradients = {"X"},
    .forward = sequence_mask_forward,
    .backward = nothing_flows_back,
    .branch = which_steps};

}  // namespace strata
