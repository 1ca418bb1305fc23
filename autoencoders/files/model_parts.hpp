#pragma once
// What the files of autoencoders (model_file.hpp), stacks of RBMs and classifiers have in common:
// they are safetensors files whose metadata has a JSON text under the key `strata`, with the shape
// of a picture under `image`. The tensors input.shift and input.scale, each (features), hold the
// scaling of the data.

#include <string>
#include <vector>

#include "core/autodiff/parameter.hpp"
#include "core/data/dataset.hpp"
#include "core/data/scaling.hpp"
#include "core/io/json.hpp"
#include "core/io/safetensors.hpp"

namespace strata {

/// The tensor of that name. Throws Error where the file has none, or one of another shape.
Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape);

/// Nothing where the data were not scaled.
Scaling read_scaling(const SafeTensors& file, std::size_t features);

Json image_to_json(const ImageShape& image);
/// Throws Error unless `metadata` has the two lengths.
ImageShape image_in(const Json& metadata);

/// Throws Error for a file of a later version, whose `format` is not 1.
void check_format(const Json& metadata);

/// The metadata under `strata`. Throws Error, naming the file, where there is none.
Json model_metadata(const std::string& path, const SafeTensors& file);

/// Writes such a file: the parameters by their names, the scaling where there is one, the metadata.
void write_model_file(const std::string& path, const std::vector<const Parameter*>& parameters,
                      const Scaling& scaling, const Json& metadata);

/// read(file, metadata) of the file at `path`. Any Error that it throws is made to name the file.
template <class Read>
auto read_model_file(const std::string& path, const Read& read) {
  const SafeTensors file = read_safetensors(path);
  const Json metadata = model_metadata(path, file);
  try {
    return read(file, metadata);
  } catch (const Error& error) {
    throw Error(text(path, ": ", error.what()));
  }
}

}  // namespace strata
