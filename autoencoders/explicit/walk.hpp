#pragma once
// A walk through the delta rule by hand, number by number, in the lecture's order: z and a of each
// layer, ρ̂, the terms of the objective; then δ from the output down, the parts of its bracket
// apart; then the gradients of weights and biases. Each number stands beside the node of a tape
// that holds the same one. So the first that differs is where a mistake sits.
//
//   Tape tape;
//   const Objective objective = model.objective(tape, tape.input(batch.X, "X"), {}, Mode::training);
//   for (const ExplicitStep& step : explicit_walk(model, batch, tape, objective)) …
//
// Layers are counted as in explicit_backprop.hpp: layer 1 is the first that has weights. Many
// lectures count the input as layer 1, and so our δ¹ is their δ²; weights have the same number in
// both.

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

/// The number on the tape that should be the same.
struct TapeTwin {
  enum class Part {
    none,          // the tape has no such number: `words` says why
    value,         // of the node
    gradient,      // of the node: by one term, or by all
    saved,         // node.saved[saved]
    contribution,  // what the node's rule adds to the gradient of the node `operand`
    slope          // what the node's rule gives for an upstream gradient of ones
  };
  Part part = Part::none;
  int node = -1;
  int operand = -1;           // of a contribution
  std::size_t saved = 0;      // of a saved tensor
  std::string term{};         // of a gradient: the one term that it comes from; empty: all of them
  double factor = 1;          // the step's numbers are factor × the tape's: m for a δ
  bool is_every_row = false;  // the tape has the step's vector once for each example
  std::string words{};        // "m × the gradient of node 6 (sigmoid)"
  Tensor numbers{};  // factor × the tape's, of the step's shape; empty where there are none
};

/// One quantity of the pass.
struct ExplicitStep {
  std::string name;          // as we count layers: "δ¹", "δ¹: backpropagated"
  std::string lecture_name;  // as where the input is layer 1: "δ²"
  std::string formula;       // "δ¹ = f′(z¹) ⊙ [ δ² (W²)ᵀ + KL part ]"
  int equation = 0;          // of explicit_backprop.hpp; 0: none
  std::size_t layer = 0;     // 0 for the objective's terms
  Site computed_at{};        // the function, and its line by which the numbers are complete
  Tensor numbers{};
  /// The size of what was subtracted to get the numbers, where that is larger than they are:
  /// rounding goes by it.
  double scale = 0;
  TapeTwin twin{};
  std::string mistake{};  // what is wrong besides the numbers; empty: nothing
};

/// The whole pass on this batch, from gradients that are zero, and once more from others: dW and db
/// must be added to what stands there. `tape` and `objective` are a recording of the model on the
/// same batch (Error otherwise). Parameters' gradients are as before afterwards; the tape's own are
/// those of the total.
std::vector<ExplicitStep> explicit_walk(DenseAutoencoder& model, const Batch& batch, Tape& tape,
                                        const Objective& objective);

/// The largest |numbers − twin.numbers|, relative to the largest finite entry of either or to the
/// step's scale; infinity where one of two entries is not finite and the other is not the same (inf
/// = inf, NaN = NaN), the shapes differ or there is another mistake; 0 where the tape has no such
/// number, and where the difference itself has vanished: it is among denormal numbers.
double difference_from_tape(const ExplicitStep& step);
/// 1e-12 in double, 1e-4 in float: what explicit and tape may differ by, relative, from rounding.
double most_difference_from_tape();

/// The position of the first step that differs from the tape by more than that; steps.size() if
/// none does. All that follow from it differ too, and say nothing more.
std::size_t first_difference(const std::vector<ExplicitStep>& steps);
/// "δ¹ (hidden_delta, autoencoders/explicit/backprop.cpp:231) is the first that differs from the
/// tape: entry [3,0] is 0.1254, but m × the gradient of node 4 (affine) is 0.0154"; empty if there
/// is none.
std::string explain_first_difference(const std::vector<ExplicitStep>& steps);

}  // namespace strata
