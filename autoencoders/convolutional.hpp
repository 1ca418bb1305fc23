#pragma once
// The convolutional autoencoder (Masci, Meier, Cireşan and Schmidhuber 2011, "Stacked convolutional
// auto-encoders"): images are reduced to smaller images with more channels, and enlarged again.
// Each weight belongs to a small window that is applied at every place of its image:
//
//   encoder   x = a⁰ (c×H×W) → a¹ (f₁×⌈H/2⌉×⌈W/2⌉) → …
//             aᵏ = relu(Wᵏ ⋆ aᵏ⁻¹ + bᵏ), of which every other place is kept
//   decoder   the same sizes backwards; r = σ(W ⋆ a + b)
//
// On the way down, either the window moves two pixels at a time (stride), or the largest of each
// 2×2 pixels is kept (pool). On the way up, either each pixel becomes a square after the
// convolution, with one more convolution at the end (upsample), or windows are painted two pixels
// apart (transpose).
//
// The code consists of the smallest images, the feature maps, read out number by number. The place
// of a stroke is its place in the map, so a shifted image has a shifted code, provided that the
// shift is a multiple of 2ⁿ pixels for n stages. With a code_size, a dense layer turns the maps
// into that many numbers; like all dense layers, it has a weight for each place.

#include <vector>

#include "autoencoders/own_kinds.hpp"
#include "autoencoders/shared.hpp"
#include "layers/sequential.hpp"

namespace strata {

enum class Downsampling { stride, pool };
enum class Upsampling { upsample, transpose };
inline const Choice<Downsampling> downsampling_kinds{"down", {"stride", "pool"}};
inline const Choice<Upsampling> upsampling_kinds{"up", {"upsample", "transpose"}};

/// The shape in which one example passes through the layers. In a row of data the channels follow
/// one another, each row by row.
struct Maps {
  std::size_t channels = 1, height = 0, width = 0;
  std::size_t size() const { return channels * height * width; }
  bool operator==(const Maps&) const = default;
};

struct ConvolutionalOptions {
  Maps picture{};  // of an example: {1, 28, 28}
  // Channels after each stage; each halves the sides, rounding up.
  std::vector<std::size_t> filters = {16, 8};
  // Windows are kernel×kernel, and kernel is odd. 1 is allowed only with pool and upsample, where
  // no window moves by two pixels.
  std::size_t kernel = 3;
  Downsampling down = Downsampling::stride;  // pool needs sides that are even
  Upsampling up = Upsampling::transpose;
  std::size_t code_size = 0;           // of a dense code; 0: the feature maps are the code
  Activation code = Activation::relu;  // of a dense code
  Loss loss = Loss::bce;
  Real decay = 0;  // λ of (λ/2) Σ ‖W‖²
};

struct ConvolutionalAutoencoder : Autoencoder {
  ConvolutionalOptions options;
  Sequential encoder;  // from rows of data to rows of codes
  Sequential decoder;  // from rows of codes to logits: a sigmoid comes after it

  ConvolutionalAutoencoder() = default;
  /// Draws the weights as in He et al. (2015). Throws Error, with advice, for sizes that do not
  /// fit.
  ConvolutionalAutoencoder(const ConvolutionalOptions& options, Rng& rng);

  std::size_t features() const override { return options.picture.size(); }
  std::size_t code_size() const override;
  /// The image, then what each stage makes of it: {1,8,8}, {16,4,4}, {8,2,2}.
  static std::vector<Maps> stages(const ConvolutionalOptions& options);
  std::vector<Maps> stages() const { return stages(options); }

  Var record_encode(Tape& tape, Var X, Mode mode) override;
  Var record_decode(Tape& tape, Var h, Mode mode) override;
  /// Terms: reconstruction; weight_decay if its weight is above 0.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;

  void check_data(const Tensor& X) const override;
  /// Of each channel, whose pixels share a bias.
  void begin_at_means(const Tensor& X) override;
  /// "1×8×8 → 16×4×4 → 8×2×2 → 32"
  std::string architecture() const override;
  Json settings() const override;
  static ConvolutionalAutoencoder from_settings(const Json& settings, const OwnKinds& own = {});
  /// encoder.0.W, encoder.0.b, …, decoder.0.W, …
  std::vector<Parameter*> parameters() override;

 private:
  void check_options() const;
  void add_encoder(Rng& rng);
  void add_decoder(Rng& rng);
};

}  // namespace strata
