// Stacks of RBMs on disk (dbn.hpp).

#include "core/io/json.hpp"
#include "core/io/safetensors.hpp"
#include "pretraining/dbn.hpp"

namespace strata {
namespace {

// The tensor of that name, of that shape.
Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the layers say ", shape);
  return tensor;
}

std::string kind_in(const Json& metadata) {
  const Json* const kind = metadata.find("kind");
  return kind != nullptr && kind->is_string() ? kind->as_string() : "";
}

SavedDbn read_dbn(const SafeTensors& file, const Json& metadata) {
  check(kind_in(metadata) == "dbn", "is a model of the kind '", kind_in(metadata),
        "', not a stack of RBMs (`strata rbm` makes one)");
  check(metadata.at("format").as_size() == 1, "written by a later version (format ",
        metadata.at("format").as_number(), ")");
  DbnOptions options;
  options.visible_units = units_named(metadata.at("visible_units").as_string());
  options.code_units = units_named(metadata.at("code_units").as_string());
  for (const Json& size : metadata.at("layers").items()) options.sizes.push_back(size.as_size());
  // Room for the weights is taken once the file is known to have them.
  for (std::size_t k = 0; k + 1 < options.sizes.size(); ++k)
    take_tensor(file, text("rbm.", k, ".W"), {options.sizes[k], options.sizes[k + 1]});
  Rng unused(0);
  SavedDbn saved;
  saved.dbn = Dbn(options, unused);
  for (Rbm& rbm : saved.dbn.rbms) {
    for (Parameter* p : {&rbm.W, &rbm.a, &rbm.b}) p->value = take_tensor(file, p->name, p->value.shape);
  }
  const auto& image = metadata.at("image").items();
  check(image.size() == 2, "the image shape has ", image.size(), " numbers");
  saved.image = {image[0].as_size(), image[1].as_size()};
  if (file.find("input.shift") != nullptr) {
    saved.scaling.shift = take_tensor(file, "input.shift", {saved.dbn.visible()});
    saved.scaling.scale = take_tensor(file, "input.scale", {saved.dbn.visible()});
  }
  return saved;
}

}  // namespace

void save_dbn(const std::string& path, const SavedDbn& saved) {
  saved.dbn.check_consistent();
  SafeTensors file;
  for (const Rbm& rbm : saved.dbn.rbms) {
    for (const Parameter* p : {&rbm.W, &rbm.a, &rbm.b}) file.tensors.emplace_back(p->name, p->value);
  }
  if (!saved.scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", saved.scaling.shift);
    file.tensors.emplace_back("input.scale", saved.scaling.scale);
  }
  Json layers = Json::array();
  for (std::size_t width : saved.dbn.sizes()) layers.push(width);
  const Json metadata = Json::object({{"format", 1},
                                      {"kind", "dbn"},
                                      {"model", "dbn"},
                                      {"layers", layers},
                                      {"visible_units", units_name(saved.dbn.rbms.front().visible_units)},
                                      {"code_units", units_name(saved.dbn.rbms.back().hidden_units)},
                                      {"image", Json::array({saved.image.height, saved.image.width})}});
  file.metadata.emplace_back("strata", metadata.dump());
  write_safetensors(path, file);
}

SavedDbn load_dbn(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* metadata = file.find_metadata("strata");
  check(metadata != nullptr, path,
        ": is a safetensors file but not a model of Strata (no metadata under 'strata')");
  try {
    return read_dbn(file, parse_json(*metadata, "the metadata"));
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

bool is_dbn_file(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* metadata = file.find_metadata("strata");
  return metadata != nullptr && kind_in(parse_json(*metadata, path)) == "dbn";
}

}  // namespace strata
