// What a run found, by name and as results.json: pretrain.hpp.

#include <algorithm>

#include "pretraining/runs/pretrain.hpp"

namespace strata {
namespace {

// `stage` is 0 before fine-tuning and 1 after it.
const MethodResult& method_of_way(const PretrainResults& c, const std::string& way,
                                  std::size_t stage) {
  for (const MethodResult& m : c.methods) {
    if (m.way == way && stage-- == 0) return m;
  }
  throw Error(text("pretrain: no layers were pretrained in the way '", way, "'"));
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
  for (const PretrainedStack& stack : further) {
    if (stack.way == way) return stack.stages;
  }
  check(!options.ways.empty() && options.ways.front() == way,
        "pretrain: no layers were pretrained in the way '", way, "'");
  return stages;
}

// ---- results.json

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

Json pretrain_results_json(const PretrainResults& c, const RunFacts& facts) {
  Json methods = Json::array();
  for (const MethodResult& m : c.methods) methods.push(method_json(m));
  Json json = results_head_json("pretrain", facts, c.options.seed, c.train, c.test);
  json["layers"] = json_list(c.options.sizes);
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
