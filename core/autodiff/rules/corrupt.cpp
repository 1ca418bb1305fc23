// Corruption as an operation: the input of a denoising autoencoder.

#include "core/autodiff/ops.hpp"
#include "core/data/corruption.hpp"

namespace strata {

// ----------------------------------------------------------------------------------------- corrupt
// C = x̃ of each row of X                                 X, C (m×d)   settings: corruption, rng
// X is data: nothing flows back to it. A check that runs forward again keeps the draw (Op::random),
// a replay for training makes a new one.

static void corrupt_forward(Tape& tape, Node& node) {
  corrupt_into(node.value, tape.input_value(node, 0), *node.settings.corruption,
               *node.settings.rng);
}

Var corrupt(Var X, const Corruption& corruption, Rng& rng, Site site) {
  check_corruption(corruption);
  return X.tape->record(corrupt_op, {X}, X.shape(), {.rng = &rng, .corruption = &corruption}, site);
}

const Op corrupt_op = {.name = "corrupt",
                       .formula = "C = X “corrupted at random”",
                       .gradients = {"X"},
                       .forward = corrupt_forward,
                       .backward = nothing_flows_back,
                       .random = true};

}  // namespace strata
