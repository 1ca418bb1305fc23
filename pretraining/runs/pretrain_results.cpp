// What a run found, by name and as results.json: pretrain.hpp.

#include <algorithm>

#include "pretraining/runs/pretrain.hpp"

namespace strata {
namespace {

// `stage` is 0 before fine-tuning and 1 after it.
const MethodResult& method_of_kind(const PretrainResults& c, const std::string& layer_kind,
                                   std::size_t stage) {
  for (const MethodResult& m : c.methods) {
    if (m.layer_kind == layer_kind && stage-- == 0) return m;
  }
  throw Error(text("pretrain: no layers of the kind '", layer_kind, "' were pretrained"));
}

}  // namespace

const MethodResult& PretrainResults::method(const std::string& name) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const MethodResult& m) { return m.name == name; });
  check(found != methods.end(), "pretrain: there is no method '", name, "'");
  return *found;
}

const MethodResult& PretrainResults::pretrained(const std::string& layer_kind) const {
  return method_of_kind(*this, layer_kind, 0);
}

const MethodResult& PretrainResults::finetuned(const std::string& layer_kind) const {
  return method_of_kind(*this, layer_kind, 1);
}

const std::vector<GreedyStage>& PretrainResults::stages_of(const std::string& layer_kind) const {
  for (const PretrainedStack& stack : further) {
    if (stack.layer_kind == layer_kind) return stack.stages;
  }
  check(!options.layer_kinds.empty() && options.layer_kinds.front() == layer_kind,
        "pretrain: no layers of the kind '", layer_kind, "' were pretrained");
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
  if (!m.layer_kind.empty()) json["layer_kind"] = m.layer_kind;
  if (!m.curves.empty() && !m.curves.back().test_errors.empty())
    json["test_errors"] = json_list(m.curves.back().test_errors);
  return json;
}

Json stages_json(const PretrainResults& c) {
  Json stages = Json::array();
  for (const std::string& kind : c.options.layer_kinds) {
    const std::vector<GreedyStage>& of_kind = c.stages_of(kind);
    for (std::size_t k = 0; k < of_kind.size(); ++k) {
      const GreedyStage& stage = of_kind[k];
      stages.push(Json::object({{"layer_kind", kind},
                                {"layer", k + 1},
                                {"inputs", stage.autoencoder.features()},
                                {"units", stage.autoencoder.code_size()},
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
