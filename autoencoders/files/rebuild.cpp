#include "autoencoders/files/rebuild.hpp"

#include "autoencoders/contractive.hpp"
#include "autoencoders/convolutional.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/variational.hpp"

namespace strata {
namespace {

template <class Kind>
std::unique_ptr<Autoencoder> made_by(const Json& settings) {
  return std::make_unique<Kind>(Kind::from_settings(settings));
}

struct Class {
  const char* name;
  std::unique_ptr<Autoencoder> (*make)(const Json& settings);
};
constexpr Class classes[] = {{"dense", made_by<DenseAutoencoder>},
                             {"contractive", made_by<ContractiveAutoencoder>},
                             {"denoising", made_by<DenoisingAutoencoder>},
                             {"convolutional", made_by<ConvolutionalAutoencoder>},
                             {"variational", made_by<VariationalAutoencoder>},
                             {"lstm", made_by<LstmAutoencoder>}};

}  // namespace

std::unique_ptr<Autoencoder> rebuild(const Json& settings) {
  const std::string name = settings.has("model") ? settings.at("model").as_string() : "dense";
  for (const Class& known : classes) {
    if (name == known.name) return known.make(settings);
  }
  check(name != "dbn",
        "is a stack of RBMs, not an autoencoder (`strata rbm` leaves it as one too, "
        "autoencoder.safetensors)");
  check(name != "classifier",
        "is a classifier, not an autoencoder (strata classify --model takes it)");
  throw Error(text("there is no model '", name, "' (a later version may have it)"));
}

}  // namespace strata
