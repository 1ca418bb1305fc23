// Stacks of RBMs on disk (dbn.hpp).

#include "autoencoders/files/model_parts.hpp"
#include "pretraining/rbm/dbn.hpp"

namespace strata {
namespace {

std::string kind_in(const Json& metadata) {
  const Json* const kind = metadata.find("kind");
  return kind != nullptr && kind->is_string() ? kind->as_string() : "";
}

SavedDbn read_dbn(const SafeTensors& file, const Json& metadata) {
  check(kind_in(metadata) == "dbn", "is a model of the kind '", kind_in(metadata),
        "', not a stack of RBMs (`strata rbm` makes one)");
  check_format(metadata);
  DbnOptions options;
  options.visible_units = unit_kinds.named(metadata.at("visible_units").as_string());
  options.code_units = unit_kinds.named(metadata.at("code_units").as_string());
  for (const Json& size : metadata.at("layers").items()) options.sizes.push_back(size.as_size());
  // Room for the weights is taken once the file is known to have them.
  for (std::size_t k = 0; k + 1 < options.sizes.size(); ++k)
    take_tensor(file, text("rbm.", k, ".W"), {options.sizes[k], options.sizes[k + 1]});
  Rng unused(0);
  SavedDbn saved;
  saved.dbn = Dbn(options, unused);
  for (Rbm& rbm : saved.dbn.rbms) {
    for (Parameter* p : {&rbm.W, &rbm.a, &rbm.b})
      p->value = take_tensor(file, p->name, p->value.shape);
  }
  saved.image = image_in(metadata);
  saved.scaling = read_scaling(file, saved.dbn.visible());
  return saved;
}

}  // namespace

void save_dbn(const std::string& path, const SavedDbn& saved) {
  saved.dbn.check_consistent();
  std::vector<const Parameter*> parameters;
  for (const Rbm& rbm : saved.dbn.rbms)
    parameters.insert(parameters.end(), {&rbm.W, &rbm.a, &rbm.b});
  Json layers = Json::array();
  for (std::size_t width : saved.dbn.sizes()) layers.push(width);
  const Json metadata =
      Json::object({{"format", 1},
                    {"kind", "dbn"},
                    {"model", "dbn"},
                    {"layers", layers},
                    {"visible_units", unit_kinds.name(saved.dbn.rbms.front().visible_units)},
                    {"code_units", unit_kinds.name(saved.dbn.rbms.back().hidden_units)},
                    {"image", image_to_json(saved.image)}});
  write_model_file(path, parameters, saved.scaling, metadata);
}

SavedDbn load_dbn(const std::string& path) {
  return read_model_file(path, read_dbn);
}

bool is_dbn_file(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* metadata = file.find_metadata("strata");
  return metadata != nullptr && kind_in(parse_json(*metadata, path)) == "dbn";
}

}  // namespace strata
