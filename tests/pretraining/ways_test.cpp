// The ways to pretrain a layer side by side: pretraining/ways.hpp, and what a comparison and its
// page make of them.

#include "pretraining/ways.hpp"

#include "core/io/json.hpp"
#include "pretraining/pages/pretrain.hpp"
#include "pretraining/pages/words.hpp"
#include "pretraining/runs/pretrain.hpp"
#include "tests/check_close.hpp"
#include "tests/digits.hpp"
#include "tests/markup.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

PretrainOptions quick(std::vector<std::string> ways) {
  PretrainOptions options;
  options.sizes = {64, 20, 10, 3};
  options.ways = std::move(ways);
  options.pretrain_epochs = 3;
  options.fine_tuning.epochs = 4;
  return options;
}

std::vector<GreedyStage> stages_by(const Way& way) {
  Rng rng(1);  // the same for every way: what differs is the way
  return pretrain_greedily(some_digits(200).train, layer_plans(quick({way.name}), way), rng);
}

double distance_of_first_layers(const std::vector<GreedyStage>& a,
                                const std::vector<GreedyStage>& b) {
  return squared_distance(a[0].dense()->encoder[0].W.value, b[0].dense()->encoder[0].W.value);
}

void check_same(const MethodResult& a, const MethodResult& b) {
  CHECK(a.train_error == b.train_error);
  CHECK(a.test_error == b.test_error);
  CHECK(a.epochs == b.epochs);
  CHECK(a.way == b.way);
  CHECK(a.test_codes.values == b.test_codes.values);
  REQUIRE(a.curves.size() == b.curves.size());
  if (!a.curves.empty()) CHECK(a.curves.back().test_errors == b.curves.back().test_errors);
}

}  // namespace

TEST_CASE("ways: no two are the same, not even with the same draws") {
  for (const Way& one : ways()) {
    for (const Way& other : ways()) {
      if (&one == &other) continue;
      CAPTURE(one.name);
      CAPTURE(other.name);
      CHECK(one.stream != other.stream);
      CHECK(distance_of_first_layers(stages_by(one), stages_by(other)) > 1e-6);
    }
  }
}

TEST_CASE("ways: what each asks of its layers") {
  PretrainOptions options = quick({"plain"});
  options.layer.beta = Real(0.7);
  options.layer.rho = Real(0.2);
  options.layer.corruption = {.kind = CorruptionKind::salt_and_pepper, .amount = Real(0.1)};
  const auto plans = [&](const char* way) { return layer_plans(options, way_named(way)); };
  for (const LayerPlan& plan : plans("plain")) {
    CHECK(plan.options.penalties.beta == 0);
    CHECK(!plan.corruption);
  }
  const std::vector<LayerPlan> sparse = plans("sparse");
  CHECK(sparse[0].options.penalties.beta == Real(0.7));
  CHECK(sparse[1].options.penalties.rho == Real(0.2));
  CHECK(sparse[2].options.penalties.beta == 0);  // its code is linear
  options.code = Activation::sigmoid;
  CHECK(plans("sparse")[2].options.penalties.beta == Real(0.7));
  options.hidden = Activation::tanh;
  const std::vector<LayerPlan> denoising = plans("denoising");
  CHECK(denoising[0].corruption->amount == Real(0.1));
  CHECK(denoising[0].corruption->low == 0);
  CHECK(denoising[1].corruption->low == -1);  // codes of tanh units
  CHECK(way_named("sparse").objection({.layers = 3, .hidden = Activation::relu}) ==
        "sparse layers need sigmoid or tanh hidden units, not relu");
  CHECK(way_named("sparse").objection({.layers = 1, .hidden = Activation::relu}).empty());
}

TEST_CASE("ways: side by side each trains as it does alone, and is fine-tuned alike") {
  const TrainTest data = some_digits(200);
  const PretrainResults all = run_pretrain(data, quick(way_names()));
  REQUIRE(all.methods.size() == 4 + 2 * ways().size());
  CHECK(all.methods[4].name == "greedy");
  CHECK(all.methods[5].name == "greedy_finetuned");
  for (std::size_t k = 0; k < ways().size(); ++k) {
    const std::string way = ways()[k].name;
    CAPTURE(way);
    const MethodResult &before = all.pretrained(way), &tuned = all.finetuned(way);
    CHECK(&before == &all.methods[4 + 2 * k]);
    if (k > 0) CHECK(before.name == "greedy_" + way);
    CHECK(tuned.name == before.name + "_finetuned");
    CHECK(tuned.epochs == all.method("deep_random").epochs);
    CHECK(tuned.curves.back().history.epochs.size() == 4);
    CHECK(tuned.curves.size() == 4);
    CHECK(before.curves.size() == 3);
    CHECK(tuned.curves.back().history.epochs.back().loss <
          tuned.curves.back().history.epochs.front().loss);
    CHECK(all.stages_of(way).size() == 3);
    check_close(tuned.curves.back().test_errors.back(), tuned.test_error, by_real(1e-12, 1e-5));

    const PretrainResults alone = run_pretrain(data, quick({way}));
    CHECK(alone.methods.size() == 6);
    check_same(alone.method("greedy"), before);
    check_same(alone.method("greedy_finetuned"), tuned);
    check_same(alone.method("deep_random"), all.method("deep_random"));
  }
}

TEST_CASE("ways: the random start can be left out, and nothing else changes") {
  PretrainOptions options = quick({"plain"});
  PretrainResults with = run_pretrain(some_digits(200), options);
  options.random_start = false;
  PretrainResults without = run_pretrain(some_digits(200), options);
  REQUIRE(without.methods.size() + 1 == with.methods.size());
  for (const MethodResult& method : without.methods) {
    CHECK(method.name != "deep_random");
    check_same(method, with.method(method.name));
  }
  for (const char* words :
       {"deep, random start", "What pretraining bought", "the random start catches up"}) {
    CHECK(contains(pages::pretrain_page(with, {}), words));
    CHECK(!contains(pages::pretrain_page(without, {}), words));
  }
}

TEST_CASE("ways: fine-tuning begins where pretraining ended, and the random start does not") {
  PretrainOptions options = quick(way_names());
  options.fine_tuning.epochs = 0;
  const PretrainResults untuned = run_pretrain(some_digits(200), options);
  for (const std::string& way : options.ways) {
    CHECK(untuned.finetuned(way).test_error == untuned.pretrained(way).test_error);
    CHECK(untuned.method("deep_random").test_error != untuned.pretrained(way).test_error);
  }
  Rng rng(options.seed, deep_random_stream);
  DenseAutoencoder deep(network_options(options, options.sizes), rng);
  FitOptions fit = options.fine_tuning;
  fit.epochs = 3 * options.pretrain_epochs;
  train(deep, some_digits(200).train, rng, fit);
  CHECK(untuned.method("deep_random").test_error ==
        squared_error_per_example(some_digits(200).test.X,
                                  deep.reconstruct(some_digits(200).test.X)));
}

TEST_CASE("ways: lbfgs trains the whole networks, adam the layers") {
  PretrainOptions options = quick({"plain"});
  options.fine_tuning.optimizer.kind = OptimizerKind::lbfgs;
  options.fine_tuning.schedule.kind = ScheduleKind::constant;
  options.fine_tuning.learning_rate = 1;
  options.fine_tuning.batch_size = 80;
  options.fine_tuning.steps_a_batch = 3;
  CHECK(options.fine_tuning.steps_a_batch == 3);
  const FitOptions layer = layer_fit_options(options);
  CHECK(layer.optimizer.kind == OptimizerKind::adam);
  CHECK(layer.steps_a_batch == 1);
  CHECK(layer.batch_size == 32);
  options.pretrain_batch_size = 7;
  CHECK(layer_fit_options(options).batch_size == 7);
  options.pretrain_batch_size = 0;
  const PretrainResults by_lbfgs = run_pretrain(some_digits(200), options);
  CHECK(by_lbfgs.method("greedy").test_error ==
        run_pretrain(some_digits(200), quick({"plain"})).method("greedy").test_error);
  const History& tuning = by_lbfgs.method("greedy_finetuned").curves.back().history;
  CHECK(tuning.epochs.back().loss < tuning.epochs.front().loss);
  CHECK(tuning.epochs.back().learning_rate == 1);
}

TEST_CASE(
    "ways: the page has each way's rows, lines and first layer, and what pretraining "
    "bought") {
  PretrainResults c = run_pretrain(some_digits(200), quick(way_names()));
  const std::string page =
      pages::pretrain_page(c, {"1.2.3", 2, "strata pretrain --layer-kind all"});
  check_page(page);
  for (const Way& way : ways()) {
    const std::string name = way.name;
    CAPTURE(name);
    CHECK(contains(page,
                   "deep autoencoder, pretrained by " + name + " layers, then fine-tuned</th>"));
    CHECK(contains(page, ">deep, " + name + ", fine-tuned</text>"));
    CHECK(contains(page, name + ", layer&nbsp;3"));
    CHECK(contains(page, way.words));
    CHECK(contains(page, way.look_for + 2));  // its first letter is a capital there
    CHECK(
        contains(page, pages::number(c.finetuned(name).test_error) + " after " + name + " layers"));
  }
  c.methods[5].test_error = 1;  // greedy_finetuned, plain
  for (const auto& [of_random, verdict] : std::vector<std::pair<double, std::string>>{
           {2, "better"}, {1.04, "about the same"}, {0.97, "about the same"}, {0.9, "worse"}}) {
    c.methods[3].test_error = of_random;
    CHECK(
        contains(pages::what_pretraining_bought(c), "1.000 after plain layers (" + verdict + ")"));
  }
  CHECK(!contains(pages::pretrain_page(c = run_pretrain(some_digits(200), quick({"sparse"})), {}),
                  "pretrained by each kind"));
}

TEST_CASE("ways: a list that is wrong is refused") {
  CHECK(parse_ways("all") == way_names());
  CHECK(parse_ways("sparse,plain") == std::vector<std::string>{"sparse", "plain"});
  const auto refused = [](const std::string& list) { return error_of([&] { parse_ways(list); }); };
  CHECK(contains(refused("plain,sparse,plain"), "plain is named twice"));
  CHECK(contains(refused("plain,,sparse"), "no way ''"));
  CHECK(contains(refused("plain,"), "no way ''"));
  CHECK(contains(refused("smooth"),
                 "no way 'smooth' to pretrain a layer (there are plain, sparse, "));
  CHECK(contains(error_of([] {
                   run_pretrain(some_digits(200), quick({"plain", "plain"}));
                 }),
                 "named twice"));
  CHECK(contains(error_of([] { run_pretrain(some_digits(200), quick({})); }), "no way"));
}

TEST_CASE(
    "strata pretrain --layer-kind: results.json has the rows of every way; the first one is the "
    "main") {
  const Program strata;
  const std::string out = strata.file("report");
  const std::string start =
      "pretrain --rows 0:200 --layers 64-20-2 --pretrain-epochs 1 --epochs 2 --quiet --out " + out;
  const Result result =
      strata(start + " --layer-kind denoising,plain --optimizer lbfgs --batch 80");
  CAPTURE(result.err);
  CHECK(result.status == 0);
  const Json json = parse_json(read_file(out + "/results.json"), "results.json");
  const char* names[] = {"pca",    "logistic_pca",     "shallow",      "deep_random",
                         "greedy", "greedy_finetuned", "greedy_plain", "greedy_plain_finetuned"};
  REQUIRE(json.at("methods").items().size() == 8);
  for (std::size_t k = 0; k < 8; ++k) {
    const Json& method = json.at("methods").items()[k];
    CHECK(method.at("name").as_string() == names[k]);
    if (k >= 4) CHECK(method.at("layer_kind").as_string() == (k < 6 ? "denoising" : "plain"));
    CHECK(contains(result.out, names[k]));
  }
  CHECK(json.at("stages").items().size() == 4);
  CHECK(json.at("stages").items()[2].at("layer_kind").as_string() == "plain");
  CHECK(contains(read_file(out + "/report.html"),
                 "optimiser lbfgs with 3 steps on each batch; the layers were pretrained with adam "
                 "in batches of 32"));
  CHECK(strata(start + " --no-random-start").status == 0);
  CHECK(!contains(read_file(out + "/results.json"), "deep_random"));
  CHECK(contains(read_file(out + "/report.html"), "random start is left out"));

  check_refused(strata, "pretrain --layer-kind plain,plain", 2,
                "--layer-kind plain,plain: the way plain is named twice");
  check_refused(strata, "pretrain --layer-kind plane", 2, "there are plain, sparse");
  check_refused(strata, "pretrain --layer-kind plain,sparse --noise 0.2", 2,
                "without --layer-kind denoising");
  check_refused(strata, "pretrain --layer-kind all --hidden-activation relu", 2, "sigmoid or tanh");
  check_refused(strata, "pretrain --steps-a-batch 0", 2, "steps-a-batch");
}
