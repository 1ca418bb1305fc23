#pragma once
// What the files of autoencoders (model_file.hpp), stacks of RBMs and classifiers have in common:
// they are safetensors files whose metadata has a JSON text under the key `strata`, with the shape
// of a picture under `image`. The tensors input.shift and input.scale, each (features), hold the
// scaling of the data.

#include <string>
#include <vector>

#include "autoencoders/files/model_file.hpp"
#include "core/io/safetensors.hpp"
#include "layers/parameter_budget.hpp"

namespace strata {

/// The tensor of that name. Throws Error where the file has none, or one of another shape.
Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape);

/// Fills the parameters, which have their shapes. Throws Error as take_tensor.
void take_values(const SafeTensors& file, const std::vector<Parameter*>& parameters);

/// Throws Error for an image without two lengths, and for a scaling of another number of features.
ModelFacts facts_in(const SafeTensors& file, const Json& metadata, std::size_t features);

/// The metadata under `strata`. Throws Error, naming the file, where there is none.
Json model_metadata(const std::string& path, const SafeTensors& file);

/// As many weights as the file has numbers, and a million: settings that ask for more are refused
/// before memory is allocated for them.
ParameterBudget budget_of(const SafeTensors& file);

/// Writes such a file: the parameters by their names, the facts, and the members of `settings`.
/// With `states` of generators these too.
void write_model_file(const std::string& path, const std::vector<const Parameter*>& parameters,
                      const ModelFacts& facts, const Json& settings,
                      const Json& states = Json::array());

/// read(file, metadata) of the file at `path`. Any Error that it throws is made to name the file.
/// Throws Error for a file of a later version, whose `format` is not 1.
template <class Read>
auto read_model_file(const std::string& path, const Read& read) {
  const SafeTensors file = read_safetensors(path);
  const Json metadata = model_metadata(path, file);
  try {
    check(metadata.at("format").as_size() == 1, "written by a later version (format ",
          metadata.at("format").as_number(), ")");
    const ParameterBudget budget = budget_of(file);
    return read(file, metadata);
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

}  // namespace strata
