#include <cstdio>

#include "core/io/files.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/commands/pretrain_options.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/pages/pretrain.hpp"
#include "pretraining/pages/pretrain_figures.hpp"
#include "pretraining/runs/classify.hpp"
#include "pretraining/runs/pretrain.hpp"

namespace strata::cli {
namespace {

void print_header(const TrainTest& data, const PretrainOptions& c) {
  std::printf("%s: %zu training and %zu test examples of %zu features, compressed to %zu\n",
              data.train.name.c_str(), data.train.size(), data.test.size(), data.train.features(),
              c.sizes.back());
  std::printf("deep autoencoder %s and back, seed %llu\n\n", layers_text(c.sizes).c_str(),
              static_cast<unsigned long long>(c.seed));
  std::printf("%-26s %12s %12s %9s %9s   (squared error per example)\n", "method", "train", "test",
              "epochs", "seconds");
  std::fflush(stdout);
}

void print_method(const MethodResult& m) {
  std::printf("%-26s %12.6f %12.6f %9zu %9.2f\n", m.name.c_str(), m.train_error, m.test_error,
              m.epochs, m.seconds);
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
  options.fine_tuning.batch_size = c.options.batch_size;
  options.fine_tuning.learning_rate = 0.01;
  options.fine_tuning.schedule.kind = ScheduleKind::one_cycle;
  const BeforeAndAfter both =
      classify_on_stack({c.train, c.test}, unroll(c.stages), options, engine);
  const double before = both.before.test_accuracy, after = both.after.test_accuracy;
  std::printf(
      "\nsoftmax on the code, test accuracy: %.2f %% with the pretrained stack fixed, %.2f %% "
      "fine-tuned "
      "through every layer\n",
      100 * before, 100 * after);
  return Json::object({{"test_accuracy_before", before}, {"test_accuracy_after", after}});
}

}  // namespace

int pretrain_command(const Arguments& arguments) {
  const auto options = read_command_line(pretrain_command_line(), arguments);
  if (!options) return 0;
  const ScaledData input = training_data(*options);
  const PretrainOptions c = pretrain_options(*options, input.data.train);
  check_before_pretraining(*options, input.data, c);
  const std::string out = options->text("out");
  make_folder(out);
  Checkpoint checkpoint =
      checkpoint_of("pretrain", pretrain_command_line().specs, *options, input.data, out);

  Workers workers(threads_of(*options));
  Progress progress(!options->flag("quiet"));
  const Engine engine{backprop_named(options->choice("backprop", {"explicit", "tape"})),
                      &workers,
                      {&progress, &checkpoint}};
  print_header(input.data, c);
  PretrainResults result = run_pretrain(input.data, c, engine, {print_stage, print_method});
  if (!result.logistic_pca)
    std::printf("logistic_pca is left out: %s\n", result.no_logistic_pca.c_str());
  const double ratio =
      result.method("greedy_finetuned").test_error / result.method("pca").test_error;
  std::printf(
      "\ngreedy_finetuned has %.2f × the test error of PCA with the same number of values\n",
      ratio);

  const RunFacts run_facts{STRATA_VERSION, workers.threads(), command_text("pretrain", arguments)};
  Json json = pretrain_results_json(result, run_facts);
  if (options->flag("classify")) json["classifier"] = classify(result, engine);
  const ModelFacts facts{"pretrained", input.scaling, input.data.train.image};
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_model(out + "/model.safetensors", result.deep, facts);
  for (const pages::PictureFile& picture : pages::picture_files(result))
    write_file(out + "/" + picture.name, picture.bytes);
  write_file(out + "/report.html", pages::pretrain_page(result, run_facts, &workers));
  if (options->given("save")) save_model(options->text("save"), result.deep, facts);
  write_json(*options, json);
  std::printf("wrote %s/report.html (open it in a browser), results.json and model.safetensors\n",
              out.c_str());
  return 0;
}

}  // namespace strata::cli
