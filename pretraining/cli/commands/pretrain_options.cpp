#include "pretraining/cli/commands/pretrain_options.hpp"

#include <algorithm>

#include "pretraining/classifier/classifier.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/way_options.hpp"

namespace strata::cli {

CommandLine pretrain_command_line() {
  const PretrainOptions d = usual_pretrain_options(0),
                        large = usual_pretrain_options(many_examples);
  const auto usual = [](const auto& few, const auto& many) {
    return text(" (default: ", few, "; from ", many_examples, " examples on ", many, ")");
  };
  const std::vector<OptionSpec> stack = {
      {"layers", "D-…-K", "",
       "layer sizes from the features to the code (default: the features, then 100-50-2)"},
      {"layer-kind", "KINDS", "",
       "how each layer is pretrained: plain, sparse (--rho, --beta; a linear code stays plain), "
       "denoising "
       "(--corruption, --noise), rbm (--cd, --persistent), several of them with commas between, or "
       "all. The "
       "first is the main one: greedy and greedy_finetuned in the table, and the model that is "
       "saved "
       "(default: plain; from 10000 examples in [0, 1] on, where the units are sigmoid or linear, "
       "rbm)"}};
  const std::vector<OptionSpec> of_networks = {
      {"l1", "W", "0", "weight of the L1 term on each layer's code while it is pretrained"},
      {"hidden-activation", "F", "sigmoid", "of the hidden layers"},
      {"code", "F", "linear", "activation of the code"},
      {"output", "F", "sigmoid", "activation of the output"},
      {"loss", "LOSS", "bce", "half_mse or bce"},
      {"pretrain-epochs", "N", "",
       "passes over the training rows for each layer" +
           usual(d.pretrain_epochs, large.pretrain_epochs)},
      {"epochs", "N", "",
       "passes of fine-tuning" + usual(d.finetune_epochs, large.finetune_epochs)},
      {"batch", "N", "",
       "examples a batch" + usual(d.batch_size, large.batch_size) + "; lbfgs: 1000"},
      {"pretrain-batch", "N", "",
       "examples a batch of pretraining (default: --batch; beside lbfgs 32)"},
      {"steps-a-batch", "N", "",
       "steps on a batch before the next one (default: 1; lbfgs on a part of the data: 3)"},
      {"pretrain-rate", "R", "",
       "learning rate of pretraining" + usual(d.pretrain_rate, large.pretrain_rate) + "; " +
           usual_rbm_rates() + ", of linear units " + number_text(d.layer.rbm_rate_of_linear)},
      {"rate", "R", "",
       "learning rate of fine-tuning" + usual(d.finetune_rate, large.finetune_rate) + "; lbfgs: 1"},
      {"optimizer", "NAME", "adam",
       "sgd momentum nesterov adagrad rmsprop adam adamw lbfgs. lbfgs fine-tunes; the layers are "
       "then "
       "pretrained with adam"},
      {"schedule", "NAME", "one_cycle",
       "of the learning rate: constant step cosine one_cycle (lbfgs: constant)"},
      {"decay", "W", "",
       "weight of the L2 term in fine-tuning" + usual(d.finetune_decay, large.finetune_decay)},
      {"no-random-start", "", "",
       "leave out deep_random, the deep autoencoder from a random start, which trains as long as "
       "the "
       "pretrained one"},
      {"classify", "", "",
       "also put a softmax on the stack and fine-tune it through every layer (labels needed)"},
      {"out", "FOLDER", "build/report", "where results.json, report.html and model.safetensors go"},
      {"save", "FILE", "", "the fine-tuned model once more, under another name"}};
  return {"strata pretrain [options]",
          "Compresses the data in several ways, PCA, a shallow and a deep autoencoder from a "
          "random start, "
          "and greedy layer-wise pretraining before and after fine-tuning, with one kind of layer "
          "or several "
          "side by side, and writes a report.",
          {},
          join({data_specs(), stack, way_specs(d.layer), of_networks, checkpoint_specs(),
                machine_specs(), json_specs()}),
          0,
          0};
}

namespace {

// Restricted Boltzmann machines give many examples the better start; they need units and data that
// suit them.
std::string usual_way(const Options& o, const Dataset& train, const PretrainOptions& c) {
  const bool in_unit_range = std::all_of(train.X.values.begin(), train.X.values.end(),
                                         [](Real x) { return x >= 0 && x <= 1; });
  const bool rbm = train.size() >= many_examples && in_unit_range && !o.given("l1") &&
                   way_named("rbm").objection(c.stack()).empty();
  return rbm ? "rbm" : "plain";
}

void read_ways(const Options& o, const Dataset& train, PretrainOptions& c) {
  try {
    c.ways = parse_ways(o.given("layer-kind") ? o.text("layer-kind") : usual_way(o, train, c));
    for (const std::string& name : c.ways) {
      const std::string objection = way_named(name).objection(c.stack());
      check(objection.empty(), objection);
    }
  } catch (const Error& error) {
    throw UsageError(text("--layer-kind ", o.text("layer-kind"), ": ", error.what()));
  }
  c.layer = way_options(o, c.ways);
  c.layer_l1 = Real(o.number("l1", 0));
}

// Of the whole networks. L-BFGS has its own rate, schedule and batches.
void read_fine_tuning(const Options& o, std::size_t examples, PretrainOptions& c) {
  c.optimizer.kind = optimizer_named(o.choice("optimizer", optimizer_names()));
  const bool lbfgs = c.optimizer.kind == OptimizerKind::lbfgs;
  if (lbfgs) c.batch_size = 1000;
  if (o.given("batch")) c.batch_size = o.size("batch", 1);
  c.steps_a_batch = lbfgs && c.batch_size < examples ? 3 : 1;
  if (o.given("steps-a-batch")) c.steps_a_batch = o.size("steps-a-batch", 1);
  if (o.given("pretrain-batch")) c.pretrain_batch_size = o.size("pretrain-batch", 1);
  if (lbfgs) c.finetune_rate = usual_learning_rate(OptimizerKind::lbfgs);
  if (o.given("rate")) c.finetune_rate = o.number("rate", 0, 1e6, Ends::open_low);
  const bool keeps_rate = lbfgs && !o.given("schedule");
  c.schedule.kind =
      keeps_rate ? ScheduleKind::constant : schedule_named(o.choice("schedule", schedule_names()));
}

}  // namespace

PretrainOptions pretrain_options(const Options& o, const Dataset& train) {
  const std::size_t features = train.features();
  PretrainOptions c = usual_pretrain_options(train.size());
  c.sizes = o.given("layers") ? parse_layers(o.text("layers"))
                              : std::vector<std::size_t>{features, 100, 50, 2};
  if (c.sizes.front() != features) {
    throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                          " features, so the layers begin with ", features));
  }
  if (c.sizes.back() > features) {
    throw UsageError(text("--layers ", layers_text(c.sizes), ": a code of ", c.sizes.back(),
                          " numbers for ", features, " features compresses nothing"));
  }
  check_memory(c.sizes, o.text("optimizer"), "--layers");
  c.hidden = activation_named(o.choice("hidden-activation", activation_names()));
  c.code = activation_named(o.choice("code", activation_names()));
  c.output = activation_named(o.choice("output", activation_names()));
  c.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  if (!o.given("loss") && c.output != Activation::sigmoid) c.loss = Loss::half_mse;
  read_ways(o, train, c);
  c.random_start = !o.flag("no-random-start");
  if (o.given("decay")) c.finetune_decay = Real(o.number("decay", 0));
  if (o.given("pretrain-epochs")) c.pretrain_epochs = o.size("pretrain-epochs");
  if (o.given("epochs")) c.finetune_epochs = o.size("epochs");
  if (o.given("pretrain-rate")) c.pretrain_rate = o.number("pretrain-rate", 0, 1e6, Ends::open_low);
  read_fine_tuning(o, train.size(), c);
  c.seed = seed_of(o);
  return c;
}

void check_before_pretraining(const Options& o, const TrainTest& data, const PretrainOptions& c) {
  check_can_save_model(o, "save");
  check_can_write(o, {"json"});
  if (c.pretrains("rbm") && c.layer_l1 > 0)
    throw UsageError("--l1: rbm layers have no L1 term (leave one of them out)");
  if (o.flag("classify")) class_count(data.train);
  check(data.test.size() > 0, "the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows)");
  check_data_range(c.output, data.train.X);
}

}  // namespace strata::cli
