#include "autoencoders/files/model_file.hpp"

#include <charconv>
#include <cstdio>

#include "autoencoders/files/model_parts.hpp"

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
  check(words.items().size() == state.words.size(), "a generator's state has ",
        words.items().size(), " words");
  for (std::size_t k = 0; k < state.words.size(); ++k) {
    const std::string& digits = words.items()[k].as_string();
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, state.words[k], 16);
    check(read.ec == std::errc() && read.ptr == end, "'", digits,
          "' is no word of a generator's state");
  }
  return state;
}

void check_settings(const Json& settings) {
  check(settings.is_object() && settings.has("model"), "save_model: the model's settings are ",
        settings.dump(), ", not an object with the name of its class under \"model\"");
  for (const char* taken : {"format", "kind", "image", "generators"})
    check(!settings.has(taken), "save_model: the model has a setting called ", taken,
          ", which every file has for itself (choose another name)");
}

void restore_generators(Autoencoder& model, const Json& metadata) {
  const std::vector<Rng*> generators = model.generators();
  const Json* states = metadata.find("generators");
  const std::size_t count = states == nullptr ? 0 : states->items().size();
  check(count == generators.size(), count, " generators for a model that has ", generators.size());
  for (std::size_t g = 0; g < count; ++g)
    generators[g]->set_state(state_from_json(states->items()[g]));
}

SavedModel read_model(const SafeTensors& file, const Json& metadata, const OwnKinds& own) {
  std::unique_ptr<Autoencoder> model = rebuild(metadata, own);
  take_values(file, model->parameters());
  restore_generators(*model, metadata);
  return {facts_in(file, metadata, model->features()), std::move(model)};
}

}  // namespace

void save_model(const std::string& path, Autoencoder& model, const ModelFacts& facts) {
  const Json settings = model.settings();
  check_settings(settings);
  ModelFacts with_kind = facts;
  if (facts.kind.empty()) with_kind.kind = settings.at("model").as_string();
  Json states = Json::array();
  for (const Rng* generator : model.generators()) states.push(state_to_json(generator->state()));
  const std::vector<Parameter*> parameters = model.parameters();
  write_model_file(path, {parameters.begin(), parameters.end()}, with_kind, settings, states);
}

SavedModel load_model(const std::string& path, const OwnKinds& own) {
  return read_model_file(path, [&](const SafeTensors& file, const Json& metadata) {
    return read_model(file, metadata, own);
  });
}

}  // namespace strata
