#include <cstdio>

#include "autoencoders/sparse.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/model_options.hpp"

namespace strata::cli {
namespace {

Json result_json(const std::string& kind, const ScaledData& input, DenseAutoencoder& model,
                 const History& history, const CodeStatistics& code, double train_error, double test_error,
                 const Options& options) {
  Json terms = Json::object();
  if (!history.epochs.empty()) {
    for (const TermValue& term : history.epochs.back().terms) terms[term.name] = term.value;
  }
  Json sizes = Json::array();
  for (std::size_t width : model.sizes()) sizes.push(width);
  return Json::object({{"program", "strata"},
                       {"version", STRATA_VERSION},
                       {"command", "train"},
                       {"kind", kind},
                       {"real", real_name},
                       {"seed", seed_of(options)},
                       {"data", Json::object({{"name", input.data.train.name},
                                              {"features", input.data.train.features()},
                                              {"train", input.data.train.size()},
                                              {"test", input.data.test.size()}})},
                       {"layers", sizes},
                       {"weights", count_of(model.parameters())},
                       {"epochs", history.epochs.size()},
                       {"seconds", history.seconds},
                       {"terms", terms},
                       {"error_unit", "squared error per example"},
                       {"train_error", train_error},
                       {"test_error", input.data.test.size() > 0 ? Json(test_error) : Json()},
                       {"mean_activation", code.mean_of_means},
                       {"share_of_zeros", code.share_of_zeros}});
}

}  // namespace

int train_command(const Arguments& arguments) {
  const CommandLine line{
      "strata train KIND [options]",
      "Trains one autoencoder and says how well it reconstructs. Test rows are those with index % 5 == 4; an "
      "IDX folder has "
      "its own.",
      {{"KIND", "linear, undercomplete, overcomplete, multilayer or sparse"}},
      join({data_specs(),
            model_specs(),
            training_specs(),
            machine_specs(),
            {{"save", "FILE", "",
              "write the model (safetensors), for encode, reconstruct, gradients and check"}},
            json_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  const std::string& kind = checked_kind(options->positional()[0]);
  check_can_save_model(*options, "save");
  check_can_write(*options, {"json"});
  const ScaledData input = training_data(*options);
  const Dataset& training = input.data.train;
  const Dataset& test = input.data.test;

  Rng rng(seed_of(*options));
  DenseAutoencoder model = make_model(kind, training.features(), *options, rng);
  check_data_range(model.decoder.back().activation, training.X);
  FitOptions fit = fit_options(kind, training.size(), *options);
  Workers workers(threads_of(*options));
  Progress progress(!options->flag("quiet"));
  fit.progress = &progress;
  fit.label = kind;
  if (fit.patience > 0) fit.validation = &test;

  std::printf("%s autoencoder %s and back on %s: %zu training and %zu test examples, %zu weights\n",
              kind.c_str(), layers_text(model.sizes()).c_str(), training.name.c_str(), training.size(),
              test.size(), count_of(model.parameters()));
  std::fflush(stdout);
  const Engine engine{backprop_named(options->choice("backprop", {"explicit", "tape"})), &workers};
  const History history = train(model, training, rng, fit, engine);
  progress.finish();

  const double train_error = reconstruction_error(model, training.X, &workers);
  const double test_error = test.size() > 0 ? reconstruction_error(model, test.X, &workers) : 0;
  const CodeStatistics code = code_statistics(model.encode(training.X, &workers));
  std::printf("after %zu epochs of %s (%.2f s):\n", history.epochs.size(), fit.optimizer.kind.c_str(),
              history.seconds);
  if (!history.epochs.empty()) {
    std::printf("  objective %.6f", history.epochs.back().loss);
    for (const TermValue& term : history.epochs.back().terms)
      std::printf("   %s %.6f", term.name.c_str(), term.value);
    std::printf("\n");
  }
  std::printf("  squared error per example   train %.6f", train_error);
  if (test.size() > 0) std::printf("   test %.6f", test_error);
  std::printf("\n  code: mean activation %.4f", code.mean_of_means);
  if (model.penalties.beta > 0) std::printf(" (wanted rho %.4g)", double(model.penalties.rho));
  std::printf(", %.1f %% exact zeros\n", 100 * code.share_of_zeros);
  if (history.stopped_early)
    std::printf("  stopped early; the parameters are those of epoch %zu\n", history.best_epoch);
  if (options->given("save")) {
    save_model(options->text("save"), {kind, model, input.scaling, training.image});
    std::printf("  saved %s\n", options->text("save").c_str());
  }
  write_json(*options, result_json(kind, input, model, history, code, train_error, test_error, *options));
  return 0;
}

}  // namespace strata::cli
