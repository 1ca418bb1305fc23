#include "pretraining/runs/pretrain.hpp"

#include <algorithm>
#include <utility>

#include "core/clock.hpp"
#include "pretraining/baselines/nearest_neighbours.hpp"

namespace strata {
namespace {

struct Run {
  PretrainResults result;
  const Engine& engine;
  const PretrainCallbacks& callbacks;

  // How well the codes keep the classes apart; `neighbours` are the codes of the rows chosen for
  // it.
  void ask_neighbours(MethodResult& method, const Tensor& neighbours) {
    std::vector<int> classes;
    for (std::size_t i : result.neighbour_rows) classes.push_back(result.train.labels[i]);
    method.neighbour_accuracy =
        neighbour_accuracy(neighbours, classes, method.test_codes, result.test.labels,
                           voting_neighbours, engine.workers);
  }

  bool judges_neighbours() const { return !result.neighbour_rows.empty(); }
  Tensor neighbour_examples() const { return rows_at(result.train.X, result.neighbour_rows); }

  void finish(MethodResult method) {
    method.test_error = squared_error_per_example(result.test.X, method.test_reconstructions);
    result.methods.push_back(std::move(method));
    engine.listeners.clear_line();
    if (callbacks.method_done) callbacks.method_done(result.methods.back());
  }

  void finish(MethodResult method, DenseAutoencoder& model) {
    method.train_error = reconstruction_error(model, result.train.X, engine.workers);
    method.idle = idle_units(model.encode(result.train.X, engine.workers));
    method.test_codes = model.encode(result.test.X, engine.workers);
    method.test_reconstructions = model.decode(method.test_codes, engine.workers);
    if (judges_neighbours())
      ask_neighbours(method, model.encode(neighbour_examples(), engine.workers));
    finish(std::move(method));
  }

  // Every method's last stage: training of a whole network, watched on the test set.
  Curve train_whole(DenseAutoencoder& model, Rng& rng, std::size_t epochs, const std::string& label,
                    const std::string& stage) {
    Curve curve;
    FitOptions fit = result.options.fine_tuning;
    fit.epochs = epochs;
    fit.label = label;
    fit.after_epoch = [&](const EpochRecord&) {
      curve.test_errors.push_back(reconstruction_error(model, result.test.X, engine.workers));
      return true;
    };
    fit.stage = stage;
    fit.remember = [&curve](State& state) { state.numbers("test_errors", curve.test_errors); };
    curve.history = train(model, result.train, rng, fit, engine);
    return curve;
  }

  // Of training in runs of the program that were stopped and resumed.
  static double earlier_seconds(const MethodResult& method) {
    double sum = 0;
    for (const Curve& curve : method.curves) sum += curve.history.earlier_seconds;
    return sum;
  }

  std::size_t all_epochs() const {
    const PretrainOptions& o = result.options;
    return o.pretrain_epochs * (o.sizes.size() - 1) + o.fine_tuning.epochs;
  }

  void run_pca() {
    const auto start = Clock::now();
    MethodResult method{.name = "pca"};
    result.pca = fit_pca(result.train.X, result.code_size(), engine.workers);
    method.seconds = seconds_since(start);
    method.train_error =
        squared_error_per_example(result.train.X, result.pca.reconstruct(result.train.X));
    method.test_codes = result.pca.transform(result.test.X);
    method.test_reconstructions = result.pca.inverse_transform(method.test_codes);
    if (judges_neighbours()) ask_neighbours(method, result.pca.transform(neighbour_examples()));
    finish(std::move(method));
  }

  void run_logistic_pca() {
    const auto start = Clock::now();
    LogisticPcaFit fit =
        fit_logistic_pca(result.train.X, result.code_size(), {}, engine.workers, engine.listeners);
    MethodResult method{.name = "logistic_pca"};
    method.seconds = seconds_since(start) + fit.earlier_seconds;
    method.iterations = fit.iterations();
    method.train_error =
        squared_error_per_example(result.train.X, fit.model.inverse_transform(fit.codes));
    method.test_codes = fit.model.transform(result.test.X, engine.workers);
    method.test_reconstructions = fit.model.inverse_transform(method.test_codes);
    if (judges_neighbours()) ask_neighbours(method, rows_at(fit.codes, result.neighbour_rows));
    result.logistic_pca = std::move(fit.model);
    finish(std::move(method));
  }

  DenseAutoencoder run_from_random_start(const std::string& name, std::vector<std::size_t> sizes,
                                         PretrainStream stream) {
    const auto start = Clock::now();
    MethodResult method{.name = name, .epochs = all_epochs()};
    Rng rng(result.options.seed, stream);
    DenseAutoencoder model(network_options(result.options, std::move(sizes)), rng);
    method.curves.push_back(train_whole(model, rng, method.epochs, name, name));
    method.seconds = seconds_since(start) + earlier_seconds(method);
    finish(std::move(method), model);
    return model;
  }

  // The names of the main way's methods do not mention it.
  void run_greedy(const Way& way, bool main) {
    const PretrainOptions& o = result.options;
    const auto start = Clock::now();
    MethodResult method{.name = main ? "greedy" : text("greedy_", way.name),
                        .way = way.name,
                        .epochs = o.pretrain_epochs * o.stack().layers};
    Rng rng(o.seed, way.stream);
    std::vector<GreedyStage>& stages = result.stages[way.name];
    stages = pretrain_greedily(result.train, layer_plans(o, way), rng, engine);
    engine.listeners.clear_line();
    for (std::size_t k = 0; k < stages.size(); ++k) {
      method.curves.push_back({stages[k].history});
      if (callbacks.stage_done) callbacks.stage_done(k + 1, stages[k]);
    }
    DenseAutoencoder deep = unroll(stages);
    method.seconds = seconds_since(start) + earlier_seconds(method);
    finish(method, deep);

    const auto start_of_finetuning = Clock::now();
    method.name += "_finetuned";
    method.epochs = all_epochs();
    deep.penalties.decay = o.finetune_decay;
    method.curves.push_back(
        train_whole(deep, rng, o.fine_tuning.epochs, "fine-tuning", method.name));
    method.seconds +=
        seconds_since(start_of_finetuning) + method.curves.back().history.earlier_seconds;
    finish(std::move(method), deep);
    if (!main) return;
    result.deep = std::move(deep);
    if (callbacks.deep_done) callbacks.deep_done(result.deep);
  }
};

}  // namespace

PretrainResults run_pretrain(const TrainTest& data, const PretrainOptions& options,
                             const Engine& engine, const PretrainCallbacks& callbacks) {
  check_pretrain(data, options);
  Run run{{}, engine, callbacks};
  run.result.options = options;
  run.result.train = data.train;
  run.result.test = data.test;
  run.result.of_means = errors_of_means(data);
  if (data.train.has_labels() && data.test.has_labels() && data.train.size() >= voting_neighbours)
    run.result.neighbour_rows = evenly_chosen(data.train.size(), most_neighbour_rows);
  run.run_pca();
  run.result.no_logistic_pca = objection_to_logistic_pca(data, run.result.code_size());
  if (run.result.no_logistic_pca.empty()) run.run_logistic_pca();
  run.result.shallow = run.run_from_random_start(
      "shallow", {options.sizes.front(), options.sizes.back()}, shallow_stream);
  if (options.random_start)
    run.run_from_random_start("deep_random", options.sizes, deep_random_stream);
  for (const std::string& way : options.ways)
    run.run_greedy(way_named(way), way == options.ways.front());
  return std::move(run.result);
}

// ---- what was found, by name and as results.json
namespace {

// `stage` is 0 before fine-tuning and 1 after it.
const MethodResult& method_of_way(const PretrainResults& c, const std::string& way,
                                  std::size_t stage) {
  for (const MethodResult& m : c.methods) {
    if (m.way == way && stage-- == 0) return m;
  }
  throw Error(text("pretrain: no layers were pretrained in the way '", way, "'"));
}

Json method_json(const PretrainResults& c, const MethodResult& m) {
  Json json = Json::object({{"name", m.name},
                            {"train_error", m.train_error},
                            {"test_error", m.test_error},
                            {"explained", c.explained(m)},
                            {"epochs", m.epochs},
                            {"seconds", m.seconds}});
  if (m.iterations > 0) json["iterations"] = m.iterations;
  if (m.neighbour_accuracy) json["neighbour_accuracy"] = *m.neighbour_accuracy;
  if (!m.way.empty()) json["layer_kind"] = m.way;
  if (!m.curves.empty() && !m.curves.back().test_errors.empty())
    json["test_errors"] = json_list(m.curves.back().test_errors);
  return json;
}

Json stages_json(const PretrainResults& c) {
  Json stages = Json::array();
  for (const std::string& way : c.options.ways) {
    const std::vector<GreedyStage>& of_way = c.stages_of(way);
    for (std::size_t k = 0; k < of_way.size(); ++k) {
      const GreedyStage& stage = of_way[k];
      stages.push(Json::object({{"layer_kind", way},
                                {"layer", k + 1},
                                {"inputs", stage.autoencoder->features()},
                                {"units", stage.autoencoder->code_size()},
                                {"trained_weights", stage.trained_weights},
                                {"error", stage.error}}));
    }
  }
  return stages;
}

}  // namespace

const MethodResult& PretrainResults::method(const std::string& name) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const MethodResult& m) { return m.name == name; });
  check(found != methods.end(), "pretrain: there is no method '", name, "'");
  return *found;
}

const MethodResult& PretrainResults::pretrained(const std::string& way) const {
  return method_of_way(*this, way, 0);
}

const MethodResult& PretrainResults::finetuned(const std::string& way) const {
  return method_of_way(*this, way, 1);
}

const std::vector<GreedyStage>& PretrainResults::stages_of(const std::string& way) const {
  const auto found = stages.find(way);
  check(found != stages.end(), "pretrain: no layers were pretrained in the way '", way, "'");
  return found->second;
}

std::vector<std::string> PretrainResults::remarks() const {
  std::vector<Remarks> all;
  for (const MethodResult& m : methods) {
    if (m.curves.empty() || m.curves.back().test_errors.empty()) continue;
    all.push_back({m.name, remarks_on({.train_error = m.train_error,
                                       .test_error = m.test_error,
                                       .of_means = of_means,
                                       .has_test = true,
                                       .idle = m.idle,
                                       .history = &m.curves.back().history,
                                       .may_come_to_rest = true})});
  }
  return joined(all);
}

Json pretrain_results_json(const PretrainResults& c, const RunFacts& facts) {
  Json methods = Json::array();
  for (const MethodResult& m : c.methods) methods.push(method_json(c, m));
  Json json = results_head_json("pretrain", facts, c.options.seed, c.train, c.test);
  json["layers"] = json_list(c.options.sizes);
  json["code_size"] = c.code_size();
  json["error_unit"] = "squared error per example";
  json["train_error_of_means"] = c.of_means.train;
  json["test_error_of_means"] = c.of_means.test;
  json["methods"] = methods;
  json["remarks"] = json_list(c.remarks());
  json["stages"] = stages_json(c);
  if (!c.neighbour_rows.empty()) {
    json["neighbours"] = voting_neighbours;
    json["neighbour_rows"] = c.neighbour_rows.size();
  }
  if (c.options.pretrains("denoising"))
    json["layer_corruption"] = corruption_to_json(c.options.layer.corruption);
  return json;
}

}  // namespace strata
