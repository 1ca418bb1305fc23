#pragma once
// The denoising autoencoder (Vincent, Larochelle, Bengio and Manzagol 2008; Vincent et al. 2010,
// "Stacked denoising autoencoders"): it gets a corrupted example and must return the clean one.
//
//   x̃ ~ q(x̃|x),   h = f(x̃),   r = g(h),   the loss compares r with x, never with x̃
//
// Copying does not help here: to restore what was taken away, the network must know what the data
// look like. So the code may be wider than the data without any penalty. x̃ is drawn afresh for
// every batch of every epoch, so the network never sees the same damage twice. When the network is
// used, nothing is corrupted.
//
// With small Gaussian noise of variance σ² the best g(f(x̃)) − x̃ is σ² ∂ log p(x̃)/∂x̃ (Alain and
// Bengio 2014, theorem 1): an arrow from x̃ back to where the data are dense.
//
// This model wraps any other autoencoder. It has the same terms, layers and parameters, but a
// corrupted input in training.

#include <memory>

#include "autoencoders/dense_autoencoder.hpp"
#include "autoencoders/explicit/backprop.hpp"
#include "core/data/corruption.hpp"

namespace strata {

struct DenoisingAutoencoder : Autoencoder {
  std::unique_ptr<Autoencoder> net;
  Corruption corruption;
  // Draws x̃. Like the parameters, it and the corruption must not move while a tape is in use.
  Rng noise{0};

  DenoisingAutoencoder() = default;
  /// Draws the seed of its noise from `rng`. Throws Error without a net or for a senseless
  /// corruption.
  DenoisingAutoencoder(std::unique_ptr<Autoencoder> net_, Corruption corruption_, Rng& rng);

  std::size_t features() const override { return net->features(); }
  std::size_t code_size() const override { return net->code_size(); }
  Var record_encode(Tape& tape, Var X, Mode mode) override {
    return net->record_encode(tape, X, mode);
  }
  Var record_decode(Tape& tape, Var h, Mode mode) override {
    return net->record_decode(tape, h, mode);
  }
  Var record_reconstruct(Tape& tape, Var X, Mode mode) override {
    return net->record_reconstruct(tape, X, mode);
  }
  /// The terms of net, from a corrupted `input` in training and from `input` itself in evaluation.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;

  std::vector<Parameter*> parameters() override { return net->parameters(); }
  void check_data(const Tensor& X) const override { net->check_data(X); }
  void begin_at_means(const Tensor& X) override { net->begin_at_means(X); }
  void start_epoch(std::size_t epoch) override { net->start_epoch(epoch); }
  std::string architecture() const override { return net->architecture(); }
  /// Throws Error for a custom corruption, which can be neither saved nor copied.
  Json settings() const override;
  static DenoisingAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
  std::vector<Rng*> generators() override;
};

/// The delta rule by hand for a denoising autoencoder whose net is dense. Each batch is corrupted
/// once, with the draw that the tape would have made; the input is then x̃ and the target x.
class DenoisingBackprop : public Backprop {
 public:
  /// The model must outlive this. Throws Error if its net is not dense.
  explicit DenoisingBackprop(DenoisingAutoencoder& model, Workers* workers_ = nullptr);

  std::vector<Parameter*> parameters() override { return by_hand_.parameters(); }
  std::vector<Rng*> generators() override { return model_.generators(); }
  const std::vector<TermValue>& gradients(const Batch& batch) override;
  const std::vector<TermValue>& evaluate(const Batch& batch) override;
  std::string explain_non_finite(const Batch& batch) override;

  Tensor corrupted;  // x̃ of the last batch, to look at

 private:
  DenoisingAutoencoder& model_;
  ExplicitBackprop by_hand_;
  bool was_corrupted_ = false;  // the last pass was a training pass
};

/// What a model makes of a corrupted example. Errors are (1/m) Σ_examples Σ_features (… − x)²,
/// against the clean x; nothing is clipped.
struct Restoration {
  Tensor corrupted, restored;  // m × features
  double corrupted_error = 0, restored_error = 0;
};
/// Corrupts X (m × features) and lets the autoencoder, of any kind, restore it in evaluation mode.
Restoration restore(Autoencoder& model, const Tensor& X, const Corruption& corruption, Rng& rng,
                    Workers* workers = nullptr);

/// The dense model that the delta rule by hand covers: the model itself, or the net inside a
/// denoising autoencoder; null for any other.
DenseAutoencoder* dense_net_of(Autoencoder& model);

}  // namespace strata
