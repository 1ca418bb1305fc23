#pragma once
// A stack of dense layers and its mirror image:
//
//   x = a⁰ → a¹ → … → h → … → r        encoder layers, the code h, decoder layers
//   zᵏ = aᵏ⁻¹ Wᵏ + bᵏ,  aᵏ = f(zᵏ)
//
// The linear, undercomplete, overcomplete, multilayer and sparse autoencoders are settings of this
// one model; each has a header of its own that says which, and why. Its gradient is computed on a
// tape, or by the delta rule written out by hand (explicit/backprop.hpp).

#include <vector>

#include "autoencoders/own_kinds.hpp"
#include "autoencoders/shared.hpp"
#include "layers/dense.hpp"

namespace strata {

/// What is added to the reconstruction loss. A weight of 0 leaves the term out. All but decay act
/// on the code.
struct Penalties {
  Real rho = Real(0.05);  // KL sparsity: the mean activation wanted, in (0, 1)
  Real beta = 0;          // KL sparsity: its weight. Needs sigmoid or tanh code units
  Real l1 = 0;            // λ of λ (1/m) Σ |h|
  Real decay = 0;         // λ of (λ/2) Σ ‖W‖², over weights, not biases
  bool operator==(const Penalties&) const = default;
};

struct DenseAutoencoderOptions {
  std::vector<std::size_t> sizes;           // features, hidden layers, code: {64, 100, 50, 2}
  Activation hidden = Activation::sigmoid;  // of all layers but the two below
  Activation code = Activation::sigmoid;    // of the encoder's last layer
  Activation output = Activation::sigmoid;  // of the decoder's last layer
  Loss loss = Loss::half_mse;               // bce needs a sigmoid output and data in [0, 1]
  bool tied = false;                        // decoder weights are the encoder's, transposed
  std::size_t keep_largest = 0;  // k-sparse: how many code units each example keeps; 0: all
  Real dropout = 0;  // while training: the probability that a hidden activation is left out
  Penalties penalties{};
  Initializer initializer = Initializer::xavier;
};

struct DenseAutoencoder : Autoencoder {
  std::vector<Dense> encoder;  // in the order the data passes them
  std::vector<Dense> decoder;  // the same; with tied weights their W is empty
  Loss loss = Loss::half_mse;
  bool tied = false;
  std::size_t keep_largest = 0;
  Real dropout = 0;
  Penalties penalties{};
  // Draws what is left out. Like the parameters it must stay where it is while a tape is in use.
  Rng noise{0};

  DenseAutoencoder() = default;
  /// Draws the weights. Throws Error for sizes, penalties or losses that do not go together.
  DenseAutoencoder(const DenseAutoencoderOptions& options, Rng& rng);

  std::size_t features() const override { return encoder.front().inputs(); }
  std::size_t code_size() const override { return encoder.back().outputs(); }
  /// The encoder's widths: 64, 100, 50, 2.
  std::vector<std::size_t> sizes() const;

  /// While training, dropout (Srivastava et al. 2014; layers/dropout.hpp) acts on what each layer
  /// passes to the next: between the encoder's layers here, on the code and between the decoder's
  /// layers in record_decode. The code that the penalties see is whole.
  Var record_encode(Tape& tape, Var X, Mode mode) override;
  Var record_decode(Tape& tape, Var h, Mode mode) override;
  /// Terms: reconstruction; then sparsity, l1, weight_decay where their weight is above 0.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;
  /// The same terms, not yet summed, for the target X and a code h that was recorded before: kinds
  /// with terms of their own add to them.
  std::vector<Term> record_terms(Tape& tape, Var X, Var h, Mode mode);
  void check_data(const Tensor& X) const override;
  void begin_at_means(const Tensor& X) override;
  std::string architecture() const override;
  /// `noise`, with dropout.
  std::vector<Rng*> generators() override;
  Json settings() const override;
  /// Layers of the right shapes, all zero. Throws Error for settings that do not go together.
  static DenseAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
  /// encoder.0.W, encoder.0.b, …, decoder.0.W, … without the weights that are tied.
  std::vector<Parameter*> parameters() override;

  /// The encoder layer whose weights decoder layer k uses, transposed, when tied.
  Dense& twin_of_decoder(std::size_t k) { return encoder[encoder.size() - 1 - k]; }
  /// W of decoder layer k (inputs × outputs), tied or not.
  Tensor decoder_weights(std::size_t k) const;
  /// Names every parameter by its place, after layers were put together by hand.
  void name_parameters();
  /// Throws Error where layers, penalties and loss do not go together.
  void check_consistent() const;

 private:
  Var record_logits(Tape& tape, Var h, Mode mode);  // the decoder up to its last pre-activation
  Var record_dropout(Tape& tape, Var a, Mode mode);
};

}  // namespace strata
