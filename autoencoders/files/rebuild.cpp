// From the settings of an autoencoder back to such a model (own_kinds.hpp).

#include "autoencoders/contractive.hpp"
#include "autoencoders/convolutional.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/stacked.hpp"
#include "autoencoders/variational.hpp"

namespace strata {

std::unique_ptr<Autoencoder> rebuild(const Json& settings, const OwnKinds& own) {
  static const std::vector<ModelClass> built_in = {
      model_class<DenseAutoencoder>("dense"),
      model_class<ContractiveAutoencoder>("contractive"),
      model_class<DenoisingAutoencoder>("denoising"),
      model_class<ConvolutionalAutoencoder>("convolutional"),
      model_class<VariationalAutoencoder>("variational"),
      model_class<LstmAutoencoder>("lstm"),
      model_class<StackedAutoencoder>("stacked")};
  const std::string name = settings.has("model") ? settings.at("model").as_string() : "dense";
  for (const std::vector<ModelClass>* classes : {&own.models, &built_in}) {
    for (const ModelClass& known : *classes) {
      if (name == known.name) return known.make(settings, own);
    }
  }
  check(name != "dbn",
        "is a stack of RBMs, not an autoencoder (`strata rbm` leaves it as one too, "
        "autoencoder.safetensors)");
  check(name != "classifier",
        "is a classifier, not an autoencoder (strata classify --model takes it)");
  throw Error(text("there is no model '", name,
                   "': a later version may have it, and a program that has it must give its class "
                   "to load_model ({.models = {model_class<…>(\"",
                   name, "\")}})"));
}

}  // namespace strata
