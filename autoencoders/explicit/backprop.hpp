#pragma once
// Backpropagation by hand: the delta rule for a stack of dense layers, as a lecture writes it,
// without a tape. Layer k runs from 1 to L through encoder and decoder; m examples; δᵏ is per
// example, δᵏ = m · ∂L/∂zᵏ.
//
//   forward   zᵏ = aᵏ⁻¹ Wᵏ + bᵏ,  aᵏ = f(zᵏ),  a⁰ = x (or x̃, corrupted),  r = aᴸ               (1)
//   output    half_mse:  δᴸ = f′(zᴸ) ⊙ [ r − x ]        bce with sigmoid:  δᴸ = r − x           (2)
//   hidden    δᵏ = f′(zᵏ) ⊙ [ δᵏ⁺¹ (Wᵏ⁺¹)ᵀ + penalty ]                                          (3)
//   penalty   at the code h alone:  β (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j)) + λ₁ sign(h_j),
//             with the mean activation  ρ̂_j = (1/m) Σ_examples h_j                              (4)
//   weights   dWᵏ = (1/m) (aᵏ⁻¹)ᵀ δᵏ + λ Wᵏ,   dbᵏ = (1/m) Σ_rows δᵏ                            (5)
//
// For a k-sparse code, kept is 1 for the k largest units of each example and 0 for the others:
//   h = kept ⊙ f(z) in (1),   δ = kept ⊙ f′(z) ⊙ [ … ] in (3)
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

/// One dense layer as the delta rule sees it, with all that a pass computes.
struct ExplicitLayer {
  Parameter* W = nullptr;   // (inputs × outputs), or (outputs × inputs) where transposed
  Parameter* b = nullptr;   // (outputs)
  bool transposed = false;  // a tied decoder layer uses its twin's weights, transposed
  Activation f = Activation::linear;
  Tensor z{}, a{}, delta{};  // (m × outputs)
  Tensor bracket{};          // the same shape: the bracket of (2) or (3), where it is kept
};

/// Which terms of the objective take part in a gradient.
struct ActiveTerms {
  bool reconstruction = true, sparsity = true, l1 = true, weight_decay = true;
  /// One alone, by its name. Throws Error for a name that is none of these.
  static ActiveTerms only(const std::string& term);
};

class ExplicitBackprop : public Backprop {
 public:
  /// The model must outlive this. Throws Error for one with dropout: only the tape can do that.
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

  /// The terms whose gradients are added to the parameters'. The values of all are computed always.
  ActiveTerms active;
  /// Copies each bracket before it is multiplied by f′. Walks want that, training does without.
  bool keep_brackets = false;

  // What the last pass computed, to look at.
  std::vector<ExplicitLayer> layers;  // layers[k − 1] is layer k
  Tensor rho_hat;                     // (code units): the mean activations; ½(mean + 1) for tanh
  Tensor sparsity_delta;  // (code units): β (−ρ/ρ̂ + (1 − ρ)/(1 − ρ̂)), halved for tanh
  Tensor kept;            // (m × code units): k-sparse, 1 where a unit was kept
  Tensor example_losses;  // (m): the reconstruction loss of each example
  Tensor softplus_z;      // (m × features): log(1 + e^z) of the output layer; with bce only
  /// For each function of a pass the line by which its numbers are complete.
  struct Lines {
    Site forward, mean_activations, terms, output_delta, hidden_delta, code_penalties,
        weight_gradients;
  } computed_at;

 private:
  void forward(std::size_t k, const Tensor& input);
  void mean_activations();
  void compute_terms(const Tensor& target);
  Real example_loss(std::size_t i, const Tensor& target);
  void output_delta(const Tensor& target);
  void hidden_delta(std::size_t k);
  void add_code_penalties(Tensor& bracket);
  void weight_gradients(std::size_t k, const Tensor& input);

  // Keeps the memory of a larger batch: going to the short last one and back allocates nothing.
  static void reshape(Tensor& A, const Shape& shape);
  bool is_k_sparse(std::size_t k) const { return k == code_ && model_.keep_largest > 0; }
  const Tensor& activation_below(std::size_t k, const Tensor& input) const {
    return k == 1 ? input : layers[k - 2].a;
  }

  DenseAutoencoder& model_;
  std::size_t code_;  // the number k of the code layer
  std::vector<TermValue> terms_;
};

}  // namespace strata
