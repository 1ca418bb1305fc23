#include "autoencoders/model_file.hpp"

#include <charconv>
#include <cstdio>

#include "autoencoders/rebuild.hpp"
#include "core/io/safetensors.hpp"

namespace strata {
namespace {

// Four words of 64 bits, in hexadecimal: JSON's own numbers have 53.
Json state_to_json(const RngState& state) {
  Json words = Json::array();
  for (std::uint64_t word : state.words) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(word));
    words.push(digits);
  }
  return words;
}

RngState state_from_json(const Json& words) {
  RngState state;
  check(words.items().size() == state.words.size(), "a generator's state has ", words.items().size(),
        " words");
  for (std::size_t k = 0; k < state.words.size(); ++k) {
    const std::string& digits = words.items()[k].as_string();
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, state.words[k], 16);
    check(read.ec == std::errc() && read.ptr == end, "'", digits, "' is no word of a generator's state");
  }
  return state;
}

Json metadata_of(Autoencoder& model, const ModelFacts& facts) {
  const Json settings = model.settings();
  const Json kind = facts.kind.empty() ? settings.at("model") : Json(facts.kind);
  Json metadata = Json::object({{"format", 1}, {"kind", kind}});
  for (const auto& [key, setting] : settings.members()) metadata[key] = setting;
  metadata["image"] = Json::array({facts.image.height, facts.image.width});
  Json states = Json::array();
  for (const Rng* generator : model.generators()) states.push(state_to_json(generator->state()));
  if (!states.items().empty()) metadata["generators"] = states;
  return metadata;
}

// The tensor of that name, of that shape.
Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the model's settings say ", shape);
  return tensor;
}

void restore_generators(Autoencoder& model, const Json& metadata) {
  const std::vector<Rng*> generators = model.generators();
  const Json* states = metadata.find("generators");
  const std::size_t count = states == nullptr ? 0 : states->items().size();
  check(count == generators.size(), count, " generators for a model that has ", generators.size());
  for (std::size_t g = 0; g < count; ++g) generators[g]->set_state(state_from_json(states->items()[g]));
}

SavedModel read_model(const SafeTensors& file, const Json& metadata) {
  check(metadata.at("format").as_size() == 1, "written by a later version (format ",
        metadata.at("format").as_number(), ")");
  SavedModel saved;
  saved.kind = metadata.at("kind").as_string();
  saved.model = rebuild(metadata);
  for (Parameter* p : saved.model->parameters()) p->value = take_tensor(file, p->name, p->value.shape);
  restore_generators(*saved.model, metadata);
  const auto& image = metadata.at("image").items();
  check(image.size() == 2, "the image shape has ", image.size(), " numbers");
  saved.image = {image[0].as_size(), image[1].as_size()};
  if (file.find("input.shift") != nullptr) {
    const Shape features = {saved.model->features()};
    saved.scaling.shift = take_tensor(file, "input.shift", features);
    saved.scaling.scale = take_tensor(file, "input.scale", features);
  }
  return saved;
}

}  // namespace

void save_model(const std::string& path, Autoencoder& model, const ModelFacts& facts) {
  SafeTensors file;
  for (const Parameter* p : model.parameters()) file.tensors.emplace_back(p->name, p->value);
  if (!facts.scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", facts.scaling.shift);
    file.tensors.emplace_back("input.scale", facts.scaling.scale);
  }
  file.metadata.emplace_back("strata", metadata_of(model, facts).dump());
  write_safetensors(path, file);
}

SavedModel load_model(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const std::string* metadata = file.find_metadata("strata");
  check(metadata != nullptr, path,
        ": is a safetensors file but not a model of Strata (no metadata under 'strata')");
  try {
    return read_model(file, parse_json(*metadata, "the metadata"));
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

}  // namespace strata
