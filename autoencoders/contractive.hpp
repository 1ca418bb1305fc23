#pragma once
// The contractive autoencoder: the code should change little when the input does. Its penalty is
// the squared Frobenius norm of the encoder's Jacobian (Rifai, Vincent, Muller, Glorot and Bengio
// 2011, "Contractive auto-encoders"):
//
//   P = (1/m) Σ_examples ‖∂h/∂x‖²_F = (1/m) Σ_examples Σ_j Σ_k (∂h_j/∂x_k)²
//
// On its own it would make the code constant. The reconstruction pulls the other way: it needs the
// directions in which the data really vary, so only the others are given up. What remains of the
// Jacobian is a map of the data's tangent.
//
// One layer of sigmoid or tanh units has a closed form: ∂h_j/∂x_k = f′(z_j) W_kj, hence
//   ‖∂h/∂x‖²_F = Σ_j f′(z_j)² Σ_k W_kj²                     the operation `contraction`
// The Jacobian of a deep encoder is a product, recorded on the tape, for all d directions at once:
//   J⁰ = I,  Jᵏ = (Jᵏ⁻¹ Wᵏ) ⊙ f′(zᵏ)                         record_jacobian
// Since each factor is a node, the gradient of P is exact, including its path through the slopes
// f′(z), which brings in f″. It costs d times the encoder's products: fine for hundreds of
// features.
//
// With a separate decoder there is a way to dodge the penalty: small encoder weights, large decoder
// weights, and the same image out of both. Tied weights (net.tied) close it, as in the paper.
//
// Mistakes found in published code: ‖Σ_j ∇h_j‖² (one backward pass from the sum of all units) is a
// different number, in which units cancel; and a penalty computed outside the tape is reported but
// trains nothing.
//
// The higher-order variant (Rifai et al. 2011b, "Higher order contractive auto-encoder") also wants
// the Jacobian itself to change little, that is, low curvature:
//   (1/m) Σ_examples ‖J(x) − J(x + ε)‖²_F,  ε ~ N(0, σ² I), drawn afresh at each step of training.

#include "autoencoders/dense_autoencoder.hpp"

namespace strata {

/// The nodes of one dense layer: pre-activation and activation, m×h.
struct RecordedLayer {
  Var z, a;
};
/// The layers of a stack one after the other, applied to X (m×d).
std::vector<RecordedLayer> record_layers(Tape& tape, std::vector<Dense>& layers, Var X);
/// The Jacobian of the stack at each example i, a node (m·d × h): row i·d + k is ∂h/∂x_k.
Var record_jacobian(Tape& tape, std::vector<Dense>& layers,
                    const std::vector<RecordedLayer>& nodes);
/// P of the stack, a number: in closed form for one sigmoid or tanh layer, else by record_jacobian.
Var record_contraction(Tape& tape, std::vector<Dense>& layers,
                       const std::vector<RecordedLayer>& nodes);

struct ContractiveOptions {
  DenseAutoencoderOptions net{};
  Real contraction = Real(0.1);  // λ of λ P
  Real curvature = 0;            // γ of γ (1/m) Σ ‖J(x) − J(x + ε)‖²_F
  Real deviation = Real(0.1);    // σ of ε
};

struct ContractiveAutoencoder : Autoencoder {
  DenseAutoencoder net;
  Real contraction = Real(0.1), curvature = 0, deviation = Real(0.1);
  Rng noise{0};  // draws ε; like the parameters it must stay where it is while a tape is in use

  ContractiveAutoencoder() = default;
  /// Throws Error for weights below 0, a curvature whose deviation is not above 0, dropout, or a
  /// k-sparse encoder (which has no Jacobian of this form).
  ContractiveAutoencoder(const ContractiveOptions& options, Rng& rng);

  std::size_t features() const override { return net.features(); }
  std::size_t code_size() const override { return net.code_size(); }
  Var record_encode(Tape& tape, Var X, Mode mode) override {
    return net.record_encode(tape, X, mode);
  }
  Var record_decode(Tape& tape, Var h, Mode mode) override {
    return net.record_decode(tape, h, mode);
  }
  /// The terms of net, then contraction and curvature if weighted above 0. ε: see record_noise.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;
  std::vector<Parameter*> parameters() override { return net.parameters(); }
  void check_data(const Tensor& X) const override { net.check_data(X); }
  void begin_at_means(const Tensor& X) override { net.begin_at_means(X); }
  std::string architecture() const override { return net.architecture(); }
  Json settings() const override;
  static ContractiveAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
  std::vector<Rng*> generators() override {
    return curvature > 0 ? std::vector<Rng*>{&noise} : std::vector<Rng*>{};
  }

 private:
  void check_consistent() const;
};

}  // namespace strata
