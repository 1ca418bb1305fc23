#include "autoencoders/files/model_parts.hpp"

#include "core/io/utf8.hpp"

namespace strata {

Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the model's settings say ", shape);
  check_all_finite(name, tensor,
                   "the model was not trained to an end: nothing can be computed with it");
  return tensor;
}

void take_values(const SafeTensors& file, const std::vector<Parameter*>& parameters) {
  for (Parameter* p : parameters) p->value = take_tensor(file, p->name, p->value.shape);
}

ModelFacts facts_in(const SafeTensors& file, const Json& metadata, std::size_t features) {
  const auto& lengths = metadata.at("image").items();
  check(lengths.size() == 2, "the image shape has ", lengths.size(),
        " numbers, not a height and a width");
  ModelFacts facts{.kind = printable(metadata.at("kind").as_string()),
                   .image = {lengths[0].as_size(), lengths[1].as_size()}};
  check(facts.image == ImageShape{} || facts.image.has(features), "an image of ",
        facts.image.height, "×", facts.image.width, " does not have the ", features,
        " features of the model");
  if (file.find("input.shift") == nullptr) return facts;  // the data were not scaled
  facts.scaling.shift = take_tensor(file, "input.shift", {features});
  facts.scaling.scale = take_tensor(file, "input.scale", {features});
  return facts;
}

ParameterBudget budget_of(const SafeTensors& file) {
  std::size_t numbers = 0;
  for (const auto& [name, tensor] : file.tensors) numbers += tensor.size();
  constexpr double more = 1 << 20;  // a tensor that is missing is better named
  return {double(numbers) + more,
          text("the file has ", numbers, " numbers, and its settings ask for more")};
}

void write_model_file(const std::string& path, const std::vector<const Parameter*>& parameters,
                      const ModelFacts& facts, const Json& settings, const Json& states) {
  SafeTensors file;
  for (const Parameter* p : parameters) {
    check_all_finite(p->name, p->value, "such a model is not written");
    file.tensors.emplace_back(p->name, p->value);
  }
  if (!facts.scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", facts.scaling.shift);
    file.tensors.emplace_back("input.scale", facts.scaling.scale);
  }
  Json metadata = Json::object({{"format", 1}, {"kind", facts.kind}});
  for (const auto& [key, setting] : settings.members()) metadata[key] = setting;
  metadata["image"] = Json::array({facts.image.height, facts.image.width});
  if (!states.items().empty()) metadata["generators"] = states;
  file.metadata.emplace_back("strata", metadata.dump());
  write_safetensors(path, file);
}

Json model_metadata(const std::string& path, const SafeTensors& file) {
  const std::string* const metadata = file.find_metadata("strata");
  check(file.find_metadata("strata_checkpoint") == nullptr, path,
        ": is a checkpoint of a training, not a model (go on with it by --resume)");
  check(metadata != nullptr, path,
        ": is a safetensors file but not a model of Strata (no metadata under 'strata')");
  return parse_json(*metadata, path + ": the metadata");
}

}  // namespace strata
