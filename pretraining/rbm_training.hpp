#pragma once
// Contrastive divergence: the gradient of the log-likelihood, its second part estimated by a short Markov chain.
//
//   ∂ log p(v) / ∂W = ⟨v hᵀ⟩_data − ⟨v hᵀ⟩_model
//   CD-k   the chain starts at the data and takes k steps of Gibbs sampling                     (Hinton 2002)
//   PCD    the chain goes on from where the last batch left it: stochastic maximum likelihood   (Tieleman 2008)
//
// What is drawn and what stays a probability follows Hinton's practical guide (2012, section 3): hidden states that drive a
// reconstruction are drawn, visible reconstructions and the last hidden states are probabilities. The chains of PCD draw both layers.

#include "core/data/dataset.hpp"
#include "layers/fit.hpp"
#include "pretraining/rbm.hpp"

namespace strata {

struct RbmTraining {
  std::size_t epochs = 10;
  std::size_t batch_size = 100;
  std::size_t steps = 1;       // k of CD-k, or Gibbs steps a batch of the persistent chains
  bool persistent = false;     // PCD, with as many chains as a batch has examples
  double learning_rate = 0.1;  // of Bernoulli units; 0.001 suits Gaussian ones
  double momentum_at_first = 0.5, momentum = 0.9;
  std::size_t epochs_at_first = 5;  // with the first momentum
  double weight_cost = 2e-4;        // of weights, not biases: ΔW has −weight_cost · W in it
  Progress* progress = nullptr;
  std::string label = "rbm";
};

/// Trains in place. The history's loss is the squared error per example of the (first) reconstructions. Throws Error for data outside
/// [0, 1] under Bernoulli visible units (naming row, column and value), and where the weights become infinite.
History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options, Workers* workers = nullptr);

}  // namespace strata
