#pragma once
// The deep belief network (Hinton, Osindero and Teh 2006): a stack of RBMs, each trained on the
// hidden probabilities of the one below. Its top two layers are an RBM still, the layers below are
// a net that generates downward:
//
//   p(v, h¹, …, hᴸ) = p(v | h¹) p(h¹ | h²) … p(hᴸ⁻¹, hᴸ)         p(hᴸ⁻¹, hᴸ): the top RBM
//
// So a sample is made by Gibbs sampling between the top two layers, then down once. Hidden layers
// are drawn on the way; the visible units are left at their means, which is what pictures show.
// Unrolled, the stack is a deep autoencoder to fine-tune (Hinton and Salakhutdinov 2006), or to put
// a softmax on (classifier.hpp). One RBM is a stack of one.

#include <string>
#include <vector>

#include "core/data/scaling.hpp"
#include "pretraining/rbm/contrastive_divergence.hpp"

namespace strata {

struct DbnOptions {
  std::vector<std::size_t> sizes;  // visible units, hidden layers: {64, 100, 50}
  Units visible_units = Units::bernoulli;
  Units code_units = Units::bernoulli;  // of the top layer; the hidden layers between are Bernoulli
  double weight_scale = 0.01;
};

struct Dbn {
  std::vector<Rbm> rbms;  // from the data upward

  Dbn() = default;
  /// Draws the weights. Throws Error for fewer than two sizes, and as Rbm.
  Dbn(const DbnOptions& options, Rng& rng);

  std::size_t visible() const { return rbms.front().visible(); }
  /// The widths: 64, 100, 50.
  std::vector<std::size_t> sizes() const;

  /// The top layer's means given each row of V (m×visible), probabilities passed upward.
  Tensor encode(const Tensor& V, Workers* workers = nullptr) const;
  /// The same up to the top RBM's visible layer, where its chains live. Of a single RBM V itself.
  Tensor to_top(const Tensor& V, Workers* workers = nullptr) const;
  /// From rows T (m × the top RBM's visible units): `steps` (1 or more) steps of Gibbs sampling
  /// between the top two layers, in place, then down. Returns the means of the visible units,
  /// m×visible. Throws Stopped where the listeners want that.
  Tensor advance(Tensor& T, std::size_t steps, Rng& rng, Workers* workers = nullptr,
                 const Listeners& listeners = {}) const;
  /// `count` independent samples: chains of `steps` steps from the top RBM without weights. Means,
  /// count×visible.
  Tensor sample(std::size_t count, std::size_t steps, Rng& rng, Workers* workers = nullptr) const;

  /// Encoders below, decoders with the transposed weights mirrored above. Throws Error where the
  /// layers do not go together.
  DenseAutoencoder unroll() const;
  /// Throws Error where the layers do not go together.
  void check_consistent() const;
};

/// Trains one RBM after the other, each on the hidden probabilities of the one below, which see the
/// data once. `options` has the training of each. The visible biases begin at biases_from_data.
/// Throws Error as train_rbm, and for another number of options than of RBMs.
std::vector<History> train_dbn(Dbn& dbn, const Dataset& data, Rng& rng,
                               const std::vector<RbmTraining>& options, const Engine& engine = {});

/// A stack on disk: rbm.0.W (visible × hidden), rbm.0.a, rbm.0.b, rbm.1.W, …, with what its data
/// were scaled by and the shape of a picture.
struct SavedDbn {
  Dbn dbn;
  Scaling scaling{};
  ImageShape image{};
};
/// Writes beside the target and renames into place. Throws Error where it cannot, and for layers
/// that do not go together.
void save_dbn(const std::string& path, const SavedDbn& saved);
/// Throws Error naming the file for anything that is not such a stack, an autoencoder of Strata
/// too.
SavedDbn load_dbn(const std::string& path);
/// Whether the file is one: a safetensors file whose metadata says so. Throws Error where it cannot
/// be read.
bool is_dbn_file(const std::string& path);

}  // namespace strata
