#include "autoencoders/model_file.hpp"

#include "core/io/json.hpp"
#include "core/io/safetensors.hpp"

namespace strata {
namespace {

Json layers_to_json(const std::vector<Dense>& layers) {
  Json activations = Json::array();
  for (const Dense& layer : layers) activations.push(activation_name(layer.activation));
  return activations;
}

Json to_json(const SavedModel& saved) {
  const DenseAutoencoder& model = saved.model;
  Json sizes = Json::array();
  for (std::size_t width : model.sizes()) sizes.push(width);
  return Json::object({{"format", 1},
                       {"kind", saved.kind},
                       {"sizes", sizes},
                       {"encoder_activations", layers_to_json(model.encoder)},
                       {"decoder_activations", layers_to_json(model.decoder)},
                       {"loss", loss_name(model.loss)},
                       {"tied", model.tied},
                       {"keep_largest", model.keep_largest},
                       {"rho", model.penalties.rho},
                       {"beta", model.penalties.beta},
                       {"l1", model.penalties.l1},
                       {"decay", model.penalties.decay},
                       {"image", Json::array({saved.image.height, saved.image.width})}});
}

// The tensor of that name, of that shape.
Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the model's settings say ", shape);
  return tensor;
}

std::vector<Dense> take_layers(const SafeTensors& file, const std::string& part, const Json& activations,
                               const std::vector<std::size_t>& widths, bool has_weights) {
  check(activations.items().size() + 1 == widths.size(), part, ": ", activations.items().size(),
        " activations for ", widths.size() - 1, " layers");
  std::vector<Dense> layers;
  for (std::size_t k = 0; k + 1 < widths.size(); ++k) {
    Dense layer;
    const std::string name = text(part, ".", k);
    if (has_weights)
      layer.W = Parameter(name + ".W", take_tensor(file, name + ".W", {widths[k], widths[k + 1]}), true);
    layer.b = Parameter(name + ".b", take_tensor(file, name + ".b", {widths[k + 1]}), false);
    layer.activation = activation_named(activations.items()[k].as_string());
    layers.push_back(std::move(layer));
  }
  return layers;
}

SavedModel rebuild(const SafeTensors& file, const Json& settings) {
  check(settings.at("format").as_size() == 1, "written by a later version (format ",
        settings.at("format").as_number(), ")");
  std::vector<std::size_t> widths;
  for (const Json& width : settings.at("sizes").items()) widths.push_back(width.as_size());
  check(widths.size() >= 2, "the settings name ", widths.size(), " layer sizes");
  for (std::size_t width : widths) check(width > 0, "a layer of 0 units");

  SavedModel saved;
  saved.kind = settings.at("kind").as_string();
  DenseAutoencoder& model = saved.model;
  model.tied = settings.at("tied").as_bool();
  model.encoder = take_layers(file, "encoder", settings.at("encoder_activations"), widths, true);
  const std::vector<std::size_t> mirrored(widths.rbegin(), widths.rend());
  model.decoder = take_layers(file, "decoder", settings.at("decoder_activations"), mirrored, !model.tied);
  model.loss = loss_named(settings.at("loss").as_string());
  model.keep_largest = settings.at("keep_largest").as_size();
  model.penalties.rho = Real(settings.at("rho").as_number());
  model.penalties.beta = Real(settings.at("beta").as_number());
  model.penalties.l1 = Real(settings.at("l1").as_number());
  model.penalties.decay = Real(settings.at("decay").as_number());
  model.check_consistent();
  const auto& image = settings.at("image").items();
  check(image.size() == 2, "the image shape has ", image.size(), " numbers");
  saved.image = {image[0].as_size(), image[1].as_size()};
  if (file.find("input.shift") != nullptr) {
    saved.scaling.shift = take_tensor(file, "input.shift", {widths[0]});
    saved.scaling.scale = take_tensor(file, "input.scale", {widths[0]});
  }
  return saved;
}

}  // namespace

void save_model(const std::string& path, const SavedModel& saved) {
  SafeTensors file;
  const auto add = [&file](const Parameter& p) { file.tensors.emplace_back(p.name, p.value); };
  for (const Dense& layer : saved.model.encoder) {
    add(layer.W);
    add(layer.b);
  }
  for (const Dense& layer : saved.model.decoder) {
    if (!saved.model.tied) add(layer.W);
    add(layer.b);
  }
  if (!saved.scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", saved.scaling.shift);
    file.tensors.emplace_back("input.scale", saved.scaling.scale);
  }
  file.metadata.emplace_back("strata", to_json(saved).dump());
  write_safetensors(path, file);
}

SavedModel load_model(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* settings = file.find_metadata("strata");
  check(settings != nullptr, path,
        ": is a safetensors file but not a model of Strata (no metadata under 'strata')");
  try {
    return rebuild(file, parse_json(*settings, "the metadata"));
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

}  // namespace strata
