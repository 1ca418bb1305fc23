#include "pretraining/classifier/classifier_file.hpp"

#include "autoencoders/files/model_parts.hpp"

namespace strata {
namespace {

// Its room is taken once the file is known to have it.
Dense take_layer(const SafeTensors& file, const std::string& name, std::size_t inputs,
                 std::size_t outputs, Activation f) {
  Dense layer;
  layer.W = Parameter(name + ".W", take_tensor(file, name + ".W", {inputs, outputs}), true);
  layer.b = Parameter(name + ".b", take_tensor(file, name + ".b", {outputs}), false);
  layer.activation = f;
  return layer;
}

SavedClassifier read_classifier(const SafeTensors& file, const Json& metadata,
                                const OwnKinds& own) {
  check(metadata.at("kind").as_string() == "classifier", "the model is of the kind ",
        metadata.at("kind").as_string(), ", not a classifier (strata classify --save writes one)");
  const std::vector<std::size_t> sizes = sizes_from_json(metadata.at("sizes"));
  const auto& activations = metadata.at("activations").items();
  check(sizes.size() >= 3 && activations.size() + 2 == sizes.size(), "a classifier with ",
        sizes.size(), " widths and ", activations.size(), " activations");
  Classifier model;
  for (std::size_t k = 0; k < activations.size(); ++k) {
    const Activation f = activation_named(activations[k].as_string(), own.activations);
    model.encoder.push_back(take_layer(file, text("encoder.", k), sizes[k], sizes[k + 1], f));
  }
  model.top =
      take_layer(file, "softmax", sizes[sizes.size() - 2], sizes.back(), Activation::linear);
  return {facts_in(file, metadata, sizes.front()), std::move(model)};
}

}  // namespace

void save_classifier(const std::string& path, Classifier& classifier, const ModelFacts& facts) {
  Json activations = Json::array();
  for (const Dense& layer : classifier.encoder) activations.push(activation_name(layer.activation));
  const Json settings = Json::object({{"model", "classifier"},
                                      {"sizes", sizes_to_json(classifier.sizes())},
                                      {"activations", activations}});
  const std::vector<Parameter*> parameters = classifier.parameters();
  write_model_file(path, {parameters.begin(), parameters.end()},
                   {.kind = "classifier", .scaling = facts.scaling, .image = facts.image},
                   settings);
}

SavedClassifier load_classifier(const std::string& path, const OwnKinds& own) {
  return read_model_file(path, [&](const SafeTensors& file, const Json& metadata) {
    return read_classifier(file, metadata, own);
  });
}

}  // namespace strata
