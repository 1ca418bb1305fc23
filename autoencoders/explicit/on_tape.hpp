#pragma once
// Which nodes of a tape hold the numbers of the delta rule. The search begins at the leaves of the
// parameters and goes by operations and operands.

#include "autoencoders/explicit/backprop.hpp"

namespace strata {

/// The nodes of one dense layer.
struct LayerNodes {
  int W = -1, b = -1;  // leaves; of a tied decoder layer W is its twin's
  int product = -1;    // uses W: affine, or matmul_bt where W is used transposed
  int z = -1;          // affine, or the add_row after matmul_bt
  // f(z): z itself where f is linear; −1 at a bce output, where the loss takes z
  int activated = -1;
  int a = -1;  // the same, or the keep_largest after it
};

struct ModelNodes {
  int X = -1;
  std::vector<LayerNodes> layers;  // layers[k − 1] is layer k
  int loss = -1;                   // half_mse, or bce_with_logits
  int kl = -1;                     // kl_sparsity; −1 where there is none
};

/// `layers` are the model's. Throws Error where the tape is not a recording of this model.
ModelNodes nodes_of_model(const Tape& tape, const Objective& objective,
                          const DenseAutoencoder& model, const std::vector<ExplicitLayer>& layers);
/// The parameter's leaf. Throws Error where the tape has none.
int leaf_of(const Tape& tape, const Parameter& parameter);

}  // namespace strata
