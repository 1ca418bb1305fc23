#pragma once
// A classifier on disk: a safetensors file with encoder.0.W (inputs × outputs), encoder.0.b, …,
// softmax.W, softmax.b, and where the data were scaled input.shift and input.scale. The metadata's
// key `strata` holds a JSON text: kind classifier, the widths and activations.

#include <string>

#include "autoencoders/files/model_file.hpp"
#include "pretraining/classifier/classifier.hpp"

namespace strata {

struct SavedClassifier : ModelFacts {
  Classifier model;
};

/// Writes beside the target and renames into place. Throws Error where it cannot.
void save_classifier(const std::string& path, Classifier& classifier, const ModelFacts& facts = {});

/// Throws Error naming the file for anything that is not such a file: another kind of model, a
/// tensor that is missing or has the wrong shape.
SavedClassifier load_classifier(const std::string& path, const OwnKinds& own = {});

}  // namespace strata
