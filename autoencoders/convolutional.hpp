#pragma once
// The convolutional autoencoder (Masci, Meier, Cireşan and Schmidhuber 2011, "Stacked convolutional
// auto-encoders"): pictures go down to smaller pictures of more channels, and up again. Each weight
// belongs to a small window that lies on every place of its picture:
//
//   encoder   x = a⁰ (c×H×W) → a¹ (f₁×⌈H/2⌉×⌈W/2⌉) → …
//             aᵏ is every second place of relu(Wᵏ ⋆ aᵏ⁻¹ + bᵏ)
//   decoder   the same sizes backwards; r = σ(W ⋆ a + b)
//
// Down: a window that moves two pixels at a time (stride), or the largest of each 2×2 (pool). Up: a
// convolution, then each pixel becomes a square (upsample), and one more convolution at the end; or
// windows painted two pixels apart (transpose).
//
// The code is the smallest pictures, the feature maps, one number after the other: a stroke's place
// is its place in the map, so a picture that is shifted has a code that is shifted, where the shift
// is a multiple of 2ⁿ pixels for n stages. With a code_size a dense layer makes the maps into so
// many numbers; that layer knows its places by heart, as all dense ones do.

#include <vector>

#include "autoencoders/own_kinds.hpp"
#include "autoencoders/shared.hpp"
#include "layers/sequential.hpp"

namespace strata {

enum class Downsampling { stride, pool };
enum class Upsampling { upsample, transpose };
const std::vector<std::string>& downsampling_names();  // stride, pool
const std::vector<std::string>& upsampling_names();    // upsample, transpose
const std::string& downsampling_name(Downsampling down);
const std::string& upsampling_name(Upsampling up);
/// Both throw Error for another name.
Downsampling downsampling_named(const std::string& name);
Upsampling upsampling_named(const std::string& name);

/// What goes through the layers, of one example. In a row of data the channels stand one after the
/// other, each row by row.
struct Maps {
  std::size_t channels = 1, height = 0, width = 0;
  std::size_t size() const { return channels * height * width; }
  bool operator==(const Maps&) const = default;
};

struct ConvolutionalOptions {
  Maps picture{};  // of an example: {1, 28, 28}
  // Channels after each stage; each halves the sides, rounding up.
  std::vector<std::size_t> filters = {16, 8};
  // Windows are kernel×kernel; odd. 1 only where nothing moves by two pixels, with pool and
  // upsample.
  std::size_t kernel = 3;
  Downsampling down = Downsampling::stride;  // pool needs sides that can be halved without a rest
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
  /// Draws the weights by He et al. (2015). Throws Error for sizes that do not go together, saying
  /// which would.
  ConvolutionalAutoencoder(const ConvolutionalOptions& options, Rng& rng);

  std::size_t features() const override { return options.picture.size(); }
  std::size_t code_size() const override;
  /// The picture, then what each stage makes of it: {1,8,8}, {16,4,4}, {8,2,2}.
  static std::vector<Maps> stages(const ConvolutionalOptions& options);
  std::vector<Maps> stages() const { return stages(options); }

  Var record_encode(Tape& tape, Var X, Mode mode) override;
  Var record_decode(Tape& tape, Var h, Mode mode) override;
  /// Terms: reconstruction; weight_decay where its weight is above 0.
  Objective objective_from(Tape& tape, Var input, Var target, Mode mode) override;

  void check_data(const Tensor& X) const override;
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
