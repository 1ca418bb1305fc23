#pragma once
// Greedy layer-wise pretraining (Hinton, Osindero and Teh 2006; Bengio et al. 2007). A deep
// autoencoder is built from shallow ones: each learns to reconstruct the code of the one below it.
// Afterwards the encoders are stacked, the decoders mirrored on top of them, and the whole is
// fine-tuned.
//
//   data → [layer 1] → codes 1 → [layer 2] → codes 2 → …     each layer trained alone
//   unrolled: encoder 1, encoder 2, …, decoder 2, decoder 1  then fine-tuned through every layer
//
// A denoising layer sees its input corrupted while it learns. What it passes on are the codes of
// the clean input: the layers above corrupt those for themselves (Vincent et al. 2010).
//
// A layer can be a restricted Boltzmann machine instead, as in the first of these papers: trained
// by contrastive divergence, then taken as an autoencoder with decoder weights Wᵀ. The layers above
// see its hidden probabilities.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "autoencoders/stacked.hpp"
#include "autoencoders/train.hpp"
#include "core/data/corruption.hpp"
#include "pretraining/rbm/contrastive_divergence.hpp"

namespace strata {

/// One layer of the stack, and its training. It is a dense one unless `make` says otherwise. Of
/// options.sizes only the last number is used, the units of this layer; the features are what the
/// layer below gives.
struct LayerPlan {
  DenseAutoencoderOptions options{};
  FitOptions fit{};
  std::optional<Corruption> corruption{};  // of the layer's own input, while it is trained
  /// The layer is an RBM, and this is its training, fit unused. Sigmoid units of `options` (code:
  /// hidden, output: visible) are Bernoulli ones, linear units Gaussian ones.
  std::optional<RbmTraining> rbm{};
  /// Makes any other layer: an autoencoder of `features` features, whose code goes up. `options` is
  /// unused.
  std::function<std::unique_ptr<Autoencoder>(std::size_t features, Rng& rng)> make{};
};

/// One stage of pretraining, done.
struct GreedyStage {
  std::unique_ptr<Autoencoder> autoencoder;
  History history;
  std::size_t trained_weights = 0;  // weights and biases that this stage trained
  double error = 0;          // (1/m) Σ (input − reconstruction)² of this layer's own input
  std::optional<Rbm> rbm{};  // where the plan says so: `autoencoder` is made of it

  /// The dense layers of the autoencoder, the net of a contractive or denoising one included; null
  /// where it has others.
  const DenseAutoencoder* dense() const;
};

/// Trains one layer after the other, each on the codes of the one below. Throws Error for an empty
/// plan, for a layer made for another number of features, for an RBM whose units are neither
/// sigmoid nor linear, or with a corruption or penalties (it has a weight cost of its own), and as
/// train.
std::vector<GreedyStage> pretrain_greedily(const Dataset& data, const std::vector<LayerPlan>& plans,
                                           Rng& rng, const Engine& engine = {});

/// The stages as one deep autoencoder, encoders below, decoders mirrored above. The loss is the
/// first stage's, without its penalties: they belonged to the layers while these were trained
/// alone. Throws Error naming the stage that cannot be unrolled: one that is not dense, that has
/// tied weights, or a k-sparse code below the top.
DenseAutoencoder unroll(const std::vector<GreedyStage>& stages);

/// The stages as one autoencoder, whatever their kinds, to be fine-tuned through the tape.
StackedAutoencoder stack(std::vector<GreedyStage> stages);

}  // namespace strata
