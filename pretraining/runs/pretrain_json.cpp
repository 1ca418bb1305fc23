// results.json: compare.hpp.

#include "pretraining/runs/pretrain.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata {

namespace {

Json method_json(const MethodResult& m) {
  Json json = Json::object({{"name", m.name},
                            {"train_error", m.train_error},
                            {"test_error", m.test_error},
                            {"epochs", m.epochs},
                            {"seconds", m.seconds}});
  if (m.iterations > 0) json["iterations"] = m.iterations;
  if (m.neighbour_accuracy) json["neighbour_accuracy"] = *m.neighbour_accuracy;
  if (!m.way.empty()) json["layer_kind"] = m.way;
  if (!m.curves.empty() && !m.curves.back().test_errors.empty()) {
    Json errors = Json::array();
    for (double error : m.curves.back().test_errors) errors.push(error);
    json["test_errors"] = errors;
  }
  return json;
}

Json stages_json(const Comparison& c) {
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

Json results_json(const Comparison& c, const std::string& version, std::size_t threads) {
  Json methods = Json::array();
  for (const MethodResult& m : c.methods) methods.push(method_json(m));
  Json layers = Json::array();
  for (std::size_t width : c.options.sizes) layers.push(width);
  Json json = results_head_json(
      {.command = "pretrain", .version = version, .seed = c.options.seed, .threads = threads},
      c.train, c.test);
  json["layers"] = layers;
  json["code_size"] = c.code_size();
  json["error_unit"] = "squared error per example";
  json["methods"] = methods;
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
