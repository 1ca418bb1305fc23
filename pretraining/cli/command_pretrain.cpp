#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/classifier.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/cli/model_options.hpp"
#include "pretraining/compare.hpp"
#include "pretraining/report.hpp"

namespace strata::cli {
namespace {

CommandLine command_line() {
  const ComparisonOptions d;  // the defaults
  const std::vector<OptionSpec> own = {
      {"layers", "D-…-K", "",
       "layer sizes from the features to the code (default: the features, then 100-50-2)"},
      {"layer-kind", "KIND", "plain",
       "how each layer is pretrained: plain, sparse (--rho, --beta; a linear code stays plain), or denoising "
       "(--corruption, --noise)"},
      {"rho", "P", "0.05", "sparse layers: the mean activation wanted, in (0, 1)"},
      {"beta", "W", "0.1", "sparse layers: weight of the KL term"},
      {"l1", "W", "0", "weight of the L1 term on each layer's code while it is pretrained"},
      {"corruption", "KIND", "masking",
       "denoising layers: masking, salt_and_pepper or gaussian, of each layer's own input"},
      {"noise", "X", "0.3", "denoising layers: the probability, or the deviation of gaussian"},
      {"hidden-activation", "F", "sigmoid", "of the hidden layers"},
      {"code", "F", "linear", "activation of the code"},
      {"output", "F", "sigmoid", "activation of the output"},
      {"loss", "LOSS", "bce", "half_mse or bce"},
      {"pretrain-epochs", "N", std::to_string(d.pretrain_epochs),
       "passes over the training rows for each layer"},
      {"epochs", "N", std::to_string(d.finetune_epochs), "passes of fine-tuning"},
      {"batch", "N", std::to_string(d.batch_size), "examples a step"},
      {"pretrain-rate", "R", number_text(d.pretrain_rate), "learning rate of pretraining"},
      {"rate", "R", number_text(d.finetune_rate), "learning rate of fine-tuning"},
      {"optimizer", "NAME", "adam", "sgd momentum nesterov adagrad rmsprop adam adamw"},
      {"schedule", "NAME", "one_cycle", "of the learning rate: constant step cosine one_cycle"},
      {"decay", "W", number_text(double(d.finetune_decay)), "weight of the L2 term in fine-tuning"},
      {"classify", "", "",
       "also put a softmax on the stack and fine-tune it through every layer (labels needed)"},
      {"out", "FOLDER", "build/report", "where results.json, report.html and model.safetensors go"},
      {"save", "FILE", "", "the fine-tuned model once more, under another name"}};
  return {"strata pretrain [options]",
          "Compresses the data in five ways, PCA, a shallow and a deep autoencoder from a random start, and "
          "greedy "
          "layer-wise pretraining before and after fine-tuning, and writes a report.",
          {},
          join({data_specs(), own, machine_specs(), json_specs()}),
          0,
          0};
}

ComparisonOptions comparison_options(const Options& o, std::size_t features) {
  ComparisonOptions c;
  c.sizes =
      o.given("layers") ? parse_layers(o.text("layers")) : std::vector<std::size_t>{features, 100, 50, 2};
  if (c.sizes.front() != features) {
    throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                          " features, so the layers begin with ", features));
  }
  if (c.sizes.back() > features) {
    throw UsageError(text("--layers ", layers_text(c.sizes), ": a code of ", c.sizes.back(), " numbers for ",
                          features, " features compresses nothing"));
  }
  check_memory(c.sizes, o.text("optimizer"), "--layers");
  c.hidden = activation_named(o.choice("hidden-activation", activation_names()));
  c.code = activation_named(o.choice("code", activation_names()));
  c.output = activation_named(o.choice("output", activation_names()));
  c.loss = loss_named(o.choice("loss", {"half_mse", "bce"}));
  if (!o.given("loss") && c.output != Activation::sigmoid) c.loss = Loss::half_mse;
  c.layer_penalties.rho = Real(o.number("rho", 0, 1, Ends::open));
  const Real beta = Real(o.number("beta", 0));
  const std::string layer_kind = o.choice("layer-kind", {"plain", "sparse", "denoising"});
  if (layer_kind == "sparse") c.layer_penalties.beta = beta;
  if (layer_kind == "denoising") c.layer_corruption = corruption_of(o);
  c.layer_penalties.l1 = Real(o.number("l1", 0));
  c.finetune_decay = Real(o.number("decay", 0));
  c.pretrain_epochs = o.size("pretrain-epochs");
  c.finetune_epochs = o.size("epochs");
  c.batch_size = o.size("batch", 1);
  c.optimizer.kind =
      o.choice("optimizer", {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"});
  c.pretrain_rate = o.number("pretrain-rate", 0, 1e6, Ends::open_low);
  c.finetune_rate = o.number("rate", 0, 1e6, Ends::open_low);
  c.schedule.kind = o.choice("schedule", schedule_kinds());
  c.seed = seed_of(o);
  return c;
}

// What would be found out too late.
void check_before_the_work(const Options& o, const TrainTest& data, const ComparisonOptions& c) {
  check_can_save_model(o, "save");
  check_can_write(o, {"json"});
  const bool sparse = o.text("layer-kind") == "sparse";
  const auto only_with = [&o](const char* name, const std::string& layer_kind) {
    if (o.given(name) && o.text("layer-kind") != layer_kind)
      throw UsageError(text("--", name, ": has no effect without --layer-kind ", layer_kind));
  };
  for (const char* name : {"rho", "beta"}) only_with(name, "sparse");
  for (const char* name : {"corruption", "noise"}) only_with(name, "denoising");
  const bool kl_has_a_range = is_unit_range(c.hidden) || is_symmetric_range(c.hidden);
  if (sparse && c.sizes.size() > 2 && !kl_has_a_range) {
    throw UsageError("--layer-kind sparse: needs sigmoid or tanh hidden units, not " +
                     activation_name(c.hidden));
  }
  if (o.flag("classify")) class_count(data.train);
  check(data.test.size() > 0, "the data '", data.train.name, "' has no test rows (it needs at least 5 rows)");
  check_data_range(c.output, data.train.X);
}

void print_header(const TrainTest& data, const ComparisonOptions& c) {
  std::printf("%s: %zu training and %zu test examples of %zu features, compressed to %zu\n",
              data.train.name.c_str(), data.train.size(), data.test.size(), data.train.features(),
              c.sizes.back());
  std::printf("deep autoencoder %s and back, seed %llu\n\n", layers_text(c.sizes).c_str(),
              static_cast<unsigned long long>(c.seed));
  std::printf("%-18s %12s %12s %9s %9s   (squared error per example)\n", "method", "train", "test", "epochs",
              "seconds");
  std::fflush(stdout);
}

void print_method(const MethodResult& m) {
  std::printf("%-18s %12.6f %12.6f %9zu %9.2f\n", m.name.c_str(), m.train_error, m.test_error, m.epochs,
              m.seconds);
  std::fflush(stdout);
}

void print_stage(std::size_t layer, const GreedyStage& stage) {
  std::printf("  layer %zu: %zu-%zu-%zu, %zu weights, error of its own input %.6f\n", layer,
              stage.autoencoder.features(), stage.autoencoder.code_size(), stage.autoencoder.features(),
              stage.trained_weights, stage.error);
  std::fflush(stdout);
}

// A softmax on the code of the pretrained stack: the top alone, then every layer.
Json classify(const Comparison& c, const Engine& engine, Progress& progress) {
  Rng rng(c.options.seed, classifier_stream);
  const DenseAutoencoder pretrained = unroll(c.stages);
  Classifier classifier(pretrained, class_count(c.train), rng);
  FitOptions fit_top;
  fit_top.epochs = 50;
  fit_top.batch_size = c.options.batch_size;
  fit_top.learning_rate = 0.01;
  fit_top.schedule.kind = "one_cycle";
  fit_top.progress = &progress;
  fit_top.label = "softmax";
  classifier.train_encoder = false;
  TapeBackprop backprop(classifier, engine.workers);
  fit(backprop, c.train, rng, fit_top);
  const double before = accuracy(classifier, c.test);
  classifier.train_encoder = true;
  fit_top.label = "classifier, every layer";
  fit(backprop, c.train, rng, fit_top);
  const double after = accuracy(classifier, c.test);
  progress.finish();
  std::printf(
      "\nsoftmax on the code, test accuracy: %.2f %% with the pretrained stack fixed, %.2f %% fine-tuned "
      "through every layer\n",
      100 * before, 100 * after);
  return Json::object({{"test_accuracy_before", before}, {"test_accuracy_after", after}});
}

}  // namespace

int pretrain_command(const Arguments& arguments) {
  const auto options = read_command_line(command_line(), arguments);
  if (!options) return 0;
  const ScaledData input = training_data(*options);
  const ComparisonOptions c = comparison_options(*options, input.data.train.features());
  check_before_the_work(*options, input.data, c);
  const std::string out = options->text("out");
  make_folder(out);

  Workers workers(threads_of(*options));
  const Engine engine{backprop_named(options->choice("backprop", {"explicit", "tape"})), &workers};
  Progress progress(!options->flag("quiet"));
  print_header(input.data, c);
  Comparison result = compare_methods(input.data, c, engine, {&progress, print_stage, print_method});
  const double ratio = result.method("greedy_finetuned").test_error / result.method("pca").test_error;
  std::printf("\ngreedy_finetuned has %.2f × the test error of PCA with the same number of values\n", ratio);

  Json json = results_json(result, STRATA_VERSION, workers.threads());
  if (options->flag("classify")) json["classifier"] = classify(result, engine, progress);
  const ModelFacts facts{"pretrained", input.scaling, input.data.train.image};
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_model(out + "/model.safetensors", result.deep, facts);
  write_file(out + "/report.html",
             report_html(result, {STRATA_VERSION, workers.threads(), command_text("pretrain", arguments)},
                         &workers));
  if (options->given("save")) save_model(options->text("save"), result.deep, facts);
  write_json(*options, json);
  std::printf("wrote %s/report.html (open it in a browser), results.json and model.safetensors\n",
              out.c_str());
  return 0;
}

}  // namespace strata::cli
