#pragma once
// Whether a model that was trained on pictures in one place still knows them in another: test
// pictures are moved by a pixel or more, and the model is to reconstruct them where they are now.

#include <vector>

#include "autoencoders/dense_autoencoder.hpp"
#include "core/data/pictures.hpp"

namespace strata::pages {

/// Squared error per example of the model's reconstructions of X, moved by 0, 1, …, `most` pixels:
/// for each distance the mean of four directions, up, down, left and right.
std::vector<double> errors_under_shift(Autoencoder& model, const Tensor& X, ImageShape image,
                                       std::size_t most, Workers* workers = nullptr);

/// A dense autoencoder to hold against another model: the same code size and the same code
/// activation, relu, sigmoid output and bce, and one hidden layer each way that gives it as many
/// weights as nearly as can be. Where even one layer has more: that.
DenseAutoencoderOptions dense_rival(std::size_t features, std::size_t code_size,
                                    std::size_t weights, Activation code = Activation::relu);

}  // namespace strata::pages
