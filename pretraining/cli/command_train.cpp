#include <cstdio>

#include "autoencoders/sparse.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/model_options.hpp"

namespace strata::cli {
namespace {

// What a training run came to.
struct Outcome {
  History history;
  double train_error = 0,
         test_error = 0;  // squared error per example; the latter only where there are test rows
  CodeStatistics code;    // over the training rows
};

void print_outcome(const Outcome& outcome, const Autoencoder& model, const std::string& optimizer,
                   bool has_test) {
  const History& history = outcome.history;
  std::printf("after %zu epochs of %s (%.2f s):\n", history.epochs.size(), optimizer.c_str(),
              history.seconds);
  if (!history.epochs.empty()) {
    std::printf("  objective %.6f", history.epochs.back().loss);
    for (const TermValue& term : history.epochs.back().terms)
      std::printf("   %s %.6f", term.name.c_str(), term.value);
    std::printf("\n");
  }
  std::printf("  squared error per example   train %.6f", outcome.train_error);
  if (has_test) std::printf("   test %.6f", outcome.test_error);
  std::printf("\n  code: mean activation %.4f", outcome.code.mean_of_means);
  const auto* const dense = dynamic_cast<const DenseAutoencoder*>(&model);
  if (dense != nullptr && dense->penalties.beta > 0) {
    std::printf(" (wanted rho %.4g)", double(dense->penalties.rho));
  }
  std::printf(", %.1f %% exact zeros\n", 100 * outcome.code.share_of_zeros);
  if (history.stopped_early)
    std::printf("  stopped early; the parameters are those of epoch %zu\n", history.best_epoch);
}

Json outcome_json(const std::string& kind, const TrainTest& data, Autoencoder& model, const Outcome& outcome,
                  std::uint64_t seed) {
  Json terms = Json::object();
  if (!outcome.history.epochs.empty()) {
    for (const TermValue& term : outcome.history.epochs.back().terms) terms[term.name] = term.value;
  }
  return Json::object({{"program", "strata"},
                       {"version", STRATA_VERSION},
                       {"command", "train"},
                       {"kind", kind},
                       {"real", real_name},
                       {"seed", seed},
                       {"data", Json::object({{"name", data.train.name},
                                              {"features", data.train.features()},
                                              {"train", data.train.size()},
                                              {"test", data.test.size()}})},
                       {"architecture", model.architecture()},
                       {"weights", count_of(model.parameters())},
                       {"epochs", outcome.history.epochs.size()},
                       {"best_epoch", outcome.history.best_epoch},
                       {"seconds", outcome.history.seconds},
                       {"terms", terms},
                       {"error_unit", "squared error per example"},
                       {"train_error", outcome.train_error},
                       {"test_error", data.test.size() > 0 ? Json(outcome.test_error) : Json()},
                       {"mean_activation", outcome.code.mean_of_means},
                       {"share_of_zeros", outcome.code.share_of_zeros}});
}

}  // namespace

int train_command(const Arguments& arguments) {
  const CommandLine line{
      "strata train KIND [options]",
      "Trains one autoencoder and says how well it reconstructs. Test rows are those with index % 5 == 4; an "
      "IDX folder has "
      "its own.",
      {{"KIND", kind_names()}},
      join({data_specs(),
            model_specs(),
            training_specs(),
            machine_specs(),
            {{"save", "FILE", "",
              "write the model (safetensors), for encode, reconstruct, gradients, check, step and trace"}},
            json_specs()}),
      1,
      1};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  const Kind& kind = kind_named(options->positional()[0]);
  check_can_save_model(*options, "save");
  check_can_write(*options, {"json"});
  const ScaledData input = training_data(*options);
  const TrainTest& data = input.data;

  Rng rng(seed_of(*options));
  const std::unique_ptr<Autoencoder> made =
      make_model(kind, {data.train.features(), data.train.image}, *options, rng);
  Autoencoder& model = *made;
  model.check_data(data.train.X);
  if (options->given("backprop") && options->text("backprop") == "explicit" &&
      !has_explicit_backprop(model)) {
    throw UsageError(
        text("--backprop explicit: the kind ", kind.name, " has no rule by hand, only the tape"));
  }
  const bool stops_early =
      options->given("patience");  // judged by training rows that are held out, not by the test rows
  const TrainTest split = stops_early ? split_every(data.train, 10, 9) : TrainTest{data.train, {}};
  FitOptions fit = fit_options(kind, split.train.size(), *options);
  Workers workers(threads_of(*options));
  Progress progress(!options->flag("quiet"));
  fit.progress = &progress;
  fit.label = kind.name;
  if (stops_early) fit.validation = &split.test;

  std::printf("%s autoencoder %s and back on %s: %zu training and %zu test examples, %zu weights\n",
              kind.name, model.architecture().c_str(), data.train.name.c_str(), data.train.size(),
              data.test.size(), count_of(model.parameters()));
  if (stops_early) std::printf("  %zu of the training examples are held out to stop by\n", split.test.size());
  std::fflush(stdout);
  const Engine engine{backprop_named(options->choice("backprop", {"explicit", "tape"})), &workers};
  Outcome outcome;
  outcome.history = train(model, split.train, rng, fit, engine);
  progress.finish();
  outcome.train_error = reconstruction_error(model, data.train.X, &workers);
  if (data.test.size() > 0) outcome.test_error = reconstruction_error(model, data.test.X, &workers);
  outcome.code = code_statistics(model.encode(data.train.X, &workers));

  print_outcome(outcome, model, fit.optimizer.kind, data.test.size() > 0);
  if (options->given("save")) {
    save_model(options->text("save"), model, {kind.name, input.scaling, data.train.image});
    std::printf("  saved %s\n", options->text("save").c_str());
  }
  write_json(*options, outcome_json(kind.name, data, model, outcome, seed_of(*options)));
  return 0;
}

}  // namespace strata::cli
