#pragma once
// A walk through the delta rule by hand, quantity by quantity, in the order of a lecture: z and a
// of each layer, ρ̂, the terms of the objective; then δ from the output down, with the parts of its
// bracket shown one by one; then the gradients of weights and biases. Each quantity stands beside
// the node of a tape that should hold the same numbers, so the first one that differs shows where
// the mistake is.
//
//   Tape tape;
//   const Var X = tape.input(batch.X, "X");
//   const Objective objective = model.objective(tape, X, {}, Mode::training);
//   for (const ExplicitStep& step : explicit_walk(model, batch, tape, objective)) …
//
// Layers are counted as in backprop.hpp: layer 1 is the first that has weights. Many lectures count
// the input as layer 1, and so our δ¹ is their δ²; weights have the same number in both.

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

/// The number on the tape that should be the same.
struct Counterpart {
  int node = -1;        // the number is its value, its gradient, or something it saved,
  int operand = -1;     // or what its rule adds to the gradient of this operand
  std::string words{};  // "m × the gradient of node 6 (sigmoid)", or why the tape has none
  Tensor numbers{};     // as in the words; empty where the tape has none
};

/// One quantity of the pass.
struct ExplicitStep {
  std::string name{};     // as we count layers: "δ¹", "δ¹: backpropagated"
  std::string formula{};  // "δ¹ = f′(z¹) ⊙ [ δ² (W²)ᵀ + KL part ]"
  int equation = 0;       // of backprop.hpp; 0: none
  std::size_t layer = 0;  // 0 for the objective's terms
  Site computed_at{};     // the function, and its line by which the numbers are complete
  Tensor numbers{};
  /// The size of what was subtracted to get the numbers, where that is larger than they are:
  /// rounding goes by it.
  double scale = 0;
  Counterpart counterpart{};
  std::string mistake{};  // what is wrong besides the numbers; empty: nothing
};
/// The step's name where the input counts as layer 1: "δ²" for our δ¹.
std::string lecture_name(const ExplicitStep& step);

/// The whole pass on this batch, starting from gradients of zero. It is run once more on top of the
/// result, since dW and db must be added to what is there, and in parts (parts.hpp). `tape` and
/// `objective` are a recording of the model on the same batch (Error otherwise). The gradients of
/// the parameters are left as they were; the tape's own are those of the total.
std::vector<ExplicitStep> explicit_walk(DenseAutoencoder& model, const Batch& batch, Tape& tape,
                                        const Objective& objective);

/// What is wrong with the step before any numbers are compared: it was never computed, its shape is
/// not that of its counterpart, or `mistake`. Empty where nothing is.
std::string mistake_of(const ExplicitStep& step);
/// The largest |numbers − counterpart.numbers|, relative to the largest finite entry of either or
/// to the step's scale. Infinity where there is a mistake, and where one of two entries is not
/// finite and the other is not the same (inf = inf, NaN = NaN). 0 where the tape has no such
/// number, and where the difference itself has vanished: it is among denormal numbers.
double difference_from_tape(const ExplicitStep& step);
/// 1e-12 in double, 1e-4 in float: how much explicit and tape may differ by rounding, relative.
double most_difference_from_tape();
/// The index of the entry that differs most; numbers and counterpart must have one shape.
std::size_t worst_entry(const ExplicitStep& step);

/// The position of the first step that differs from the tape by more than that; steps.size() if
/// none does. Those after it differ because it does.
std::size_t first_difference(const std::vector<ExplicitStep>& steps);
/// "δ¹ (hidden_delta, autoencoders/explicit/backprop.cpp:231) is the first that differs from the
/// tape: entry [3,0] is 0.1254, but m × the gradient of node 4 (affine) is 0.0154", and what all
/// entries have in common (likely_mistake.hpp); empty if there is none.
std::string explain_first_difference(const std::vector<ExplicitStep>& steps);

}  // namespace strata
