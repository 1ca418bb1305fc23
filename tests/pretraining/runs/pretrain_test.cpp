// pretraining/runs/pretrain.hpp: the pretrained networks against their parts called one by one, the
// usual settings, and the pictures as files.

#include "pretraining/runs/pretrain.hpp"

#include "pretraining/pages/pretrain.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/digits.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

PretrainOptions quick(const std::string& way) {
  PretrainOptions options;
  options.sizes = {64, 10, 3};
  options.ways = {way};
  options.pretrain_epochs = 2;
  options.fine_tuning.epochs = 3;
  options.finetune_decay = Real(0.01);
  return options;
}

std::vector<std::string> names_of(const std::vector<pages::PictureFile>& files) {
  std::vector<std::string> names;
  for (const pages::PictureFile& file : files) names.push_back(file.name);
  return names;
}

MethodResult& method_of(PretrainResults& c, const std::string& name) {
  return const_cast<MethodResult&>(c.method(name));
}

}  // namespace

TEST_CASE(
    "comparison: pretraining and fine-tuning are the trainings written out, for every way to "
    "pretrain a layer") {
  const TrainTest data = some_digits(100);
  for (const Way& way : ways()) {
    CAPTURE(way.name);
    const PretrainOptions options = quick(way.name);
    PretrainResults c = run_pretrain(data, options);
    Rng rng(options.seed, way.stream);
    DenseAutoencoder deep = unroll(pretrain_greedily(data.train, layer_plans(options, way), rng));
    CHECK(c.pretrained(way.name).train_error == reconstruction_error(deep, data.train.X));
    deep.penalties.decay = options.finetune_decay;
    train(deep, data.train, rng, options.fine_tuning);
    CHECK(c.finetuned(way.name).train_error == reconstruction_error(deep, data.train.X));
    for (std::size_t k = 0; k < deep.parameters().size(); ++k)
      CHECK(c.deep.parameters()[k]->value.values == deep.parameters()[k]->value.values);
  }
}

TEST_CASE("comparison: no method shares its stream of draws with another") {
  for (const Way& way : ways()) {
    for (const std::uint64_t other : {shallow_stream, deep_random_stream})
      CHECK(way.stream != other);
  }
  CHECK(way_named("plain").stream == 3);  // the numbers of earlier runs
}

TEST_CASE("pretrain: RBM layers are trained as long and in batches as large as the others") {
  PretrainOptions options = quick("rbm");
  options.pretrain_epochs = 7;
  options.pretrain_batch_size = 13;
  const std::vector<LayerPlan> plans = layer_plans(options, way_named("rbm"));
  for (const LayerPlan& plan : plans) {
    REQUIRE(plan.rbm.has_value());
    CHECK(plan.rbm->epochs == 7);
    CHECK(plan.rbm->batch_size == 13);
    CHECK(plan.rbm->label == plan.fit.label);
  }
  CHECK(plans[0].rbm->learning_rate == options.layer.rbm.learning_rate);
  CHECK(plans[1].rbm->learning_rate == options.layer.rbm_rate_of_linear);  // its code is linear
  const auto objection = [](LayerStack stack) { return way_named("rbm").objection(stack); };
  CHECK(objection({.layers = 2}).empty());
  CHECK(contains(objection({.layers = 2, .hidden = Activation::relu}), "not relu"));
  CHECK(objection({.layers = 1, .hidden = Activation::relu}).empty());
  CHECK(contains(objection({.layers = 2, .code = Activation::tanh}), "not tanh"));
  CHECK(contains(objection({.layers = 2, .output = Activation::relu}), "not relu"));
}

TEST_CASE("pretrain: from ten thousand examples on the usual settings are those for many") {
  const PretrainOptions few = usual_pretrain_options(9999), many = usual_pretrain_options(10000),
                        plain;
  CHECK(few.fine_tuning.batch_size == plain.fine_tuning.batch_size);
  CHECK(few.pretrain_epochs == plain.pretrain_epochs);
  CHECK(few.fine_tuning.epochs == plain.fine_tuning.epochs);
  CHECK(few.pretrain_rate == plain.pretrain_rate);
  CHECK(few.fine_tuning.learning_rate == plain.fine_tuning.learning_rate);
  CHECK(few.finetune_decay == plain.finetune_decay);
  CHECK(many.fine_tuning.batch_size == 100);
  CHECK(many.pretrain_epochs == 5);
  CHECK(many.fine_tuning.epochs == 60);
  CHECK(many.pretrain_rate == 0.003);
  CHECK(many.fine_tuning.learning_rate == 0.002);
  CHECK(many.finetune_decay == Real(5e-5));
  CHECK(many.sizes == plain.sizes);
}

TEST_CASE(
    "pretrain: each picture file shows what its name says, and those without sense are left out") {
  PretrainResults c = run_pretrain(some_digits(60), quick("plain"));
  const std::vector<pages::PictureFile> before = pages::picture_files(c);
  CHECK(names_of(before) ==
        std::vector<std::string>{"curves.svg", "methods.png", "map-pca.svg", "map-deep.svg"});
  for (const pages::PictureFile& file : before) {
    CAPTURE(file.name);
    CHECK(file.bytes.starts_with(file.name.ends_with("png") ? "\x89PNG" : "<svg xmlns="));
  }
  const auto changed = [&] {
    std::vector<std::string> names;
    const std::vector<pages::PictureFile> after = pages::picture_files(c);
    for (std::size_t k = 0; k < before.size(); ++k) {
      if (after[k].bytes != before[k].bytes) names.push_back(after[k].name);
    }
    return names;
  };
  const auto changed_by = [&](Real& value) {
    const Real kept = value;
    value = kept == 0 ? Real(0.9) : kept / 3;
    const std::vector<std::string> names = changed();
    value = kept;
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(changed() == Names{});
  CHECK(changed_by(method_of(c, "pca").test_codes[0]) == Names{"map-pca.svg"});
  CHECK(changed_by(method_of(c, "greedy_finetuned").test_codes[0]) == Names{"map-deep.svg"});
  CHECK(changed_by(method_of(c, "greedy").test_codes[0]) == Names{});
  const std::size_t pixel = 64 * rows_to_show(c.test, 10).front() + 3;
  for (const char* name : {"pca", "logistic_pca", "greedy_finetuned"})
    CHECK(changed_by(method_of(c, name).test_reconstructions[pixel]) == Names{"methods.png"});
  CHECK(changed_by(c.test.X[pixel]) == Names{"methods.png"});

  c.test.image = {};
  CHECK(names_of(pages::picture_files(c)) == Names{"curves.svg", "map-pca.svg", "map-deep.svg"});
  const PretrainResults two = run_pretrain(some_digits(10), quick("plain"));
  CHECK(names_of(pages::picture_files(two)) == Names{"curves.svg", "methods.png"});
}
