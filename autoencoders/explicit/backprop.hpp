#pragma once
// Backpropagation by hand: the delta rule for a stack of dense layers, as a lecture writes it,
// without a tape. Layer k runs from 1 to L through encoder and decoder; m examples; δᵏ is per
// example, δᵏ = m · ∂L/∂zᵏ.
//
//   forward       zᵏ = aᵏ⁻¹ Wᵏ + bᵏ,  aᵏ = f(zᵏ),  a⁰ = x (or x̃, corrupted),  r = aᴸ                            (1)
//   output        half_mse:  δᴸ = (r − x) ⊙ f′(zᴸ)          bce with sigmoid:  δᴸ = r − x                       (2)
//   hidden        δᵏ = f′(zᵏ) ⊙ [ δᵏ⁺¹ (Wᵏ⁺¹)ᵀ + penalty ]                                                      (3)
//   at the code   penalty_j = β (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j)) + λ₁ sign(h_j),   ρ̂_j = (1/m) Σ_examples h_j       (4)
//   weights       dWᵏ = (1/m) (aᵏ⁻¹)ᵀ δᵏ + λ Wᵏ,   dbᵏ = (1/m) Σ_rows δᵏ                                        (5)
//
// The sparsity term stands inside the bracket, before f′ is multiplied, without a 1/m of its own: δ
// is per example, and equation (5) divides everything by m once. Leaving it out, adding it after
// f′, or dividing it by m again are the mistakes that published code makes. ρ̂ needs the whole
// batch's forward pass before any δ can be computed. Sources: Rumelhart, Hinton and Williams
// (1986); Ng, CS294A lecture notes "Sparse autoencoder" (2011).

#include <string>
#include <vector>

#include "autoencoders/dense_autoencoder.hpp"
#include "layers/backprop.hpp"

namespace strata {

/// One dense layer as the delta rule sees it, with all that a pass computes: to look at in a
/// debugger.
struct ExplicitLayer {
  Parameter* W = nullptr;   // (inputs × outputs), or (outputs × inputs) where transposed
  Parameter* b = nullptr;   // (outputs)
  bool transposed = false;  // a tied decoder layer: uses its twin's weights, transposed
  Activation f = Activation::linear;
  Tensor z, a, delta;  // (m × outputs)
};

/// What a pass computes, in its order. The bracket and dW are built up in steps; `bracket` and `dW`
/// are the finished ones.
enum class Quantity {
  z,
  a,
  rho_hat,
  sparsity_delta,
  term,
  residual,        // r − x
  backpropagated,  // δᵏ⁺¹ (Wᵏ⁺¹)ᵀ
  with_l1,         // the same, the sparsity term and the L1 term
  bracket,         // of the code layer: with all penalties, and zero for units that were not kept
  delta,
  dW_share,  // dW and (1/m) (aᵏ⁻¹)ᵀ δᵏ, before the decay
  dW,
  db
};

/// Is told of every quantity as soon as it is computed: for walks through a pass. Training has
/// none.
struct ExplicitObserver {
  virtual ~ExplicitObserver() = default;
  /// Of layer `layer` (of a term: its position). `at` is the source line by which the numbers are
  /// complete.
  virtual void computed(Quantity what, std::size_t layer, const Tensor& numbers,
                        const Site& at) = 0;
};

class ExplicitBackprop : public Backprop {
 public:
  /// The model must outlive this. Throws Error for one with dropout, which the rule here has not:
  /// the tape has it.
  explicit ExplicitBackprop(DenseAutoencoder& model, Workers* workers_ = nullptr);

  std::vector<Parameter*> parameters() override { return model_.parameters(); }
  const std::vector<TermValue>& gradients(const Batch& batch) override {
    return gradients(batch.X, batch.X);
  }
  const std::vector<TermValue>& evaluate(const Batch& batch) override {
    return evaluate(batch.X, batch.X);
  }
  /// The same where the input a⁰ is not the target x of equation (2): a denoising autoencoder's is
  /// corrupted. Both are m × features.
  const std::vector<TermValue>& gradients(const Tensor& input, const Tensor& target);
  const std::vector<TermValue>& evaluate(const Tensor& input, const Tensor& target);
  /// Records the batch on a tape, whose nodes know their source lines.
  std::string explain_non_finite(const Batch& batch) override;

  /// The gradient of one term alone ("reconstruction", "sparsity", "l1", "weight_decay") is added
  /// to the parameters'. A term without weight in this model has the gradient zero. Throws Error
  /// for another name.
  void gradients_of_term(const Batch& batch, const std::string& term) {
    gradients_of_term(batch.X, batch.X, term);
  }
  void gradients_of_term(const Tensor& input, const Tensor& target, const std::string& term);

  ExplicitObserver* observer = nullptr;  // may be null

  // What the last pass computed, to look at.
  std::vector<ExplicitLayer> layers;  // layers[k − 1] is layer k
  Tensor example_losses;              // (m): the reconstruction loss of each example
  Tensor softplus_z;      // (m × features): log(1 + e^z) of the output layer; with bce only
  Tensor rho_hat;         // (code units): the mean activations; ½(mean + 1) for tanh
  Tensor sparsity_delta;  // (code units): β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), halved for tanh

 private:
  void forward(const Tensor& input);
  void mean_activations();
  void compute_terms(const Tensor& target);
  void compute_example_losses(const Tensor& target);
  // `only` names the one term whose gradient is wanted; empty: all of them
  void backward(const Tensor& input, const Tensor& target, const std::string& only);
  void output_delta(const Tensor& target, const std::string& only);
  void hidden_delta(std::size_t k, const std::string& only);
  void add_code_penalties(Tensor& bracket, const std::string& only);
  void weight_gradients(std::size_t k, const Tensor& input, const std::string& only);
  void add_term(const char* name, Real value, Site at = Site::here());
  void note(Quantity what, std::size_t layer, const Tensor& numbers, Site at = Site::here()) const {
    if (observer != nullptr) observer->computed(what, layer, numbers, at);
  }
  ExplicitLayer& code_layer() { return layers[code_ - 1]; }

  DenseAutoencoder& model_;
  std::size_t code_;  // the number k of the code layer
  Tensor kept_;       // k-sparse: 1 where a code unit was kept (m × code units)
  std::vector<TermValue> terms_;
};

}  // namespace strata
