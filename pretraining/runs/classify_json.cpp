#include "pretraining/runs/classify.hpp"

namespace strata {
namespace {

Json stages_json(const ClassifyResults& c) {
  Json stages = Json::array();
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    stages.push(Json::object({{"layer", k + 1},
                              {"inputs", stage.autoencoder.features()},
                              {"units", stage.autoencoder.code_size()},
                              {"trained_weights", stage.trained_weights},
                              {"epochs", stage.history.epochs.size()},
                              {"error", stage.error},
                              {"seconds", stage.history.seconds}}));
  }
  return stages;
}

// Of each epoch, or iteration.
Json training_json(const TrainedClassifier& trained) {
  Json losses = Json::array();
  for (const EpochRecord& record : trained.training.history.epochs) losses.push(record.loss);
  return Json::object({{"epochs", trained.training.history.epochs.size()},
                       {"train_accuracy", trained.train_accuracy},
                       {"test_accuracy", trained.test_accuracy},
                       {"seconds", trained.seconds},
                       {"loss_by_epoch", losses},
                       {"test_accuracy_by_epoch", json_list(trained.training.test_accuracy)}});
}

Json few_labels_json(const ClassifyResults& c) {
  Json rows = Json::array();
  for (const FewLabelsRow& row : c.few_labels) {
    Json one = Json::object({{"labels", row.labels}});
    for (std::size_t m = 0; m < row.scores.size(); ++m) {
      const FewLabelsScore& score = row.scores[m];
      one[few_label_methods()[m]] = Json::object({{"mean", score.mean()},
                                                  {"deviation", score.deviation()},
                                                  {"draws", json_list(score.accuracies)}});
    }
    rows.push(one);
  }
  return rows;
}

Json confusion_json(const ClassifyResults& c, const TrainedClassifier& trained) {
  Json rows = Json::array();
  for (const auto& counts : confusion_matrix(c.data.test.labels, trained.predicted, c.classes))
    rows.push(json_list(counts));
  return rows;
}

}  // namespace

Json classify_results_json(const ClassifyResults& c, const RunFacts& facts) {
  const ClassifyOptions& o = c.options;
  Json json = results_head_json("classify", facts, o.seed, c.data.train, c.data.test);
  json["data"]["classes"] = c.classes;
  json["layers"] = json_list(c.after.model.sizes());
  json["layer_kind"] = o.layer_kind;
  json["test_accuracy_before"] = c.before.test_accuracy;
  json["test_accuracy_after"] = c.after.test_accuracy;
  json["test_accuracy_random_start"] = c.random_start.test_accuracy;
  json["seconds"] = c.pretraining_seconds + c.before.seconds + c.after.seconds;
  json["pretraining_seconds"] = c.pretraining_seconds;
  json["stages"] = stages_json(c);
  json["before"] = training_json(c.before);
  json["after"] = training_json(c.after);
  json["random_start"] = training_json(c.random_start);
  json["confusion_before"] = confusion_json(c, c.before);
  json["confusion_after"] = confusion_json(c, c.after);
  json["few_labels"] = few_labels_json(c);
  json["few_labels_seconds"] = c.few_labels_seconds;
  return json;
}

}  // namespace strata
