// Files that ask for more than they have are refused before memory is taken for it.

#include <doctest/doctest.h>

#include "autoencoders/contractive.hpp"
#include "autoencoders/convolutional.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/files/model_file.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/variational.hpp"
#include "core/io/safetensors.hpp"
#include "pretraining/rbm/dbn.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const Json many_units = Json::array({6, 30000, 30000});

// What loading says once the setting in this file has another value.
template <class Load>
std::string said_with(const std::string& path, const std::string& key, const Json& setting,
                      const Load& load) {
  SafeTensors file = read_safetensors(path);
  for (auto& [name, words] : file.metadata) {
    Json settings = parse_json(words, name);
    Json* of_model = &settings;
    while (!of_model->has(key)) of_model = &(*of_model)["net"];
    (*of_model)[key] = setting;
    words = settings.dump();
  }
  write_safetensors(path, file);
  return error_of([&] { load(path); });
}

std::string said_of_model(Autoencoder& model, const std::string& key, const Json& setting) {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  save_model(path, model, {.image = {2, 3}});
  load_model(path);
  return said_with(path, key, setting, [](const std::string& name) { load_model(name); });
}

}  // namespace

TEST_CASE("models that ask for more weights than are in their file") {
  Rng rng(1);
  const std::string more = "numbers, and its settings ask for more";
  const DenseAutoencoderOptions deep{.sizes = {6, 4, 3}};
  DenseAutoencoder dense(deep, rng);
  CHECK(contains(said_of_model(dense, "sizes", many_units), more));
  ContractiveAutoencoder contractive({.net = deep}, rng);
  CHECK(contains(said_of_model(contractive, "sizes", many_units), more));
  DenoisingAutoencoder denoising(std::make_unique<DenseAutoencoder>(deep, rng), {}, rng);
  CHECK(contains(said_of_model(denoising, "sizes", many_units), more));
  VariationalAutoencoder variational({.sizes = {6, 4, 2}}, rng);
  CHECK(contains(said_of_model(variational, "sizes", many_units), more));
  LstmAutoencoder lstm({.steps = 3, .step_features = 2, .units = 4, .code_size = 2}, rng);
  CHECK(contains(said_of_model(lstm, "units", 20000), more));
  CHECK(contains(said_of_model(lstm, "code_size", 1e12), more));
  ConvolutionalAutoencoder convolutional({.picture = {1, 2, 3}, .filters = {2}}, rng);
  CHECK(contains(said_of_model(convolutional, "filters", Json::array({20000, 20000})), more));
  CHECK(contains(said_of_model(convolutional, "kernel", 99999), more));
}

TEST_CASE("a stack of RBMs that asks for more weights than are in its file") {
  Rng rng(1);
  const Scratch scratch;
  const std::string path = scratch.file("dbn.safetensors");
  save_dbn(path, {Dbn({.sizes = {6, 4, 3}}, rng), {}, {2, 3}});
  load_dbn(path);
  CHECK(contains(said_with(path, "layers", many_units, load_dbn),
                 "numbers, and its settings ask for more"));
}

TEST_CASE("an image of another number of pixels than the model has features") {
  Rng rng(1);
  DenseAutoencoder model({.sizes = {6, 4}}, rng);
  for (const Json& image :
       {Json::array({2, 4}), Json::array({6, 0}), Json::array({0, 6}), Json::array({1e12, 1e12})})
    CHECK(contains(said_of_model(model, "image", image), "does not have the 6 features"));
}
