#include "pretraining/classifier/classifier_file.hpp"

#include "autoencoders/files/model_parts.hpp"

namespace strata {
namespace {

Json metadata_of(const Classifier& classifier, const ModelFacts& facts) {
  Json sizes = Json::array(), activations = Json::array();
  for (const std::size_t width : classifier.sizes()) sizes.push(width);
  for (const Dense& layer : classifier.encoder) activations.push(activation_name(layer.activation));
  return Json::object({{"format", 1},
                       {"kind", "classifier"},
                       {"model", "classifier"},
                       {"sizes", sizes},
                       {"activations", activations},
                       {"image", image_to_json(facts.image)}});
}

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
  check_format(metadata);
  std::vector<std::size_t> sizes;
  for (const Json& width : metadata.at("sizes").items()) sizes.push_back(width.as_size());
  const auto& activations = metadata.at("activations").items();
  check(sizes.size() >= 3 && activations.size() + 2 == sizes.size(), "a classifier with ",
        sizes.size(), " widths and ", activations.size(), " activations");
  SavedClassifier saved;
  for (std::size_t k = 0; k < activations.size(); ++k) {
    saved.model.encoder.push_back(
        take_layer(file, text("encoder.", k), sizes[k], sizes[k + 1],
                   activation_named(activations[k].as_string(), own.activations)));
  }
  saved.model.top =
      take_layer(file, "softmax", sizes[sizes.size() - 2], sizes.back(), Activation::linear);
  saved.kind = "classifier";
  saved.image = image_in(metadata);
  saved.scaling = read_scaling(file, sizes.front());
  return saved;
}

}  // namespace

void save_classifier(const std::string& path, Classifier& classifier, const ModelFacts& facts) {
  const std::vector<Parameter*> parameters = classifier.parameters();
  write_model_file(path, {parameters.begin(), parameters.end()}, facts.scaling,
                   metadata_of(classifier, facts));
}

SavedClassifier load_classifier(const std::string& path, const OwnKinds& own) {
  return read_model_file(path, [&](const SafeTensors& file, const Json& metadata) {
    return read_classifier(file, metadata, own);
  });
}

}  // namespace strata
