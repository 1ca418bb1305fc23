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
    Curve curve;
    curve.label = label;
    FitOptions fit = fit_options(epochs, result.options.finetune_rate, label);
    fit.steps_a_batch = result.options.steps_a_batch;
    fit.after_epoch = [&](const EpochRecord&) {
      curve.test_errors.push_back(reconstruction_error(model, result.test.X, engine.workers));
      return true;
    };
    curve.history = train(model, result.train, rng, fit, engine);
    return curve;
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

  FitOptions layer_fit_options(const std::string& label) const {
    const ComparisonOptions& o = result.options;
    FitOptions fit = fit_options(o.pretrain_epochs, o.pretrain_rate, label);
    if (o.optimizer.kind == "lbfgs") {  // it suits large batches, of which a layer would see too few
      fit.optimizer = {};
      fit.schedule = {.kind = "one_cycle"};
      fit.batch_size = 32;
    }
    if (o.pretrain_batch_size > 0) fit.batch_size = o.pretrain_batch_size;
    return fit;
  }

  std::vector<LayerPlan> layer_plans(const LayerKind& kind) const {
    const ComparisonOptions& o = result.options;
    const LayerStack stack = o.stack();
    std::vector<LayerPlan> plans;
    for (std::size_t k = 1; k <= stack.layers; ++k) {
      LayerPlan plan;
      plan.options = network({o.sizes[k]});
      plan.options.code = k == stack.layers ? o.code : o.hidden;
      plan.options.output = k == 1 ? o.output : o.hidden;  // it reconstructs what the layer below gives
      plan.options.penalties = {.l1 = o.layer_l1};
      if (plan.options.output != Activation::sigmoid) plan.options.loss = Loss::half_mse;
      plan.fit = layer_fit_options(text(kind.name, " layer ", k, " of ", stack.layers));
      kind.set(plan, k, stack, o.layer);
      plans.push_back(plan);
    }
    return plans;
  }

  // The names of the main kind's methods do not say the kind.
  void run_greedy(const LayerKind& kind, bool main) {
    const ComparisonOptions& o = result.options;
    const auto start = Clock::now();
    MethodResult method;
    method.name = main ? "greedy" : text("greedy_", kind.name);
    method.layer_kind = kind.name;
    method.epochs = o.pretrain_epochs * o.stack().layers;
    Rng rng(o.seed, kind.stream);
    PretrainedStack stack;
    stack.layer_kind = kind.name;
    stack.stages = pretrain_greedily(result.train, layer_plans(kind), rng, engine);
    if (news.progress != nullptr) news.progress->finish();
    for (std::size_t k = 0; k < stack.stages.size(); ++k) {
      method.curves.push_back({text("layer ", k + 1), stack.stages[k].history});
      if (news.stage_done) news.stage_done(k + 1, stack.stages[k]);
    }
    stack.deep = unroll(stack.stages);
    method.seconds = seconds_since(start);
    finish(method, stack.deep);

    const auto start_of_finetuning = Clock::now();
    method.name += "_finetuned";
    method.epochs = all_epochs();
    stack.deep.penalties.decay = o.finetune_decay;
    method.curves.push_back(train_whole(stack.deep, rng, o.finetune_epochs, "fine-tuning"));
    method.seconds += seconds_since(start_of_finetuning);
    finish(std::move(method), stack.deep);
    keep(std::move(stack), main);
  }

  void keep(PretrainedStack stack, bool main) {
    if (!main) return result.further.push_back(std::move(stack));
    result.stages = std::move(stack.stages);
    result.deep = std::move(stack.deep);
  }
};

void check_options(const TrainTest& data, const ComparisonOptions& o) {
  check(o.sizes.size() >= 2, "pretrain: the layers need the features and a code, like 64-100-50-2");
  check(!o.layer_kinds.empty(), "pretrain: no kind of layer is named");
  for (const std::string& name : o.layer_kinds) {
    const std::string objection = layer_kind_named(name).objection(o.stack());
    check(objection.empty(), "pretrain: ", objection);
    check(std::count(o.layer_kinds.begin(), o.layer_kinds.end(), name) == 1, "pretrain: the kind of layer ",
          name, " is named twice");
  }
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

// `stage` is 0 before fine-tuning and 1 after it.
static const MethodResult& method_of_kind(const Comparison& c, const std::string& layer_kind,
                                          std::size_t stage) {
  for (const MethodResult& m : c.methods) {
    if (m.layer_kind == layer_kind && stage-- == 0) return m;
  }
  throw Error(text("comparison: no layers of the kind '", layer_kind, "' were pretrained"));
}

const MethodResult& Comparison::pretrained(const std::string& layer_kind) const {
  return method_of_kind(*this, layer_kind, 0);
}

const MethodResult& Comparison::finetuned(const std::string& layer_kind) const {
  return method_of_kind(*this, layer_kind, 1);
}

const std::vector<GreedyStage>& Comparison::stages_of(const std::string& layer_kind) const {
  for (const PretrainedStack& stack : further) {
    if (stack.layer_kind == layer_kind) return stack.stages;
  }
  check(!options.layer_kinds.empty() && options.layer_kinds.front() == layer_kind,
        "comparison: no layers of the kind '", layer_kind, "' were pretrained");
  return stages;
}

bool ComparisonOptions::pretrains(const std::string& layer_kind) const {
  return std::find(layer_kinds.begin(), layer_kinds.end(), layer_kind) != layer_kinds.end();
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
  for (const std::string& kind : options.layer_kinds)
    run.run_greedy(layer_kind_named(kind), kind == options.layer_kinds.front());
  return std::move(run.result);
}

}  // namespace strata
