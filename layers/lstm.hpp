#pragma once
// The long short-term memory (Hochreiter and Schmidhuber 1997): a layer that reads a sequence x_1,
// …, x_T one step at a time and keeps a state from step to step, a hidden state h and a cell c of u
// numbers each.
//
//   [i f g o] = [σ σ tanh σ](x_t Wx + h_{t−1} Wh + b)     input, forget, candidate, output gates
//   c_t = f ⊙ c_{t−1} + i ⊙ g,    h_t = o ⊙ tanh c_t
//
// A plain recurrent layer multiplies its gradient by the same matrix at every step, so the gradient
// vanishes or explodes. Here the cell is only scaled by f: a forget gate near 1 preserves both the
// memory and its gradient. The cells are recorded one after the other, so the tape's backward pass
// is backpropagation through time, over all steps, with nothing cut off.
//
// A batch of sequences is a matrix (m × T·d), like any other data: each row is one example, with
// the d numbers of step 1, then those of step 2, and so on. An 8×8 image is 8 steps of 8 pixels.
// Shorter sequences end in zeros, and a mask (sequence_mask in core/autodiff/ops.hpp) says where.
// An example that has ended keeps its state, so that its final state is that of its own last step.

#include <string>
#include <vector>

#include "core/autodiff/ops.hpp"
#include "layers/layer.hpp"

namespace strata {

struct Lstm : Layer {
  Parameter Wx, Wh, b;  // d×4u, u×4u, 4u: the gates i, f, g, o, u columns each

  Lstm() = default;
  /// Wx and Wh are uniform as in Glorot and Bengio, gate by gate. Biases are zero, except
  /// `forget_bias` for the forget gate: at 1 a new layer remembers, without which long sequences
  /// are hardly learnt (Gers et al. 2000; Jozefowicz et al. 2015). The parameters are called
  /// name.Wx, name.Wh, name.b. Throws Error if inputs or units is 0.
  Lstm(const std::string& name, std::size_t inputs, std::size_t units, Rng& rng,
       Real forget_bias = 1);

  std::size_t inputs() const { return Wx.value.rows(); }  // d, the numbers of one step
  std::size_t units() const { return Wh.value.rows(); }   // u
  std::string name() const;                               // encoder.0

  /// The state [h c] (m×2u) after one more step X_t (m×d). mask_t (m×1), if given, is 1, or 0 for
  /// examples that have ended.
  Var step(Tape& tape, Var X_t, Var state, Var mask_t = {}, Site site = Site::here());
  /// The T states after each step of X (m × T·d), from `start` (m×2u; zeros if it is left out).
  /// `mask`, if given, has the shape of X. Throws Error unless X is a whole number of steps.
  std::vector<Var> states(Tape& tape, Var X, Var mask = {}, Var start = {});
  /// h (m×u) and c (m×u) of a state.
  Var hidden(Var state) { return slice_cols(state, 0, units()); }
  Var cell(Var state) { return slice_cols(state, units(), 2 * units()); }

  /// The hidden states of all steps side by side: X (m × T·d) → (m × T·u), as input for another
  /// Lstm.
  Var forward(Tape& tape, Var X, Mode mode = Mode::evaluation) override;
  std::vector<Parameter*> parameters() override { return {&Wx, &Wh, &b}; }
};

/// Names a node for the reader, counting steps from 1: "encoder.0 step 3". Returns the same Var.
Var name_step(Var var, const std::string& what, std::size_t t);
/// Step t (from 0) of the sequences X (m × T·d): m×d; and the column of the mask for it: m×1.
Var step_of(Var X, std::size_t t, std::size_t step_features);
Var mask_of_step(Var mask, std::size_t t, std::size_t step_features);

}  // namespace strata
