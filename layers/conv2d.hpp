#pragma once
// Convolutional layers: the same small window of weights at every place of an image, so that what
// is learnt in one place is known in all places. Images are (N, C, H, W).

#include <string>

#include "layers/activation.hpp"
#include "layers/initializer.hpp"
#include "layers/layer.hpp"

namespace strata {

struct Conv2dOptions {
  std::size_t kernel = 3;  // the window is kernel×kernel pixels
  std::size_t stride = 1;
  std::size_t padding = 0;  // 1 with a kernel of 3 and stride 1: the image keeps its size
  Activation activation = Activation::linear;
  Initializer initializer = Initializer::he;
};

/// a = f(W ⋆ X + b): from (N, inputs, H, W) to (N, outputs, OH, OW). W is (outputs, inputs, kernel,
/// kernel).
struct Conv2d : Layer {
  Parameter W, b;
  Conv2dOptions options;

  Conv2d() = default;
  /// Each result is a sum of inputs·kernel² products, which is the fan-in for the initializer. An
  /// input takes part in outputs·kernel²/stride² of them, the fan-out. Biases are zero. The
  /// parameters are called name.W and name.b.
  Conv2d(const std::string& name, std::size_t inputs, std::size_t outputs, Conv2dOptions options,
         Rng& rng);

  /// W ⋆ X + b, before the activation, for losses that work on logits.
  Var pre_activation(Tape& tape, Var X, Site site = Site::here());
  Var forward(Tape& tape, Var X, Mode mode = Mode::evaluation) override;
  std::vector<Parameter*> parameters() override { return {&W, &b}; }
};

struct ConvTranspose2dOptions {
  std::size_t kernel = 3;
  std::size_t stride = 1;
  std::size_t padding = 0;
  std::size_t output_padding = 0;  // 3, 2, 1, 1 doubles the sides of an image; so does 4, 2, 1, 0
  std::size_t height = 0, width = 0;  // size of the result, instead of output_padding
  Activation activation = Activation::linear;
  Initializer initializer = Initializer::he;
};

/// a = f(Wᵀ ⋆ X + b), which makes images larger: each pixel of X paints a window. W is (inputs,
/// outputs, kernel, kernel).
struct ConvTranspose2d : Layer {
  Parameter W, b;
  ConvTranspose2dOptions options;

  ConvTranspose2d() = default;
  /// Each result is a sum of inputs·kernel²/stride² products on average, which is the fan-in: with
  /// stride 2, three out of four entries of a window meet no pixel. The fan-out is outputs·kernel².
  ConvTranspose2d(const std::string& name, std::size_t inputs, std::size_t outputs,
                  ConvTranspose2dOptions options, Rng& rng);

  /// Wᵀ ⋆ X + b, before the activation.
  Var pre_activation(Tape& tape, Var X, Site site = Site::here());
  Var forward(Tape& tape, Var X, Mode mode = Mode::evaluation) override;
  std::vector<Parameter*> parameters() override { return {&W, &b}; }
};

}  // namespace strata
