#include <algorithm>
#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/classifier/classifier.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/commands/way_options.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/pretrain.hpp"
#include "pretraining/runs/classify.hpp"
#include "pretraining/runs/pretrain.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata pretrain [options]

Compresses the data in several ways and writes a report: PCA, a shallow and a deep autoencoder from
a random start, and greedy layer-wise pretraining before and after fine-tuning, its layers
pretrained in one way or in several, side by side.
)";

constexpr const char* stack_options = R"(
--layers D-…-K  layer sizes from the features to the code (default: the features, then 100-50-2)
--layer-kind WAYS  how each layer is pretrained: plain, sparse (--rho, --beta; a linear code stays
    plain), denoising (--corruption, --noise), rbm (--cd, --persistent), several of them with commas
    between, or all. The first is the main one: greedy and greedy_finetuned in the table, and the
    model that is saved (default: plain; rbm for 10000 examples or more in [0, 1], where the units
    are sigmoid or linear)
--rho P [0.05] {(0, 1)}  sparse layers: the mean activation wanted, in (0, 1)
--beta W [0.1] {[0, ∞)}  sparse layers: weight of the KL term
)";

constexpr const char* network_options = R"(
--l1 W [0] {[0, ∞)}  weight of the L1 term on each layer's code while it is pretrained
--hidden-activation F [sigmoid]  of the hidden layers
--code F [linear]  activation of the code
--output F [sigmoid]  activation of the output
--loss LOSS [bce]  half_mse or bce
--pretrain-epochs N  passes over the training rows for each layer (default: 20, or 5 for 10000
    examples or more)
--epochs N  passes of fine-tuning (default: 200, or 60 for 10000 examples or more)
--batch N {[1, ∞)}  examples per batch (default: 32, or 100 for 10000 examples or more; lbfgs: 1000)
--pretrain-batch N {[1, ∞)}  examples per batch of pretraining (default: --batch; 32 with lbfgs)
--steps-a-batch N {[1, ∞)}  steps on a batch before the next one (default: 1; lbfgs on a part of the
    data: 3)
--pretrain-rate R {(0, 1e6]}  learning rate of pretraining (default: 0.01, or 0.003 for 10000
    examples or more; rbm layers: 0.1, 0.01 with persistent chains, 0.001 with linear units)
--rate R {(0, 1e6]}  learning rate of fine-tuning (default: 0.03, or 0.002 for 10000 examples or
    more; lbfgs: 1)
--optimizer NAME [adam]  sgd momentum nesterov adagrad rmsprop adam adamw lbfgs. lbfgs fine-tunes;
    the layers are then pretrained with adam. adamw also decays weights, by 0.01 of the rate a step
--schedule NAME [one_cycle]  of the learning rate: constant step cosine one_cycle (lbfgs: constant)
--decay W {[0, ∞)}  weight of the L2 term in fine-tuning (default: 0.0001, or 5e-05 for 10000
    examples or more)
--no-random-start  leave out deep_random, the deep autoencoder from a random start, which trains as
    long as the pretrained one
--classify  also put a softmax on the stack and fine-tune it through every layer (labels needed)
-o, --out FOLDER [build/report]  where results.json, report.html and model.safetensors go
--save FILE {> .safetensors}  the fine-tuned model once more, under another name
)";

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
  c.layer = way_options_of(o, c.ways);
  o.read("l1", c.layer_l1);
}

// Of the whole networks. L-BFGS has its own rate, schedule and batches.
void read_fine_tuning(const Options& o, std::size_t examples, PretrainOptions& c) {
  c.fine_tuning.optimizer.kind =
      optimizer_kinds.named(o.choice("optimizer", optimizer_kinds.names));
  const bool lbfgs = c.fine_tuning.optimizer.kind == OptimizerKind::lbfgs;
  if (lbfgs) {
    c.fine_tuning.batch_size = 1000;
    c.fine_tuning.learning_rate = usual_learning_rate(OptimizerKind::lbfgs);
    c.fine_tuning.schedule.kind = ScheduleKind::constant;
  }
  o.read("batch", c.fine_tuning.batch_size);
  if (lbfgs && c.fine_tuning.batch_size < examples) c.fine_tuning.steps_a_batch = 3;
  o.read("steps-a-batch", c.fine_tuning.steps_a_batch);
  o.read("pretrain-batch", c.pretrain_batch_size);
  o.read("rate", c.fine_tuning.learning_rate);
  o.read("schedule", c.fine_tuning.schedule.kind, schedule_kinds);
  o.read("decay", c.finetune_decay);
  o.read("epochs", c.fine_tuning.epochs);
}

PretrainOptions pretrain_options(const Options& o, const Dataset& train) {
  const std::size_t features = train.features();
  if (features < 2)
    throw UsageError("'" + train.name + "' has a single feature: there is nothing to compress");
  PretrainOptions c = usual_pretrain_options(train.size());
  c.sizes = layers_of(o, features, {features, 100, 50, 2});
  if (c.sizes.back() > features) {
    throw UsageError(text("--layers ", layers_text(c.sizes), ": a code of ", c.sizes.back(),
                          " numbers for ", features, " features compresses nothing"));
  }
  check_memory(c.sizes, o.text("optimizer"), "--layers");
  read_activation(o, "hidden-activation", c.hidden);
  read_activation(o, "code", c.code);
  read_activation(o, "output", c.output);
  if (c.output != Activation::sigmoid) c.loss = Loss::half_mse;
  o.read("loss", c.loss, loss_kinds);
  read_ways(o, train, c);
  c.random_start = !o.flag("no-random-start");
  o.read("pretrain-epochs", c.pretrain_epochs);
  o.read("pretrain-rate", c.pretrain_rate);
  read_fine_tuning(o, train.size(), c);
  c.seed = o.size("seed");
  return c;
}

// What would be found out too late.
void check_before_pretraining(const Options& o, const TrainTest& data, const PretrainOptions& c) {
  if (c.pretrains("rbm") && c.layer_l1 > 0)
    throw UsageError("--l1: rbm layers have no L1 term (leave one of them out)");
  if (o.flag("classify")) class_count(data.train);
  check(data.test.size() > 0, "the data '", data.train.name,
        "' has no test rows (it needs at least 5 rows, or a test set of its own: --test)");
  check_data_range(c.output, data.train.X);
}

void print_header(const ScaledData& input, const PretrainOptions& c) {
  const TrainTest& data = input.data;
  std::printf("%s: %zu training and %zu test examples of %zu features, compressed to %zu\n",
              data.train.name.c_str(), data.train.size(), data.test.size(), data.train.features(),
              c.sizes.back());
  print_about(input);
  std::printf("deep autoencoder %s and back, seed %llu\n\n", layers_text(c.sizes).c_str(),
              static_cast<unsigned long long>(c.seed));
  std::printf("%-26s %12s %12s %10s %8s %9s   (squared error per example)\n", "method", "train",
              "test", "explained", "epochs", "seconds");
  std::fflush(stdout);
}

// `explained` is of the variance of the test examples.
void print_method(const MethodResult& m, double explained) {
  std::printf("%-26s %12s %12s %8.1f %% %8zu %9.2f\n", m.name.c_str(), plain(m.train_error).c_str(),
              plain(m.test_error).c_str(), 100 * explained, m.epochs, m.seconds);
  std::fflush(stdout);
}

void print_stage(std::size_t layer, const GreedyStage& stage) {
  std::printf("  layer %zu: %zu-%zu-%zu, %zu weights, error of its own input %.6f\n", layer,
              stage.autoencoder->features(), stage.autoencoder->code_size(),
              stage.autoencoder->features(), stage.trained_weights, stage.error);
  std::fflush(stdout);
}

// A softmax on the code of the pretrained stack: the top alone, then every layer.
Json classify(const PretrainResults& c, const Engine& engine) {
  ClassifyOptions options;
  options.seed = c.options.seed;
  options.decay = 0;
  options.fine_tuning.epochs = 50;
  options.fine_tuning.batch_size = c.options.fine_tuning.batch_size;
  options.fine_tuning.learning_rate = 0.01;
  options.fine_tuning.schedule.kind = ScheduleKind::one_cycle;
  const BeforeAndAfter both =
      classify_on_stack({c.train, c.test}, unroll(c.main_stages()), options, engine);
  const double before = both.before.test_accuracy, after = both.after.test_accuracy;
  std::printf(
      "\nsoftmax on the code, test accuracy: %.2f %% with the pretrained stack fixed, %.2f %% "
      "fine-tuned through every layer\n",
      100 * before, 100 * after);
  print_notes(remarks_on_classes({c.train, c.test}));
  return Json::object({{"test_accuracy_before", before}, {"test_accuracy_after", after}});
}

void write_results(const Options& o, PretrainResults& result, Json json,
                   const RunFacts& facts_of_run, Workers& workers) {
  const std::string& out = o.text("out");
  for (const pages::PictureFile& picture : pages::picture_files(result))
    write_file(out + "/" + picture.name, picture.bytes);
  write_run(o, out, json, pages::pretrain_page(result, facts_of_run, &workers),
            ", results.json and model.safetensors");
}

void print_beside_pca(const PretrainResults& result) {
  const double greedy = result.method("greedy_finetuned").test_error;
  const double pca = result.method("pca").test_error;
  // Where PCA has all that the data vary in, its error is rounding
  if (pca > 1e-9 * greedy) {
    std::printf(
        "\ngreedy_finetuned has %.3g × the test error of PCA with the same number of values\n",
        greedy / pca);
  } else {
    std::printf("\nPCA with the same number of values has no test error but for rounding\n");
  }
}

int run(const Options& o) {
  const ScaledData input = training_data(o);
  const PretrainOptions c = pretrain_options(o, input.data.train);
  check_before_pretraining(o, input.data, c);
  Progress progress(!o.flag("quiet"));
  Checkpoint checkpoint = checkpoint_of("pretrain", o, input.data, o.text("out"), progress);

  Workers workers(threads_of(o));
  const Engine engine{
      backprop_kinds.named(o.choice("backprop")), &workers, {&progress, &checkpoint}};
  print_header(input, c);
  const ErrorOfMeans of_means = errors_of_means(input.data);
  print_method(
      {.name = "(the columns' means)", .train_error = of_means.train, .test_error = of_means.test},
      of_means.explained(of_means.train, of_means.test));
  const auto print = [&](const MethodResult& m) {
    print_method(m, of_means.explained(m.train_error, m.test_error));
  };
  const auto save = [&](DenseAutoencoder& deep) {
    save_trained(o, o.text("out"), deep, {"pretrained", input.scaling, input.data.train.image});
  };
  PretrainResults result = run_pretrain(input.data, c, engine, {print_stage, print, save});
  if (!result.logistic_pca)
    std::printf("logistic_pca is left out: %s\n", result.no_logistic_pca.c_str());
  print_beside_pca(result);
  print_notes(result.remarks());
  const RunFacts facts = run_facts("pretrain", o, workers, input.data);
  Json json = pretrain_results_json(result, facts);
  if (o.flag("classify")) json["classifier"] = classify(result, engine);
  write_results(o, result, json, facts, workers);
  return 0;
}

}  // namespace

Command pretrain_command() {
  return {"greedy pretraining + fine-tuning of a stacked autoencoder, next to PCA",
          read_page(text(page, data_options(), stack_options, way_options, network_options,
                         checkpoint_options, machine_options(), json_option)),
          run};
}

}  // namespace strata::cli
