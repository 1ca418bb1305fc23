// An activation, a layer and an autoencoder of a program's own do what those of the library do:
// they are trained, saved, loaded, checked and traced. What is wrong with them is said in one line.

#include "tests/autoencoders/own_kinds.hpp"

#include <doctest/doctest.h>

#include "autoencoders/contractive.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/explicit/walk.hpp"
#include "autoencoders/files/model_file.hpp"
#include "autoencoders/stacked.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "core/inspect/trace/trace.hpp"
#include "layers/sequential.hpp"
#include "pretraining/classifier/classifier_file.hpp"
#include "pretraining/cli/step/tape_stepper.hpp"
#include "tests/check_close.hpp"
#include "tests/check_gradients.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Tensor some_rows(std::size_t m, std::size_t d) {
  Rng rng(9);
  return uniform_tensor({m, d}, rng, 0.05, 0.95);
}

void check_gradients_of(Model& model, const Tensor& X) {
  Tape tape;
  const Objective objective = model.objective(tape, tape.input(X, "X"), {}, Mode::training);
  check_all_ok(check_objective(tape, objective, model.parameters()));
}

// Loaded from what was saved, it reconstructs to the same bits.
void check_comes_back(Autoencoder& model, const OwnKinds& own = own_kinds()) {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  save_model(path, model);
  const SavedModel back = load_model(path, own);
  const Tensor X = some_rows(4, model.features());
  CHECK(back.model->settings() == model.settings());
  CHECK(back.model->reconstruct(X).values == model.reconstruct(X).values);
}

DenseAutoencoder swish_net(Rng& rng) {
  return DenseAutoencoder(
      {.sizes = {6, 5, 3}, .hidden = swish_rule, .code = swish_rule, .penalties = {.l1 = 1}}, rng);
}

}  // namespace

TEST_CASE("own activation: by hand, by tape and by differences the same gradients") {
  Rng rng(1);
  DenseAutoencoder model = swish_net(rng);
  const Batch batch{some_rows(5, 6), {}};
  check_gradients_of(model, batch.X);
  std::vector<Tensor> by_tape;
  TapeBackprop(model).gradients(batch);
  for (Parameter* p : model.parameters()) {
    by_tape.push_back(p->grad);
    p->grad.fill(0);
  }
  ExplicitBackprop(model).gradients(batch);
  for (std::size_t k = 0; k < by_tape.size(); ++k)
    check_close(model.parameters()[k]->grad, by_tape[k], by_real(1e-12, 1e-4),
                by_real(1e-15, 1e-6));

  Tape tape;
  const Objective objective = model.objective(tape, tape.input(batch.X), {}, Mode::training);
  tape.backward(objective.total);
  std::size_t slopes = 0;
  for (const ExplicitStep& step : explicit_walk(model, batch, tape, objective))
    slopes += contains(step.formula, "the slope of swish");
  CHECK(slopes == 3);  // of the hidden layers and the code
}

TEST_CASE("own activation: a penalty on slopes needs the slope on the tape") {
  Rng rng(1);
  const auto contractive = [&rng](const ActivationRule& rule) {
    return ContractiveAutoencoder({.net = {.sizes = {4, 3}, .code = rule}}, rng);
  };
  ContractiveAutoencoder model = contractive(swish_rule);
  check_gradients_of(model, some_rows(3, 4));
  check_comes_back(model);
  ActivationRule flat = swish_rule;
  flat.record_slope = nullptr;
  ContractiveAutoencoder without = contractive(flat);
  CHECK(contains(error_of([&] { check_gradients_of(without, some_rows(3, 4)); }),
                 "the row of swish has no record_slope"));
}

TEST_CASE(
    "own activation: every kind of file that has activations loads it, and only if given it") {
  Rng rng(1);
  DenseAutoencoder dense = swish_net(rng);
  check_comes_back(dense);
  CHECK(contains(error_of([&] { check_comes_back(dense, {}); }), "there is no 'swish'"));
  VariationalAutoencoder variational({.sizes = {6, 5, 2}, .hidden = swish_rule}, rng);
  check_comes_back(variational);
  DenoisingAutoencoder denoising(std::make_unique<DenseAutoencoder>(dense), {}, rng);
  check_comes_back(denoising);
  const Scratch scratch;
  Classifier classifier(dense, 4, rng);
  save_classifier(scratch.file("c.safetensors"), classifier);
  const SavedClassifier back = load_classifier(scratch.file("c.safetensors"), own_kinds());
  CHECK(back.model.encoder[1].activation == swish_rule);
}

TEST_CASE("own activation: its range decides about the KL term") {
  Rng rng(1);
  const auto sparse = [&rng](const ActivationRule& rule) {
    return error_of([&] {
      DenseAutoencoder({.sizes = {6, 3}, .code = rule, .penalties = {.beta = 1}}, rng);
    });
  };
  CHECK(contains(sparse(swish_rule), "not swish"));
  ActivationRule bounded = swish_rule;
  bounded.range = Range::unit;
  CHECK(sparse(bounded) == "");
}

TEST_CASE("own layer and autoencoder: checked, trained, wrapped, saved and loaded") {
  Rng rng(2);
  GatedAutoencoder model(6, 4, rng);
  CHECK(model.architecture() == "6-4");
  check_gradients_of(model, some_rows(5, 6));
  Sequential net;
  net.add(GatedLayer("first", 6, 3, rng));
  net.add(GatedLayer("second", 3, 6, rng));
  CHECK(net.parameters().size() == 4);

  Dataset data;
  data.X = some_rows(40, 6);
  FitOptions options;
  options.epochs = 200;
  options.learning_rate = 0.02;
  const double before = reconstruction_error(model, data.X);
  train(model, data, rng, options);  // explicit backprop is asked for: the tape stands in
  CHECK(reconstruction_error(model, data.X) < 0.5 * before);
  check_comes_back(model);
  DenoisingAutoencoder denoising(std::make_unique<GatedAutoencoder>(model), {}, rng);
  check_comes_back(denoising);
}

TEST_CASE("own autoencoder: stepped through, and on a page") {
  Rng rng(2);
  GatedAutoencoder model(4, 2, rng);
  Tape tape;
  const Objective objective =
      model.objective(tape, tape.input(some_rows(3, 4), "X"), {}, Mode::training);
  cli::TapeStepper stepper(tape, objective, "gated 4-2");
  CHECK(contains(stepper.run("op matmul"), "matmul"));
  CHECK(contains(stepper.run("why encoder.0.V[1,0]"), "encoder.0.V[1,0]"));
  CHECK(contains(trace_page("gated 4-2", tape, objective), "decoder.0.V"));
}

TEST_CASE("own autoencoder: a file whose class is unknown says how to load it") {
  Rng rng(2);
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  GatedAutoencoder model(4, 2, rng);
  save_model(path, model);
  const std::string said = error_of([&] { load_model(path); });
  CHECK(said.starts_with(path + ": there is no model 'gated'"));
  CHECK(contains(said, "load_model ({.models = {model_class<…>(\"gated\")}})"));
}

TEST_CASE("own autoencoder: settings that no file can keep are refused") {
  struct Wrong : GatedAutoencoder {
    Json wrong;
    Wrong(Json settings, Rng& rng) : GatedAutoencoder(4, 2, rng), wrong(std::move(settings)) {}
    Json settings() const override { return wrong; }
  };
  const Scratch scratch;
  const auto refused = [&](Json settings) {
    Rng rng(2);
    Wrong model(std::move(settings), rng);
    return error_of([&] { save_model(scratch.file("m.safetensors"), model); });
  };
  CHECK(contains(refused(3), "settings are 3, not an object"));
  CHECK(contains(refused(Json::object({{"units", 2}})), "the name of its class under \"model\""));
  CHECK(contains(refused(Json::object({{"model", "gated"}, {"image", 2}})),
                 "has a setting called image, which every file has"));
  CHECK(scratch.entries() == 0);
}

TEST_CASE("own autoencoder: what it records must have the shape that it promises") {
  struct Short : GatedAutoencoder {
    using GatedAutoencoder::GatedAutoencoder;
    Var record_encode(Tape& tape, Var X, Mode mode) override {
      return slice_cols(GatedAutoencoder::record_encode(tape, X, mode), 0, 1);
    }
    Var record_decode(Tape& tape, Var h, Mode mode) override {
      return concat_cols({GatedAutoencoder::record_decode(tape, h, mode), h});
    }
  };
  Rng rng(2);
  Short model(4, 2, rng);
  CHECK(contains(error_of([&] { model.encode(some_rows(3, 4)); }), "records 3×1 for 3 examples"));
  CHECK(contains(error_of([&] { model.decode(some_rows(3, 2)); }), "but says 3×4"));
}

TEST_CASE("own autoencoder: a parameter that it does not list is refused at the first batch") {
  struct Forgetful : GatedAutoencoder {
    using GatedAutoencoder::GatedAutoencoder;
    std::vector<Parameter*> parameters() override { return {&encoder.W, &encoder.V, &decoder.W}; }
  };
  Rng rng(2);
  Forgetful model(4, 2, rng);
  Dataset data;
  data.X = some_rows(6, 4);
  const Tensor before = model.encoder.W.value;
  const std::string words =
      error_of([&] { train(model, data, rng, {.epochs = 3, .batch_size = 3}); });
  CHECK(contains(words,
                 "the parameter 'decoder.0.V' (recorded at tests/autoencoders/own_kinds.hpp:"));
  CHECK(contains(words, "parameters() does not list it"));
  CHECK(model.encoder.W.value.values == before.values);
  // A leaf that wants no gradient is the model's own business
  struct Frozen : Forgetful {
    using Forgetful::Forgetful;
    Var record_decode(Tape& tape, Var h, Mode mode) override {
      tape.parameter(decoder.V).node().wants_grad = false;
      return Forgetful::record_decode(tape, h, mode);
    }
  };
  Frozen frozen(4, 2, rng);
  const Tensor kept = frozen.decoder.V.value;
  train(frozen, data, rng, {.epochs = 3, .batch_size = 3});
  CHECK(frozen.decoder.V.value.values == kept.values);
}

TEST_CASE("stacked: layers of any kind encode and decode one after the other, and come back") {
  Rng rng(3);
  std::vector<std::unique_ptr<Autoencoder>> layers;
  layers.push_back(std::make_unique<GatedAutoencoder>(6, 4, rng));
  layers.push_back(std::make_unique<DenseAutoencoder>(
      DenseAutoencoderOptions{.sizes = {4, 2}, .code = swish_rule, .dropout = Real(0.2)}, rng));
  const Tensor X = some_rows(5, 6);
  const Tensor codes = layers[1]->encode(layers[0]->encode(X));
  const Tensor back = layers[0]->decode(layers[1]->decode(codes));
  StackedAutoencoder stacked(std::move(layers));
  CHECK(stacked.encode(X).values == codes.values);
  CHECK(stacked.reconstruct(X).values == back.values);
  CHECK(stacked.architecture() == "6-4-2");
  CHECK(stacked.parameters()[4]->name == "1.encoder.0.W");
  CHECK(stacked.generators().size() == 1);
  check_gradients_of(stacked, X);
  check_comes_back(stacked);

  std::vector<std::unique_ptr<Autoencoder>> apart;
  apart.push_back(std::make_unique<GatedAutoencoder>(6, 4, rng));
  apart.push_back(std::make_unique<GatedAutoencoder>(3, 2, rng));
  CHECK(contains(error_of([&] { StackedAutoencoder{std::move(apart)}; }),
                 "layer 2 has 3 features, but the layer below gives 4"));
}
