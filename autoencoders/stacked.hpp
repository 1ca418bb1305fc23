#pragma once
// Autoencoders one on top of the other, each of any kind: what greedy pretraining leaves where its
// layers are not all dense (pretraining/greedy.hpp), to be trained further as one.
//
//   x → [layer 1] → h¹ → [layer 2] → h² → … → h       encode through all of them
//   r ← [layer 1] ← … ← [layer 2] ← … ← h             decode back through all of them
//
// Its one objective is the reconstruction of the data, 1/(2m) ΣΣ (r − x)². The terms of the layers
// belong to the training of each layer alone.

#include "autoencoders/own_kinds.hpp"

namespace strata {

struct StackedAutoencoder : Autoencoder {
  std::vector<std::unique_ptr<Autoencoder>> layers;  // from the data to the code

  StackedAutoencoder() = default;
  /// Names the parameters of layer k, counted from 0, "k." and what they are called in it. Throws
  /// Error where there are no layers, or where one does not take the codes of the layer below.
  explicit StackedAutoencoder(std::vector<std::unique_ptr<Autoencoder>> layers_);

  std::size_t features() const override { return layers.front()->features(); }
  std::size_t code_size() const override { return layers.back()->code_size(); }
  Var record_encode(Tape& tape, Var X, Mode mode) override;
  Var record_decode(Tape& tape, Var h, Mode mode) override;

  std::vector<Parameter*> parameters() override;
  std::vector<Rng*> generators() override;
  void check_data(const Tensor& X) const override { layers.front()->check_data(X); }
  void begin_at_means(const Tensor& X) override { layers.front()->begin_at_means(X); }
  std::string architecture() const override;
  Json settings() const override;
  static StackedAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
};

}  // namespace strata
