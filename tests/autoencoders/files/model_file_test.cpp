#include "autoencoders/files/model_file.hpp"

#include <doctest/doctest.h>

#include "autoencoders/linear.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/sparse.hpp"
#include "core/io/files.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

std::vector<DenseAutoencoderOptions> every_kind() {
  std::vector<DenseAutoencoderOptions> kinds = {
      linear_autoencoder(6, 2, Real(0.01)), multilayer_autoencoder({6, 5, 3}),
      sparse_autoencoder(6, 9, {.rho = Real(0.1), .beta = 2, .decay = Real(1e-3)})};
  DenseAutoencoderOptions tied = multilayer_autoencoder({6, 4, 2});
  tied.tied = true;
  kinds.push_back(tied);
  DenseAutoencoderOptions k_sparse = sparse_autoencoder(6, 9, {.l1 = Real(0.1)});
  k_sparse.code = Activation::relu;
  k_sparse.keep_largest = 3;
  kinds.push_back(k_sparse);
  return kinds;
}

}  // namespace

TEST_CASE("every dense model comes back to the same bits, with its settings") {
  const Scratch scratch;
  for (const DenseAutoencoderOptions& options : every_kind()) {
    Rng rng(5);
    DenseAutoencoder model(options, rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng);
    const ModelFacts facts{
        "some kind", {uniform_tensor({6}, rng, 0, 1), uniform_tensor({6}, rng, 1, 2)}, {2, 3}};
    save_model(scratch.file("m.safetensors"), model, facts);
    const SavedModel back = load_model(scratch.file("m.safetensors"));
    CHECK(back.kind == "some kind");
    CHECK(back.image == ImageShape{2, 3});
    CHECK(back.scaling.shift.values == facts.scaling.shift.values);
    CHECK(back.scaling.scale.values == facts.scaling.scale.values);
    CHECK(back.model->settings() == model.settings());
    REQUIRE(back.model->parameters().size() == model.parameters().size());
    for (std::size_t k = 0; k < model.parameters().size(); ++k) {
      CHECK(back.model->parameters()[k]->name == model.parameters()[k]->name);
      CHECK(back.model->parameters()[k]->value.values == model.parameters()[k]->value.values);
      CHECK(back.model->parameters()[k]->decays == model.parameters()[k]->decays);
    }
    const Tensor X = uniform_tensor({4, 6}, rng, 0, 1);
    CHECK(back.model->reconstruct(X).values == model.reconstruct(X).values);
  }
}

TEST_CASE("a model saved without the name of a kind bears that of its class") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  Rng rng(1);
  for (const char* name : {"dense", "lstm"}) {
    std::unique_ptr<Autoencoder> model;
    if (std::string(name) == "dense") {
      model = std::make_unique<DenseAutoencoder>(multilayer_autoencoder({6, 5, 3}), rng);
    } else {
      const LstmAutoencoderOptions options{
          .steps = 3, .step_features = 2, .units = 4, .code_size = 2};
      model = std::make_unique<LstmAutoencoder>(options, rng);
    }
    save_model(path, *model);
    CHECK(load_model(path).kind == name);
  }
}

TEST_CASE("what is no model, or not a whole one, is refused by name") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  SafeTensors foreign;
  foreign.tensors.emplace_back("weight", Tensor({2, 2}));
  write_safetensors(path, foreign);
  CHECK(error_of([&] { load_model(path); }).find("not a model of Strata") != std::string::npos);

  Rng rng(1);
  DenseAutoencoder model(multilayer_autoencoder({6, 5, 3}), rng);
  save_model(path, model);
  SafeTensors file = read_safetensors(path);
  SafeTensors missing = file;
  missing.tensors.erase(missing.tensors.begin());
  write_safetensors(path, missing);
  CHECK(error_of([&] { load_model(path); }).find("encoder.0.W") != std::string::npos);
  SafeTensors wrong_shape = file;
  wrong_shape.tensors[0].second = Tensor({6, 4});
  write_safetensors(path, wrong_shape);
  CHECK(error_of([&] {
          load_model(path);
        }).find("encoder.0.W is 6×4 but the model's settings say 6×5") != std::string::npos);
  SafeTensors wrong_settings = file;
  wrong_settings.metadata[0].second = "{\"format\":1,\"kind\":\"x\"";
  write_safetensors(path, wrong_settings);
  CHECK(error_of([&] { load_model(path); }).find(path + ": the metadata:1:") == 0);
  wrong_settings.metadata[0].second = "{\"format\":2}";
  write_safetensors(path, wrong_settings);
  CHECK(error_of([&] { load_model(path); }).find("later version") != std::string::npos);
}
