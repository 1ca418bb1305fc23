#pragma once
// The variational autoencoder (Kingma and Welling 2014, "Auto-encoding variational Bayes"; Rezende,
// Mohamed and Wierstra 2014): an autoencoder that models the distribution of the data, so that it
// can generate new examples. Codes are drawn from p(z) = N(0, I), and examples from p(x|z), the
// decoder. For each x the encoder gives not a point but a cloud of codes:
//
//   q(z|x) = N(μ(x), diag σ²(x)),    z = μ + exp(½ log σ²) ⊙ ε,   ε ~ N(0, I)
//
// Written this way (the reparameterisation), the randomness is an input, and the gradient passes
// through z to μ and σ. What is minimised is the negative ELBO, which is never below −log p(x):
//
//   −ELBO = (1/m) Σ_examples { E_q[−log p(x|z)] + KL(q(z|x) ‖ p(z)) }
//   KL    = −½ Σ (1 + log σ² − μ² − σ²)
//
// The expectation is estimated with one ε per example. The decoder is one of two:
//   Bernoulli   −log p(x|z) = −Σ [x log r + (1 − x) log(1 − r)],  r = σ(logits), data in [0, 1]
//   Gaussian    −log p(x|z) = Σ (x − r)²/(2s²) + ½ log 2πs²,  with a fixed deviation s
//
// The KL draws every cloud towards N(0, I), while the reconstruction pulls the clouds apart. Early
// in training the KL is the easier of the two, and code units may be given up for good (posterior
// collapse). The warm-up (Sønderby et al. 2016, Bowman et al. 2016) therefore raises its weight
// from 0. A final weight β other than 1 (Higgins et al. 2017) trades order in the code for
// sharpness.

#include "autoencoders/own_kinds.hpp"
#include "autoencoders/shared.hpp"
#include "layers/dense.hpp"
#include "layers/fit.hpp"

namespace strata {

enum class DecoderKind { bernoulli, gaussian };
inline const Choice<DecoderKind> decoder_kinds{"decoder", {"bernoulli", "gaussian"}};

struct VariationalOptions {
  // Features, hidden layers, code: {64, 100, 2}; the decoder mirrors them
  std::vector<std::size_t> sizes;
  Activation hidden = Activation::tanh;
  DecoderKind decoder = DecoderKind::bernoulli;
  // For the means of a Gaussian decoder; those of a Bernoulli decoder are sigmoid
  Activation output = Activation::linear;
  // s of a Gaussian decoder: the noise that is left. If it is as large as the spread of the data,
  // the code is given up.
  Real deviation = Real(0.2);
  Real beta = 1;                   // weight of the KL term
  std::size_t warm_up_epochs = 0;  // over which its weight rises from 0 to beta
};

struct VariationalAutoencoder : Autoencoder {
  std::vector<Dense> encoder;  // up to the heads; may be none
  Dense mean, log_variance;    // the heads: μ and log σ², both linear
  // The pre-activation of the last layer: the logits, or the means before their activation.
  std::vector<Dense> decoder;
  DecoderKind kind = DecoderKind::bernoulli;
  Real deviation = 1, beta = 1;
  std::size_t warm_up_epochs = 0;
  Rng noise{0};  // draws ε; like the parameters it must stay where it is while a tape is in use
  // One number, not trained. Tapes borrow it, so that a warm-up reaches those that are replayed.
  Parameter kl_weight;

  VariationalAutoencoder() = default;
  /// Draws the weights. Throws Error for sizes, deviations or weights that make no sense.
  VariationalAutoencoder(const VariationalOptions& options, Rng& rng);

  std::size_t features() const override { return decoder.back().outputs(); }
  std::size_t code_size() const override { return mean.outputs(); }

  /// What the encoder says about X (m×d): μ and log σ², m×k.
  struct Posterior {
    Var mean, log_variance;
  };
  Posterior record_posterior(Tape& tape, Var X, Mode mode);
  /// z = μ + exp(½ log σ²) ⊙ ε, with ε (m×k) given.
  static Var record_sample(const Posterior& posterior, Var epsilon);
  /// The code is μ: what is known about x, without the noise.
  Var record_encode(Tape& tape, Var X, Mode mode) override;
  /// The mean of p(x|z), m×d.
  Var record_decode(Tape& tape, Var z, Mode mode) override;
  /// The decoder up to its last pre-activation, m×d: the logits of a Bernoulli decoder.
  Var record_logits(Tape& tape, Var z);

  /// (1/m) Σ −log p(x|z), from what record_logits returns for one z per example.
  Var record_reconstruction(Var logits, Var X);
  /// Terms: reconstruction, kl. In training the KL has the weight of the warm-up, in evaluation β,
  /// so that the validation losses of different epochs can be compared. ε comes from record_noise:
  /// drawn afresh in training, always the same in evaluation.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;
  /// The same for a given ε (m×k).
  Objective objective_given(Tape& tape, Var input, Var target, Var epsilon, Mode mode);
  /// The warm-up: sets the weight of the KL.
  void start_epoch(std::size_t epoch) override;

  /// encoder.0.W, .b, …, encoder.mean.W, .b, encoder.log_variance.W, .b, decoder.0.W, .b, …
  std::vector<Parameter*> parameters() override;
  void check_data(const Tensor& X) const override;
  void begin_at_means(const Tensor& X) override;
  std::string architecture() const override;
  Json settings() const override;
  static VariationalAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
  std::vector<Rng*> generators() override { return {&noise}; }

  /// The activation of the last layer: what makes the mean of p(x|z) from its pre-activation.
  Activation output() const { return decoder.back().activation; }
};

/// The KL's weight in an epoch, counted from 1: β (epoch − 1)/warm_up_epochs until that is over,
/// then β. Throws Error for epoch 0.
Real kl_weight_in_epoch(const VariationalAutoencoder& model, std::size_t epoch);

}  // namespace strata
