#include "pretraining/runs/classify.hpp"
#include "pretraining/runs/results_head.hpp"

namespace strata {
namespace {

Json stages_json(const Classification& c) {
  Json stages = Json::array();
  for (std::size_t k = 0; k < c.stages.size(); ++k) {
    const GreedyStage& stage = c.stages[k];
    stages.push(Json::object({{"layer", k + 1},
                              {"inputs", stage.autoencoder->features()},
                              {"units", stage.autoencoder->code_size()},
                              {"trained_weights", stage.trained_weights},
                              {"epochs", stage.history.epochs.size()},
                              {"error", stage.error},
                              {"seconds", stage.history.seconds}}));
  }
  return stages;
}

// Of each epoch, or iteration.
Json training_json(const TrainedClassifier& trained) {
  Json losses = Json::array(), test_accuracies = Json::array();
  for (const EpochRecord& record : trained.training.history.epochs) losses.push(record.loss);
  for (const double one : trained.training.test_accuracy) test_accuracies.push(one);
  return Json::object({{"epochs", trained.training.history.epochs.size()},
                       {"train_accuracy", trained.train_accuracy},
                       {"test_accuracy", trained.test_accuracy},
                       {"seconds", trained.seconds},
                       {"loss_by_epoch", losses},
                       {"test_accuracy_by_epoch", test_accuracies}});
}

Json few_labels_json(const Classification& c) {
  Json rows = Json::array();
  for (const FewLabelsRow& row : c.few_labels) {
    Json one = Json::object({{"labels", row.labels}});
    for (std::size_t m = 0; m < row.scores.size(); ++m) {
      const FewLabelsScore& score = row.scores[m];
      Json draws = Json::array();
      for (const double accuracy_of_draw : score.accuracies) draws.push(accuracy_of_draw);
      one[few_label_methods()[m]] = Json::object(
          {{"mean", score.mean()}, {"deviation", score.deviation()}, {"draws", draws}});
    }
    rows.push(one);
  }
  return rows;
}

Json confusion_json(const Classification& c, const TrainedClassifier& trained) {
  Json rows = Json::array();
  for (const auto& counts : confusion_matrix(c.data.test.labels, trained.predicted, c.classes)) {
    Json row = Json::array();
    for (const std::size_t count : counts) row.push(count);
    rows.push(row);
  }
  return rows;
}

}  // namespace

Json classification_json(const Classification& c, const std::string& version, std::size_t threads) {
  const ClassificationOptions& o = c.options;
  Json layers = Json::array();
  for (const std::size_t width : c.after.model.sizes()) layers.push(width);
  const double seconds = c.pretraining_seconds + c.before.seconds + c.after.seconds;
  Json json = results_head_json(
      {.command = "classify", .version = version, .seed = o.seed, .threads = threads}, c.data.train,
      c.data.test);
  json["data"]["classes"] = c.classes;
  json["layers"] = layers;
  json["layer_kind"] = o.way;
  json["test_accuracy_before"] = c.before.test_accuracy;
  json["test_accuracy_after"] = c.after.test_accuracy;
  json["test_accuracy_random_start"] = c.random_start.test_accuracy;
  json["seconds"] = seconds;
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
