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
  DbnOptions options;
  options.visible_units = unit_kinds.named(metadata.at("visible_units").as_string());
  options.code_units = unit_kinds.named(metadata.at("code_units").as_string());
  for (const Json& size : metadata.at("layers").items()) options.sizes.push_back(size.as_size());
  Rng unused(0);
  Dbn dbn(options, unused);
  for (Rbm& rbm : dbn.rbms) take_values(file, {&rbm.W, &rbm.a, &rbm.b});
  const ModelFacts facts = facts_in(file, metadata, dbn.visible());
  return {std::move(dbn), facts.scaling, facts.image};
}

}  // namespace

void save_dbn(const std::string& path, const SavedDbn& saved) {
  saved.dbn.check_consistent();
  std::vector<const Parameter*> parameters;
  for (const Rbm& rbm : saved.dbn.rbms)
    parameters.insert(parameters.end(), {&rbm.W, &rbm.a, &rbm.b});
  const Json settings =
      Json::object({{"model", "dbn"},
                    {"layers", sizes_to_json(saved.dbn.sizes())},
                    {"visible_units", unit_kinds.name(saved.dbn.rbms.front().visible_units)},
                    {"code_units", unit_kinds.name(saved.dbn.rbms.back().hidden_units)}});
  write_model_file(path, parameters,
                   {.kind = "dbn", .scaling = saved.scaling, .image = saved.image}, settings);
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
