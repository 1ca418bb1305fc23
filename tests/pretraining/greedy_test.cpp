#include <doctest/doctest.h>

#include "pretraining/baselines/pca.hpp"
#include "pretraining/classifier/classifier.hpp"
#include "pretraining/greedy.hpp"
#include "pretraining/runs/pretrain.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

std::vector<LayerPlan> plans(const std::vector<std::size_t>& units, std::size_t epochs) {
  std::vector<LayerPlan> result;
  for (std::size_t k = 0; k < units.size(); ++k) {
    LayerPlan plan;
    plan.options.sizes = {units[k]};
    plan.options.code = k + 1 == units.size() ? Activation::linear : Activation::sigmoid;
    plan.options.loss = Loss::bce;
    plan.fit.epochs = epochs;
    plan.fit.learning_rate = 0.01;
    result.push_back(plan);
  }
  return result;
}

}  // namespace

TEST_CASE(
    "greedy pretraining: each layer learns the code of the one below, and the weights trained are "
    "counted") {
  const TrainTest data = digits();
  Rng rng(1);
  const std::vector<GreedyStage> stages = pretrain_greedily(data.train, plans({30, 10, 2}, 5), rng);
  REQUIRE(stages.size() == 3);
  CHECK(stages[0].autoencoder->features() == 64);
  CHECK(stages[1].autoencoder->features() == 30);
  CHECK(stages[2].autoencoder->features() == 10);
  CHECK(stages[0].trained_weights == 64 * 30 + 30 + 30 * 64 + 64);
  CHECK(stages[2].trained_weights == 10 * 2 + 2 + 2 * 10 + 10);
  CHECK(stages[0].error < 3);
  CHECK(stages[0].history.epochs.size() == 5);
}

TEST_CASE("unrolled, the stack computes what its stages compute one after the other") {
  const TrainTest data = digits();
  Rng rng(1);
  std::vector<GreedyStage> stages = pretrain_greedily(data.train, plans({30, 10, 2}, 2), rng);
  DenseAutoencoder deep = unroll(stages);
  CHECK(deep.sizes() == std::vector<std::size_t>{64, 30, 10, 2});
  Tensor up = data.test.X;
  for (GreedyStage& stage : stages) up = stage.autoencoder->encode(up);
  check_close(deep.encode(data.test.X), up, by_real(1e-12, 1e-4), by_real(1e-12, 1e-4));
  for (std::size_t k = stages.size(); k-- > 0;) up = stages[k].autoencoder->decode(up);
  check_close(deep.reconstruct(data.test.X), up, by_real(1e-12, 1e-4), by_real(1e-12, 1e-4));
  CHECK(deep.parameters()[8]->name == "decoder.1.W");
}

TEST_CASE("unrolled, a k-sparse top keeps its k; a k-sparse layer below cannot be unrolled") {
  const TrainTest data = digits();
  Rng rng(1);
  std::vector<LayerPlan> layers = plans({30, 10}, 1);
  layers[1].options.keep_largest = 3;
  std::vector<GreedyStage> stages = pretrain_greedily(data.train, layers, rng);
  DenseAutoencoder deep = unroll(stages);
  const Tensor codes = stages[1].autoencoder->encode(stages[0].autoencoder->encode(data.test.X));
  check_close(deep.encode(data.test.X), codes, by_real(1e-12, 1e-4), by_real(1e-12, 1e-4));
  layers[0].options.keep_largest = 3;
  CHECK(error_of([&] {
          unroll(pretrain_greedily(data.train, layers, rng));
        }).find("only the last stage") != std::string::npos);
  layers[0].options.sizes.clear();
  CHECK(error_of([&] {
          pretrain_greedily(data.train, layers, rng);
        }).find("layer 1 of the plan has no size") != std::string::npos);
}

TEST_CASE("fine-tuning moves every layer and lowers the error") {
  const TrainTest data = digits();
  Rng rng(1);
  DenseAutoencoder deep = unroll(pretrain_greedily(data.train, plans({30, 10, 2}, 5), rng));
  const double before = reconstruction_error(deep, data.train.X);
  std::vector<Tensor> values;
  for (Parameter* p : deep.parameters()) values.push_back(p->value);
  FitOptions options;
  options.epochs = 10;
  options.learning_rate = 0.005;
  train(deep, data.train, rng, options);
  CHECK(reconstruction_error(deep, data.train.X) < before);
  for (std::size_t k = 0; k < values.size(); ++k) {
    CAPTURE(deep.parameters()[k]->name);
    CHECK(squared_distance(deep.parameters()[k]->value, values[k]) > 0);
  }
}

TEST_CASE(
    "a softmax on the pretrained stack: first the top alone, then every layer, and better for it") {
  const TrainTest data = digits();
  Rng rng(1);
  const DenseAutoencoder pretrained =
      unroll(pretrain_greedily(data.train, plans({30, 10}, 10), rng));
  Classifier classifier(pretrained, class_count(data.train), rng);
  FitOptions options;
  options.epochs = 40;
  train_top(classifier, data.train, nullptr, options);
  for (std::size_t k = 0; k < 2; ++k)
    CHECK(classifier.encoder[k].W.value.values == pretrained.encoder[k].W.value.values);
  const double before = accuracy(classifier, data.test);
  options.epochs = 15;
  options.learning_rate = 0.01;
  fine_tune(classifier, data.train, nullptr, rng, options);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(squared_distance(classifier.encoder[k].W.value, pretrained.encoder[k].W.value) > 0);
    CHECK(squared_distance(classifier.encoder[k].b.value, pretrained.encoder[k].b.value) > 0);
  }
  const double after = accuracy(classifier, data.test);
  CHECK(before > 0.5);
  CHECK(after > before);
  CHECK(after > 0.93);
  Dataset unlabelled = data.test;
  unlabelled.labels.clear();
  CHECK(error_of([&] { accuracy(classifier, unlabelled); }).find("has no labels") !=
        std::string::npos);
}

TEST_CASE("the comparison meets the project's figure: 0.55 of PCA's test error at two numbers") {
  const PretrainOptions options;
  const PretrainResults result = run_pretrain(digits(), options);
  const MethodResult& pca = result.method("pca");
  const MethodResult& tuned = result.method("greedy_finetuned");
  CHECK(tuned.test_error <= 0.55 * pca.test_error);
  check_close(pca.test_error, 3.275617, 0, by_real(1e-6, 1e-4));
  CHECK(tuned.epochs == 3 * options.pretrain_epochs + options.fine_tuning.epochs);
  CHECK(result.method("deep_random").epochs == tuned.epochs);
  CHECK(result.method("deep_random").curves[0].history.epochs.size() == tuned.epochs);
  CHECK(result.method("shallow").epochs == tuned.epochs);
  CHECK(result.method("greedy").test_error > tuned.test_error);
  CHECK(result.methods.size() == 6);
}

TEST_CASE("the pretrained stack meets the project's figure at eight numbers: 0.52 of PCA's error") {
  const TrainTest data = digits();
  PretrainOptions options;
  options.sizes.back() = 8;
  const Way& plain = way_named("plain");
  Rng rng(options.seed, plain.stream);
  DenseAutoencoder deep = unroll(pretrain_greedily(data.train, layer_plans(options, plain), rng));
  deep.penalties.decay = options.finetune_decay;
  train(deep, data.train, rng, options.fine_tuning);
  const Pca pca = fit_pca(data.train.X, 8);
  const double theirs = squared_error_per_example(data.test.X, pca.reconstruct(data.test.X));
  check_close(theirs, 1.562022, 0, by_real(1e-6, 1e-4));
  CHECK(reconstruction_error(deep, data.test.X) <= 0.52 * theirs);
}

TEST_CASE("the same seed gives the same digits, with one thread and with two") {
  const TrainTest data = digits();
  PretrainOptions options;
  options.pretrain_epochs = 1;
  options.fine_tuning.epochs = 1;
  options.sizes = {64, 300, 4};
  options.fine_tuning.batch_size = 500;  // large enough for the products to be shared among threads
  const auto run = [&](std::size_t threads) {
    Workers workers(threads);
    const PretrainResults result =
        run_pretrain(data, options, {BackpropKind::explicit_rule, &workers});
    std::vector<double> errors;
    for (const MethodResult& m : result.methods)
      errors.insert(errors.end(), {m.train_error, m.test_error});
    return errors;
  };
  const std::vector<double> one = run(1);
  CHECK(one == run(2));
  CHECK(one == run(1));
  CHECK(one == run(3));
}

TEST_CASE("the time of greedy_finetuned counts pretraining too") {
  PretrainOptions options;
  options.sizes = {64, 50, 2};
  options.pretrain_epochs = 3;
  options.fine_tuning.epochs = 0;
  const PretrainResults result = run_pretrain(digits(), options);
  CHECK(result.method("greedy_finetuned").seconds >= result.method("greedy").seconds);
  CHECK(result.method("greedy_finetuned").test_error == result.method("greedy").test_error);
}

TEST_CASE("comparisons that cannot be are refused") {
  TrainTest data = digits();
  PretrainOptions options;
  options.sizes = {64, 10, 65};
  CHECK(error_of([&] { run_pretrain(data, options); }).find("compresses nothing") !=
        std::string::npos);
  options.sizes = {63, 10, 2};
  CHECK(error_of([&] {
          run_pretrain(data, options);
        }).find("has 64 features but the layers begin with 63") != std::string::npos);
  options.sizes = {64, 10, 2};
  options.ways = {"sparse"};
  options.hidden = Activation::relu;
  CHECK(error_of([&] {
          run_pretrain(data, options);
        }).find("sigmoid or tanh hidden units, not relu") != std::string::npos);
  options = {};
  data.test = {};
  CHECK(error_of([&] { run_pretrain(data, options); }).find("has no test rows") !=
        std::string::npos);
  Rng rng(1);
  CHECK(error_of([&] { pretrain_greedily(data.train, {}, rng); }).find("the plan has no layers") !=
        std::string::npos);
}
