#pragma once
// Contrastive divergence: the gradient of the log-likelihood, its second part estimated by a short
// Markov chain.
//
//   ∂ log p(v) / ∂W = ⟨v hᵀ⟩_data − ⟨v hᵀ⟩_model
//   CD-k   the chain starts at the data and takes k steps of Gibbs sampling (Hinton 2002)
//   PCD    the chain goes on from where the last batch left it: stochastic maximum likelihood
//          (Tieleman 2008)
//
// What is drawn and what stays a probability follows Hinton's practical guide (2012, section 3):
// hidden states that drive a reconstruction are drawn; the last visible reconstruction and the last
// hidden states of CD are probabilities, which are less noisy than draws, but make the estimates of
// W and b a little biased even for a long chain. Between the steps of CD-k, and everywhere in the
// chains of PCD, visible units are drawn: those of PCD have no such bias.
//
// To the training loop this is a gradient like any other (layers/backprop.hpp), of −log p(v).

#include "autoencoders/train.hpp"
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
  std::string label = "rbm";        // also the name of the stage in a checkpoint
  /// As in FitOptions.
  std::function<void(State&)> remember{};
  std::function<bool(const EpochRecord&)> after_epoch{};
};

/// Learning rates that suit: the chains of PCD have to keep up with the weights, and Gaussian units
/// have no bounds (Hinton 2012, sections 7 and 13).
constexpr double usual_rbm_rate(bool persistent, bool gaussian) {
  if (gaussian) return 0.001;
  return persistent ? 0.01 : 0.1;
}

/// The gradient of −log p(v), to be minimised like any other; estimated, batch after batch.
class ContrastiveDivergence : public Backprop {
 public:
  /// The machine and the generator must outlive this. Of the options it uses steps and persistent.
  /// Long chains ask the listeners whether to stop. Throws Error for 0 steps.
  ContrastiveDivergence(Rbm& rbm, const RbmTraining& options, Rng& rng, Workers* workers_ = nullptr,
                        const Listeners& listeners = {});

  std::vector<Parameter*> parameters() override { return {&rbm_.W, &rbm_.a, &rbm_.b}; }
  /// From the examples batch.X (m×visible). The persistent chains are as many as the rows of the
  /// first batch, and start at its hidden states. The term "reconstruction" is what is watched, not
  /// what is minimised: the squared error per example of the reconstructions from drawn hidden
  /// states of the data. Where it throws Stopped, between two steps of a chain, the generator and
  /// the persistent chains are as before.
  const std::vector<TermValue>& gradients(const Batch& batch) override;
  /// The same term, of reconstructions by means: nothing is drawn.
  const std::vector<TermValue>& evaluate(const Batch& batch) override;
  /// The persistent chains.
  void remember(State& state) override;
  std::string explain_non_finite(const Batch& batch) override;

 private:
  void start_chains(const Tensor& V);
  void run_chains();
  void add_statistics(const Tensor& V, const Tensor& P, Real weight);

  Rbm& rbm_;
  std::size_t steps_;
  bool persistent_;
  Rng& rng_;
  Listeners listeners_;
  Tensor P_data_, H_data_;  // E[h | data], and states drawn with these means
  Tensor H_;         // hidden states that drive the chains; of PCD they stay from batch to batch
  Tensor H_before_;  // of PCD, before this batch
  Tensor V_, P_;     // the chains' visible units, and E[h | V_]
  std::vector<TermValue> terms_ = {{"reconstruction", 0}};
};

/// Trains in place by fit, with Hinton's form of momentum:
///   ΔW ← momentum · ΔW + learning_rate · (∂ log p/∂W − weight_cost · W),  W ← W + ΔW
/// The history's loss is the term "reconstruction" above. Throws Error as fit, for data outside
/// [0, 1] under Bernoulli visible units (naming row, column and value), and for options out of
/// range.
History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options,
                  const Engine& engine = {});

}  // namespace strata
