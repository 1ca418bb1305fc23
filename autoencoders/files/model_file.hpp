#pragma once
// Models on disk: safetensors files, which any reader of the format can load. A model comes back to
// the same bits. Tensors bear the names of the parameters: encoder.0.W (inputs × outputs),
// encoder.0.b, …, decoder.0.W, …; tied decoders have no W of their own. The scaling of the data is
// in input.shift and input.scale. The metadata's key `strata` holds a JSON text that rebuilds the
// model: its settings, and the states of the generators it draws from, so that training can go on.

#include <memory>
#include <string>

#include "autoencoders/own_kinds.hpp"
#include "core/data/dataset.hpp"
#include "core/data/scaling.hpp"

namespace strata {

/// What a file holds besides the model, so that it can be used on new data.
struct ModelFacts {
  /// What a report calls it: linear, undercomplete, …, pretrained. Empty: the class, like dense.
  std::string kind{};
  Scaling scaling{};   // applied to data before encoding, undone after decoding; may be none
  ImageShape image{};  // of one example, where it is a picture
};

struct SavedModel : ModelFacts {
  std::unique_ptr<Autoencoder> model;
};

/// Writes beside the target and renames into place. Throws Error where it cannot.
void save_model(const std::string& path, Autoencoder& model, const ModelFacts& facts = {});

/// `own` has the classes and activations of the program's own that the file may hold. Throws Error
/// naming the file for anything that is not such a model: a foreign safetensors file, a layer that
/// is missing or has the wrong shape, settings that do not go together.
SavedModel load_model(const std::string& path, const OwnKinds& own = {});

}  // namespace strata
