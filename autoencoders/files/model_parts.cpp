#include "autoencoders/files/model_parts.hpp"

namespace strata {

Tensor take_tensor(const SafeTensors& file, const std::string& name, const Shape& shape) {
  const Tensor& tensor = file.at(name);
  check(tensor.shape == shape, name, " is ", tensor.shape, " but the model's settings say ", shape);
  return tensor;
}

Scaling read_scaling(const SafeTensors& file, std::size_t features) {
  Scaling scaling;
  if (file.find("input.shift") == nullptr) return scaling;
  scaling.shift = take_tensor(file, "input.shift", {features});
  scaling.scale = take_tensor(file, "input.scale", {features});
  return scaling;
}

Json image_to_json(const ImageShape& image) {
  return Json::array({image.height, image.width});
}

ImageShape image_in(const Json& metadata) {
  const auto& lengths = metadata.at("image").items();
  check(lengths.size() == 2, "the image shape has ", lengths.size(),
        " numbers, not a height and a width");
  return {lengths[0].as_size(), lengths[1].as_size()};
}

void check_format(const Json& metadata) {
  check(metadata.at("format").as_size() == 1, "written by a later version (format ",
        metadata.at("format").as_number(), ")");
}

void write_model_file(const std::string& path, const std::vector<const Parameter*>& parameters,
                      const Scaling& scaling, const Json& metadata) {
  SafeTensors file;
  for (const Parameter* p : parameters) file.tensors.emplace_back(p->name, p->value);
  if (!scaling.shift.empty()) {
    file.tensors.emplace_back("input.shift", scaling.shift);
    file.tensors.emplace_back("input.scale", scaling.scale);
  }
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
