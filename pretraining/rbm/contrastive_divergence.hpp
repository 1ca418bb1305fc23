#pragma once
// Contrastive divergence: the gradient of the log-likelihood, its second part estimated by a short
// Markov chain.
//
//   ∂ log p(v) / ∂W = ⟨v hᵀ⟩_data − ⟨v hᵀ⟩_model
//   CD-k   the chain starts at the data and takes k steps of Gibbs sampling                     (Hinton 2002)
//   PCD    the chain goes on from where the last batch left it: stochastic maximum likelihood   (Tieleman 2008)
//
// What is drawn and what stays a probability follows Hinton's practical guide (2012, section 3):
// hidden states that drive a reconstruction are drawn; the last visible reconstruction and the last
// hidden states of CD are probabilities, which are less noisy than draws, but make the estimates of
// W and b a little biased even for a long chain. Between the steps of CD-k, and everywhere in the
// chains of PCD, visible units are drawn: those of PCD have no such bias.

#include <functional>

#include "core/data/dataset.hpp"
#include "layers/fit.hpp"
#include "pretraining/rbm/rbm.hpp"

namespace strata {

struct RbmTraining {
  std::size_t epochs = 10;
  std::size_t batch_size = 100;
  std::size_t steps = 1;    // k of CD-k, or Gibbs steps a batch of the persistent chains
  bool persistent = false;  // PCD, with as many chains as a batch has examples
  // Of Bernoulli units; 0.001 suits Gaussian ones, 0.01 persistent chains
  double learning_rate = 0.1;
  double momentum_at_first = 0.5, momentum = 0.9;
  std::size_t epochs_at_first = 5;  // with the first momentum
  double weight_cost = 2e-4;        // of weights, not biases: ΔW has −weight_cost · W in it
  Progress* progress = nullptr;
  std::string label = "rbm";         // also the name of the stage in a checkpoint
  Checkpoint* checkpoint = nullptr;  // may be null
  /// Called after every epoch; false stops the training.
  std::function<bool(const EpochRecord&)> after_epoch{};
  /// Shows what after_epoch has gathered, to be kept with the rest at each save; may be empty.
  std::function<void(State&)> remember{};
};

/// Learning rates that suit: the chains of PCD have to keep up with the weights, and Gaussian units
/// have no bounds (Hinton 2012, sections 7 and 13).
constexpr double usual_rbm_rate(bool persistent, bool gaussian) {
  if (gaussian) return 0.001;
  return persistent ? 0.01 : 0.1;
}

/// Of the mean log-likelihood, or an estimate of it: what is added, times the learning rate.
struct RbmGradient {
  Tensor W, a, b;  // of the parameters' shapes
};

/// The estimate, batch after batch. The machine is borrowed.
class ContrastiveDivergence {
 public:
  /// Of the options it uses steps and persistent. Throws Error for 0 steps.
  ContrastiveDivergence(const Rbm& rbm, const RbmTraining& options, Rng& rng,
                        Workers* workers = nullptr);

  /// From the examples V (m×visible). The persistent chains are as many as the rows of the first V,
  /// and start at its hidden states. Valid until the next call.
  const RbmGradient& gradient(const Tensor& V);
  /// The squared error per example of the last call's reconstructions, made from drawn hidden
  /// states of the data.
  double reconstruction_error() const { return error_; }
  /// The persistent chains: all that goes on from call to call.
  void remember(State& state);

 private:
  void start_chains(const Tensor& V);
  void run_chains();

  const Rbm& rbm_;
  std::size_t steps_;
  bool persistent_;
  Rng& rng_;
  Workers* workers_;
  Tensor P_data_, H_data_;  // E[h | data], and states drawn with these means
  Tensor H_;      // hidden states that drive the chains; of PCD they stay from batch to batch
  Tensor V_, P_;  // the chains' visible units, and E[h | V_]
  RbmGradient gradient_;
  double error_ = 0;
};

/// Trains in place: velocity = momentum · velocity + learning_rate · (gradient − weight_cost · W),
/// W += velocity. The history's loss is the squared error per example of the (first)
/// reconstructions. Throws Error for data outside [0, 1] under Bernoulli visible units (naming row,
/// column and value), for options out of range, and where the weights become infinite.
History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options,
                  Workers* workers = nullptr);

}  // namespace strata
