// What the options stand for: pretrain.hpp.

#include <algorithm>
#include <utility>

#include "pretraining/runs/pretrain.hpp"

namespace strata {

PretrainOptions usual_pretrain_options(std::size_t examples) {
  PretrainOptions usual;
  if (examples < many_examples) return usual;
  usual.fine_tuning.batch_size = 100;
  usual.pretrain_epochs = 5;
  usual.fine_tuning.epochs = 60;
  usual.pretrain_rate = 0.003;
  usual.fine_tuning.learning_rate = 0.002;
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

bool PretrainOptions::pretrains(const std::string& way) const {
  return std::find(ways.begin(), ways.end(), way) != ways.end();
}

void check_pretrain(const TrainTest& data, const PretrainOptions& o) {
  check(o.sizes.size() >= 2, "pretrain: the layers need the features and a code, like 64-100-50-2");
  check(!o.ways.empty(), "pretrain: no way to pretrain its layers is named");
  for (const std::string& name : o.ways) {
    const std::string objection = way_named(name).objection(o.stack());
    check(objection.empty(), "pretrain: ", objection);
    check(std::count(o.ways.begin(), o.ways.end(), name) == 1, "pretrain: the way ", name,
          " is named twice");
  }
  check(o.layer_l1 == 0 || !o.pretrains("rbm"),
        "pretrain: rbm layers have no L1 term (leave one of them out)");
  check(data.train.features() == o.sizes.front(), "pretrain: the data '", data.train.name, "' has ",
        data.train.features(), " features but the layers begin with ", o.sizes.front());
  check(o.sizes.back() <= data.train.features(), "pretrain: a code of ", o.sizes.back(),
        " numbers for ", data.train.features(), " features compresses nothing");
  check(data.test.size() > 0, "pretrain: the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows, or a test set of its own: --test)");
}

DenseAutoencoderOptions network_options(const PretrainOptions& o, std::vector<std::size_t> sizes) {
  return {.sizes = std::move(sizes),
          .hidden = o.hidden,
          .code = o.code,
          .output = o.output,
          .loss = o.loss,
          .penalties = {.decay = o.finetune_decay}};
}

FitOptions layer_fit_options(const PretrainOptions& o) {
  FitOptions fit = o.fine_tuning;
  fit.epochs = o.pretrain_epochs;
  fit.steps_a_batch = 1;
  fit.learning_rate = o.pretrain_rate;
  if (fit.optimizer.kind == OptimizerKind::lbfgs) {
    // It suits large batches, of which a layer would see too few
    fit.optimizer = {};
    fit.schedule = {.kind = ScheduleKind::one_cycle};
    fit.batch_size = 32;
  }
  if (o.pretrain_batch_size > 0) fit.batch_size = o.pretrain_batch_size;
  return fit;
}

std::vector<LayerPlan> layer_plans(const PretrainOptions& o, const Way& way) {
  const LayerStack stack = o.stack();
  std::vector<LayerPlan> plans;
  for (std::size_t k = 1; k <= stack.layers; ++k) {
    LayerPlan plan;
    plan.options = network_options(o, {o.sizes[k]});
    plan.options.code = k == stack.layers ? o.code : o.hidden;
    // It reconstructs what the layer below gives
    plan.options.output = k == 1 ? o.output : o.hidden;
    plan.options.penalties = {.l1 = o.layer_l1};
    if (plan.options.output != Activation::sigmoid) plan.options.loss = Loss::half_mse;
    plan.fit = layer_fit_options(o);
    plan.fit.label = text(way.name, " layer ", k, " of ", stack.layers);
    way.set(plan, k, stack, o.layer);
    plans.push_back(plan);
  }
  return plans;
}

}  // namespace strata
