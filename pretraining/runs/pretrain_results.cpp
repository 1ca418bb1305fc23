// What a comparison found, by name: compare.hpp.

#include <algorithm>

#include "pretraining/runs/pretrain.hpp"

namespace strata {
namespace {

// `stage` is 0 before fine-tuning and 1 after it.
const MethodResult& method_of_way(const Comparison& c, const std::string& way, std::size_t stage) {
  for (const MethodResult& m : c.methods) {
    if (m.way == way && stage-- == 0) return m;
  }
  throw Error(text("comparison: no layers were pretrained in the way '", way, "'"));
}

}  // namespace

ComparisonOptions usual_comparison(std::size_t examples) {
  ComparisonOptions usual;
  if (examples < many_examples) return usual;
  usual.batch_size = 100;
  usual.pretrain_epochs = 5;
  usual.finetune_epochs = 60;
  usual.pretrain_rate = 0.003;
  usual.finetune_rate = 0.002;
  usual.finetune_decay = Real(5e-5);
  return usual;
}

std::string objection_to_logistic_pca(const TrainTest& data, std::size_t code_size) {
  if (!suits_logistic_pca(data.train.X) || !suits_logistic_pca(data.test.X))
    return "it needs data in [0, 1]";
  if (code_size <= longest_logistic_code) return "";
  return text("its time grows with the square of the code, and ", code_size,
              " numbers are more than ", longest_logistic_code);
}

const MethodResult& Comparison::method(const std::string& name) const {
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const MethodResult& m) { return m.name == name; });
  check(found != methods.end(), "comparison: there is no method '", name, "'");
  return *found;
}

const MethodResult& Comparison::pretrained(const std::string& way) const {
  return method_of_way(*this, way, 0);
}

const MethodResult& Comparison::finetuned(const std::string& way) const {
  return method_of_way(*this, way, 1);
}

const std::vector<GreedyStage>& Comparison::stages_of(const std::string& way) const {
  for (const PretrainedStack& stack : further) {
    if (stack.way == way) return stack.stages;
  }
  check(!options.ways.empty() && options.ways.front() == way,
        "comparison: no layers were pretrained in the way '", way, "'");
  return stages;
}

bool ComparisonOptions::pretrains(const std::string& way) const {
  return std::find(ways.begin(), ways.end(), way) != ways.end();
}

}  // namespace strata
