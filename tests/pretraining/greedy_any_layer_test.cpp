// Greedy pretraining of layers that a plan makes: any autoencoder, one of a program's own included.

#include "autoencoders/contractive.hpp"
#include "autoencoders/files/model_file.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/greedy.hpp"
#include "tests/autoencoders/own_kinds.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const Dataset& some_digits() {
  static const Dataset data = rows(digits8x8(), 0, 200);
  return data;
}

template <class Make>
LayerPlan made_by(const Make& make) {
  LayerPlan plan;
  plan.fit.epochs = 5;
  plan.make = make;
  return plan;
}

LayerPlan gated(std::size_t units) {
  return made_by([units](std::size_t features, Rng& rng) {
    return std::make_unique<GatedAutoencoder>(features, units, rng);
  });
}

LayerPlan dense(std::size_t units) {
  LayerPlan plan;
  plan.fit.epochs = 5;
  plan.options.sizes = {units};
  plan.options.output = Activation::linear;  // codes of gated layers lie anywhere
  return plan;
}

}  // namespace

TEST_CASE("a layer that a plan makes is trained as the same layer of its options is") {
  const LayerPlan made = made_by([](std::size_t features, Rng& rng) {
    return std::make_unique<DenseAutoencoder>(
        DenseAutoencoderOptions{.sizes = {features, 10}, .output = Activation::linear}, rng);
  });
  Rng one(1), other(1);
  const DenseAutoencoder a = unroll(pretrain_greedily(some_digits(), {dense(10), dense(4)}, one));
  const DenseAutoencoder b = unroll(pretrain_greedily(some_digits(), {made, dense(4)}, other));
  for (std::size_t k = 0; k < 2; ++k)
    CHECK(a.encoder[k].W.value.values == b.encoder[k].W.value.values);
}

TEST_CASE("layers of any kind: codes go up, the stack computes what they compute, and is tuned") {
  Rng rng(1);
  LayerPlan first = gated(20);
  first.corruption = Corruption{};
  std::vector<GreedyStage> stages = pretrain_greedily(some_digits(), {first, dense(5)}, rng);
  CHECK(stages[0].trained_weights == 4 * 64 * 20);
  CHECK(stages[0].dense() == nullptr);
  CHECK(stages[0].history.epochs.size() == 5);
  CHECK(stages[1].autoencoder->features() == 20);
  const Tensor& X = some_digits().X;
  const Tensor codes = stages[1].autoencoder->encode(stages[0].autoencoder->encode(X));
  StackedAutoencoder deep = stack(std::move(stages));
  CHECK(deep.encode(X).values == codes.values);
  const double before = reconstruction_error(deep, X);
  FitOptions options;
  options.epochs = 5;
  train(deep, some_digits(), rng, options);
  CHECK(reconstruction_error(deep, X) < before);
  const Scratch scratch;
  save_model(scratch.file("m.safetensors"), deep);
  const SavedModel back = load_model(scratch.file("m.safetensors"), own_kinds());
  CHECK(back.model->encode(X).values == deep.encode(X).values);
}

TEST_CASE("layers that hold dense ones can be unrolled, contractive ones and deep ones too") {
  const LayerPlan contractive = made_by([](std::size_t features, Rng& rng) {
    return std::make_unique<ContractiveAutoencoder>(
        ContractiveOptions{.net = {.sizes = {features, 12}}}, rng);
  });
  const LayerPlan two_layers = made_by([](std::size_t features, Rng& rng) {
    return std::make_unique<DenseAutoencoder>(DenseAutoencoderOptions{.sizes = {features, 8, 3}},
                                              rng);
  });
  Rng rng(1);
  const auto stages = pretrain_greedily(some_digits(), {contractive, two_layers}, rng);
  DenseAutoencoder deep = unroll(stages);
  CHECK(deep.sizes() == std::vector<std::size_t>{64, 12, 8, 3});
  const Tensor& X = some_digits().X;
  const Tensor codes = stages[1].autoencoder->encode(stages[0].autoencoder->encode(X));
  check_close(deep.encode(X), codes, by_real(1e-12, 1e-4), by_real(1e-12, 1e-4));
  const Tensor back = stages[0].autoencoder->decode(stages[1].autoencoder->decode(codes));
  check_close(deep.decode(codes), back, by_real(1e-12, 1e-4), by_real(1e-12, 1e-4));
}

TEST_CASE("what cannot be pretrained or unrolled is refused, naming the layer") {
  const auto refused = [](std::vector<LayerPlan> plans) {
    for (LayerPlan& plan : plans) plan.fit.epochs = 1;
    return error_of([&] {
      Rng rng(1);
      unroll(pretrain_greedily(some_digits(), plans, rng));
    });
  };
  CHECK(contains(refused({dense(10), gated(4)}),
                 "unroll: layer 2 (10-4) is not made of dense layers (stack makes one model"));
  LayerPlan tied = dense(4);
  tied.options.tied = true;
  CHECK(contains(refused({dense(10), tied}), "unroll: layer 2 has tied weights"));
  CHECK(contains(refused({made_by([](std::size_t, Rng& rng) {
                   return std::make_unique<GatedAutoencoder>(63, 4, rng);
                 })}),
                 "a layer for 64 features is wanted, but the plan makes one for 63"));
  CHECK(
      contains(refused({made_by([](std::size_t, Rng&) { return std::unique_ptr<Autoencoder>(); })}),
               "but the plan makes none"));
  LayerPlan both = gated(4);
  both.rbm = RbmTraining{};
  CHECK(contains(refused({dense(10), both}), "layer 2 of the plan is an RBM, but `make` makes"));
}
