#pragma once
// What a program adds to the models that a file can hold. It is an argument of load_model and not a
// global registry, so that the meaning of a file does not depend on what was called before.
//
//   load_model("m.safetensors", {.models = {model_class<Mine>("mine")}})

#include <memory>
#include <string>
#include <vector>

#include "autoencoders/autoencoder.hpp"
#include "layers/activation.hpp"

namespace strata {

struct OwnKinds;
/// A class of autoencoders: what its settings have under `model`, and what makes a model of them.
struct ModelClass {
  std::string name;
  std::unique_ptr<Autoencoder> (*make)(const Json& settings, const OwnKinds& own);
};

struct OwnKinds {
  std::vector<ModelClass> models{};
  std::vector<Activation> activations{};
};

/// The class Kind. Kind::from_settings(settings), or (settings, own) where it holds activations or
/// models of a program's own, returns a model of the right shapes; its parameters are then filled
/// from the file.
template <class Kind>
ModelClass model_class(const char* name) {
  return {name, [](const Json& settings, const OwnKinds& own) -> std::unique_ptr<Autoencoder> {
            if constexpr (requires { Kind::from_settings(settings, own); }) {
              return std::make_unique<Kind>(Kind::from_settings(settings, own));
            } else {
              return std::make_unique<Kind>(Kind::from_settings(settings));
            }
          }};
}

/// The model of Autoencoder::settings, of any kind, by its key `model` (files of older versions
/// have none: dense). Classes of a program's own are looked up first. Its parameters are yet to be
/// set. Throws Error for settings that no class has, or that do not go together.
std::unique_ptr<Autoencoder> rebuild(const Json& settings, const OwnKinds& own = {});

}  // namespace strata
