#include "pretraining/compare.hpp"

#include <algorithm>
#include <utility>

#include "core/clock.hpp"

namespace strata {
namespace {

struct Run {
  Comparison result;
  const Engine& engine;
  const ComparisonCallbacks& news;

  void finish(MethodResult method) {
    method.test_error = squared_error_per_example(result.test.X, method.test_reconstructions);
    result.methods.push_back(std::move(method));
    if (news.progress != nullptr) news.progress->finish();
    if (news.method_done) news.method_done(result.methods.back());
  }

  void finish(MethodResult method, DenseAutoencoder& model) {
    method.train_error = reconstruction_error(model, result.train.X, engine.workers);
    method.test_codes = model.encode(result.test.X, engine.workers);
    method.test_reconstructions = model.decode(method.test_codes, engine.workers);
    finish(std::move(method));
  }

  FitOptions fit_options(std::size_t epochs, double rate, std::string label) const {
    const ComparisonOptions& o = result.options;
    FitOptions fit;
    fit.epochs = epochs;
    fit.batch_size = o.batch_size;
    fit.optimizer = o.optimizer;
    fit.learning_rate = rate;
    fit.schedule = o.schedule;
    fit.progress = news.progress;
    fit.label = std::move(label);
    return fit;
  }

  DenseAutoencoderOptions network(std::vector<std::size_t> sizes) const {
    const ComparisonOptions& o = result.options;
    DenseAutoencoderOptions options;
    options.sizes = std::move(sizes);
    options.hidden = o.hidden;
    options.code = o.code;
    options.output = o.output;
    options.loss = o.loss;
    options.penalties.decay = o.finetune_decay;
    return options;
  }

  // Every method's last stage: training of a whole network, watched on the test set.
  Curve train_whole(DenseAutoencoder& model, Rng& rng, std::size_t epochs, const std::string& label) {
    FitOptions fit = fit_options(epochs, result.options.finetune_rate, label);
    fit.validation = &result.test;
    return {label, train(model, result.train, rng, fit, engine)};
  }

  std::size_t all_epochs() const {
    const ComparisonOptions& o = result.options;
    return o.pretrain_epochs * (o.sizes.size() - 1) + o.finetune_epochs;
  }

  void run_pca() {
    const auto start = Clock::now();
    MethodResult method;
    method.name = "pca";
    result.pca = fit_pca(result.train.X, result.code_size(), engine.workers);
    method.seconds = seconds_since(start);
    method.train_error = squared_error_per_example(result.train.X, result.pca.reconstruct(result.train.X));
    method.test_codes = result.pca.transform(result.test.X);
    method.test_reconstructions = result.pca.inverse_transform(method.test_codes);
    finish(std::move(method));
  }

  void run_from_random_start(const std::string& name, std::vector<std::size_t> sizes, ComparisonStream stream,
                             DenseAutoencoder& model) {
    const auto start = Clock::now();
    MethodResult method;
    method.name = name;
    method.epochs = all_epochs();
    Rng rng(result.options.seed, stream);
    model = DenseAutoencoder(network(std::move(sizes)), rng);
    method.curves.push_back(train_whole(model, rng, method.epochs, name));
    method.seconds = seconds_since(start);
    finish(std::move(method), model);
  }

  std::vector<LayerPlan> layer_plans() const {
    const ComparisonOptions& o = result.options;
    const std::size_t layers = o.sizes.size() - 1;
    std::vector<LayerPlan> plans;
    for (std::size_t k = 1; k <= layers; ++k) {
      LayerPlan plan;
      plan.options = network({o.sizes[k]});
      plan.options.code = k == layers ? o.code : o.hidden;
      plan.options.output = k == 1 ? o.output : o.hidden;  // it reconstructs what the layer below gives
      plan.options.penalties = o.layer_penalties;
      if (k == layers && !is_unit_range(o.code) && !is_symmetric_range(o.code))
        plan.options.penalties.beta = 0;
      if (plan.options.output != Activation::sigmoid) plan.options.loss = Loss::half_mse;
      plan.corruption = o.layer_corruption;
      if (plan.corruption && k > 1) plan.corruption->low = is_symmetric_range(o.hidden) ? Real(-1) : Real(0);
      plan.fit = fit_options(o.pretrain_epochs, o.pretrain_rate, text("greedy, layer ", k, " of ", layers));
      plans.push_back(plan);
    }
    return plans;
  }

  void run_greedy() {
    const ComparisonOptions& o = result.options;
    const auto start = Clock::now();
    MethodResult method;
    method.name = "greedy";
    method.epochs = o.pretrain_epochs * (o.sizes.size() - 1);
    Rng rng(o.seed, greedy_stream);
    result.stages = pretrain_greedily(result.train, layer_plans(), rng, engine);
    if (news.progress != nullptr) news.progress->finish();
    for (std::size_t k = 0; k < result.stages.size(); ++k) {
      method.curves.push_back({text("layer ", k + 1), result.stages[k].history});
      if (news.stage_done) news.stage_done(k + 1, result.stages[k]);
    }
    result.deep = unroll(result.stages);
    method.seconds = seconds_since(start);
    finish(method, result.deep);

    const auto start_of_finetuning = Clock::now();
    method.name = "greedy_finetuned";
    method.epochs = all_epochs();
    result.deep.penalties.decay = o.finetune_decay;
    method.curves.push_back(train_whole(result.deep, rng, o.finetune_epochs, "fine-tuning"));
    method.seconds += seconds_since(start_of_finetuning);
    finish(std::move(method), result.deep);
  }
};

bool has_bounded_range(Activation f) {
  return is_unit_range(f) || is_symmetric_range(f);
}

void check_options(const TrainTest& data, const ComparisonOptions& o) {
  check(o.layer_penalties.beta == 0 || o.sizes.size() < 3 || has_bounded_range(o.hidden),
        "pretrain: sparse layers need sigmoid or tanh hidden units, not ", activation_name(o.hidden));
  check(o.sizes.size() >= 2, "pretrain: the layers need the features and a code, like 64-100-50-2");
  check(data.train.features() == o.sizes.front(), "pretrain: the data '", data.train.name, "' has ",
        data.train.features(), " features but the layers begin with ", o.sizes.front());
  check(o.sizes.back() <= data.train.features(), "pretrain: a code of ", o.sizes.back(), " numbers for ",
        data.train.features(), " features compresses nothing");
  check(data.test.size() > 0, "pretrain: the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows)");
}

}  // namespace

const MethodResult& Comparison::method(const std::string& name) const {
  const auto found =
      std::find_if(methods.begin(), methods.end(), [&](const MethodResult& m) { return m.name == name; });
  check(found != methods.end(), "comparison: there is no method '", name, "'");
  return *found;
}

Comparison compare_methods(const TrainTest& data, const ComparisonOptions& options, const Engine& engine,
                           const ComparisonCallbacks& news) {
  check_options(data, options);
  Run run{{}, engine, news};
  run.result.options = options;
  run.result.train = data.train;
  run.result.test = data.test;
  run.run_pca();
  run.run_from_random_start("shallow", {options.sizes.front(), options.sizes.back()}, shallow_stream,
                            run.result.shallow);
  run.run_from_random_start("deep_random", options.sizes, deep_random_stream, run.result.deep_random);
  run.run_greedy();
  return std::move(run.result);
}

Json results_json(const Comparison& c, const std::string& version, std::size_t threads) {
  Json methods = Json::array();
  for (const MethodResult& m : c.methods) {
    methods.push(Json::object({{"name", m.name},
                               {"train_error", m.train_error},
                               {"test_error", m.test_error},
                               {"epochs", m.epochs},
                               {"seconds", m.seconds}}));
  }
  Json stages = Json::array();
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    stages.push(Json::object({{"layer", k + 1},
                              {"inputs", stage.autoencoder.features()},
                              {"units", stage.autoencoder.code_size()},
                              {"trained_weights", stage.trained_weights},
                              {"error", stage.error}}));
  }
  Json layers = Json::array();
  for (std::size_t width : c.options.sizes) layers.push(width);
  Json json = Json::object({{"program", "strata"},
                            {"version", version},
                            {"command", "pretrain"},
                            {"real", real_name},
                            {"seed", c.options.seed},
                            {"threads", threads},
                            {"data", Json::object({{"name", c.train.name},
                                                   {"features", c.train.features()},
                                                   {"train", c.train.size()},
                                                   {"test", c.test.size()}})},
                            {"layers", layers},
                            {"code_size", c.code_size()},
                            {"error_unit", "squared error per example"},
                            {"methods", methods},
                            {"stages", stages}});
  if (c.options.layer_corruption) json["layer_corruption"] = corruption_to_json(*c.options.layer_corruption);
  return json;
}

}  // namespace strata
