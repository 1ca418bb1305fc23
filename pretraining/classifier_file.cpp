#include "pretraining/classifier_file.hpp"

#include "core/io/safetensors.hpp"

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
                       {"image", Json::array({facts.image.height, facts.image.width})}});
}

Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the classifier's widths say ", shape);
  return tensor;
}

Dense take_layer(const SafeTensors& file, const std::string& name, std::size_t inputs, std::size_t outputs,
                 Activation f) {
  Dense layer;
  layer.W = Parameter(name + ".W", take_tensor(file, name + ".W", {inputs, outputs}), true);
  layer.b = Parameter(name + ".b", take_tensor(file, name + ".b", {outputs}), false);
  layer.activation = f;
  return layer;
}

SavedClassifier read_classifier(const SafeTensors& file, const Json& metadata) {
  check(metadata.at("kind").as_string() == "classifier", "the model is of the kind ",
        metadata.at("kind").as_string(), ", not a classifier (strata classify --save writes one)");
  check(metadata.at("format").as_size() == 1, "written by a later version (format ",
        metadata.at("format").as_number(), ")");
  std::vector<std::size_t> sizes;
  for (const Json& width : metadata.at("sizes").items()) sizes.push_back(width.as_size());
  const auto& activations = metadata.at("activations").items();
  check(sizes.size() >= 3 && activations.size() + 2 == sizes.size(), "a classifier with ", sizes.size(),
        " widths and ", activations.size(), " activations");
  SavedClassifier saved;
  for (std::size_t k = 0; k < activations.size(); ++k) {
    saved.model.encoder.push_back(take_layer(file, text("encoder.", k), sizes[k], sizes[k + 1],
                                             activation_named(activations[k].as_string())));
  }
  saved.model.top = take_layer(file, "softmax", sizes[sizes.size() - 2], sizes.back(), Activation::linear);
  saved.kind = "classifier";
  const auto& image = metadata.at("image").items();
  check(image.size() == 2, "the image shape has ", image.size(), " numbers");
  saved.image = {image[0].as_size(), image[1].as_size()};
  if (file.find("input.shift") != nullptr) {
    saved.scaling.shift = take_tensor(file, "input.shift", {sizes.front()});
    saved.scaling.scale = take_tensor(file, "input.scale", {sizes.front()});
  }
  return saved;
}

}  // namespace

void save_classifier(const std::string& path, Classifier& classifier, const ModelFacts& facts) {
  SafeTensors file;
  for (const Parameter* p : classifier.parameters()) file.tensors.emplace_back(p->name, p->value);
  if (!facts.scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", facts.scaling.shift);
    file.tensors.emplace_back("input.scale", facts.scaling.scale);
  }
  file.metadata.emplace_back("strata", metadata_of(classifier, facts).dump());
  write_safetensors(path, file);
}

SavedClassifier load_classifier(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* metadata = file.find_metadata("strata");
  check(metadata != nullptr, path,
        ": is a safetensors file but not a model of Strata (no metadata under 'strata')");
  try {
    return read_classifier(file, parse_json(*metadata, "the metadata"));
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

}  // namespace strata
