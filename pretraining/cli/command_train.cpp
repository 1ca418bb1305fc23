#include <algorithm>
#include <cstdio>

#include "autoencoders/denoising.hpp"
#include "core/io/files.hpp"
#include "pretraining/cli/commands.hpp"
#include "pretraining/cli/kind_help.hpp"
#include "pretraining/cli/model_options.hpp"
#include "pretraining/kinds/denoising.hpp"
#include "pretraining/kinds/sequence_errors.hpp"

namespace strata::cli {
namespace {

using report::TrainRun;

void print_outcome(const TrainRun& run) {
  const History& history = run.history;
  std::printf("after %zu epochs of %s (%.2f s):\n", history.epochs.size(), run.fit.optimizer.kind.c_str(),
              history.seconds);
  if (!history.epochs.empty()) {
    std::printf("  objective %.6f", history.epochs.back().loss);
    for (const TermValue& term : history.epochs.back().terms)
      std::printf("   %s %.6f", term.name.c_str(), term.value);
    std::printf("\n");
  }
  std::printf("  squared error per example   train %.6f", run.train_error);
  if (run.data.test.size() > 0) std::printf("   test %.6f", run.test_error);
  std::printf("\n  code: mean activation %.4f", run.code.mean_of_means);
  const DenseAutoencoder* const dense = dense_net_of(run.model);
  if (dense != nullptr && dense->penalties.beta > 0) {
    std::printf(" (wanted rho %.4g)", double(dense->penalties.rho));
  }
  std::printf(", %.1f %% exact zeros\n", 100 * run.code.share_of_zeros);
  if (history.stopped_early)
    std::printf("  stopped early; the parameters are those of epoch %zu\n", history.best_epoch);
}

// A denoising model, on what its page shows: the test rows, or where there are none the training rows.
void print_restorations(TrainRun& run) {
  for (const auto& r : report::restorations(run)) {
    std::printf("  %-20s squared error of the corrupted rows %.6f, restored %.6f",
                corruption_text(r.corruption).c_str(), r.corrupted_error, r.restored_error);
    if (r.corrupted_error > 0) std::printf(" (%.0f %%)", 100 * r.restored_error / r.corrupted_error);
    std::printf("\n");
  }
}

Json restorations_json(TrainRun& run) {
  Json rows = Json::array();
  for (const auto& r : report::restorations(run)) {
    rows.push(Json::object({{"corruption", corruption_to_json(r.corruption)},
                            {"corrupted_error", r.corrupted_error},
                            {"restored_error", r.restored_error}}));
  }
  return rows;
}

Json outcome_json(const TrainRun& run) {
  const TrainTest& data = run.data;
  Json terms = Json::object();
  if (!run.history.epochs.empty()) {
    for (const TermValue& term : run.history.epochs.back().terms) terms[term.name] = term.value;
  }
  return Json::object({{"program", "strata"},
                       {"version", STRATA_VERSION},
                       {"command", "train"},
                       {"kind", run.kind},
                       {"real", real_name},
                       {"seed", run.seed},
                       {"data", Json::object({{"name", data.train.name},
                                              {"features", data.train.features()},
                                              {"train", data.train.size()},
                                              {"test", data.test.size()}})},
                       {"architecture", run.model.architecture()},
                       {"code_size", run.model.code_size()},
                       {"weights", count_of(run.model.parameters())},
                       {"epochs", run.history.epochs.size()},
                       {"best_epoch", run.history.best_epoch},
                       {"seconds", run.history.seconds},
                       {"terms", terms},
                       {"error_unit", "squared error per example"},
                       {"train_error", run.train_error},
                       {"test_error", data.test.size() > 0 ? Json(run.test_error) : Json()},
                       {"mean_activation", run.code.mean_of_means},
                       {"share_of_zeros", run.code.share_of_zeros}});
}

std::vector<OptionSpec> out_specs(const std::string& folder = "build/KIND") {
  return {
      {"out", "FOLDER", "",
       "where to: report.html, results.json, model.safetensors (default: " + folder + ")", 'o'},
      {"save", "FILE", "",
       "write the model (safetensors) there too, for encode, reconstruct, gradients, check, step and trace"}};
}

// Everything that any kind takes: what is not for this one is refused by make_model, in words of its own.
CommandLine command_line() {
  return {"strata train KIND [options]",
          "",
          {{"KIND", kind_names()}},
          join({data_specs(), model_specs(), training_specs(), machine_specs(), out_specs(), json_specs()}),
          1,
          1};
}

CommandLine help_on_all() {
  CommandLine line = command_line();
  line.summary =
      "Trains one autoencoder, says how well it reconstructs, and writes a page that shows what it learnt. "
      "Each kind "
      "has options and defaults of its own besides those below: `strata train KIND --help` lists them. Test "
      "rows are "
      "those with index % 5 == 4; an IDX folder has its own.";
  line.positional = list_of_kinds();
  line.specs = join({data_specs(), training_specs(), machine_specs(), out_specs(), json_specs()});
  return line;
}

CommandLine help_on(const Kind& kind) {
  CommandLine line = command_line();
  line.usage = text("strata train ", kind.name, " [options]");
  line.summary = text("Trains an autoencoder of the kind ", kind.name, ": ", kind.point,
                      ". In brackets are the defaults, where they depend on the data those for the digits.");
  line.positional.clear();
  line.specs = join(
      {data_specs(), specs_with_defaults(kind), out_specs(std::string("build/") + kind.name), json_specs()});
  return line;
}

// --help shows what belongs to the kind that stands first; that may be misspelt.
CommandLine command_line_for(const Arguments& arguments) {
  const bool help = std::any_of(arguments.begin(), arguments.end(),
                                [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (!help) return command_line();
  const bool names_a_kind = !arguments.front().starts_with("-");
  return names_a_kind ? help_on(kind_named(arguments.front())) : help_on_all();
}

std::string command_text(const Arguments& arguments) {
  std::string command = "strata train";
  for (const std::string& word : arguments) command += " " + word;
  return command;
}

// The run's three files.
void write_results(const Options& o, TrainRun& run, const Kind& kind, const ModelFacts& facts) {
  const std::string out = o.given("out") ? o.text("out") : std::string("build/") + kind.name;
  make_folder(out);
  const std::string page = report::train_page(run, kind.figures);
  Json json = outcome_json(run);
  if (!run.measured.members().empty()) json["measured"] = run.measured;
  if (dynamic_cast<DenoisingAutoencoder*>(&run.model) != nullptr) json["restored"] = restorations_json(run);
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_model(out + "/model.safetensors", run.model, facts);
  write_file(out + "/report.html", page);
  if (o.given("save")) {
    save_model(o.text("save"), run.model, facts);
    std::printf("  saved %s\n", o.text("save").c_str());
  }
  write_json(o, json);
  std::printf("wrote %s/report.html (open it in a browser), results.json and model.safetensors\n",
              out.c_str());
}

}  // namespace

int train_command(const Arguments& arguments) {
  const auto options = read_command_line(command_line_for(arguments), arguments);
  if (!options) return 0;
  const Kind& kind = kind_named(options->positional()[0]);
  check_can_save_model(*options, "save");
  check_can_write(*options, {"json"});
  ScaledData input = training_data(*options);
  const TrainTest& data = input.data;

  Rng rng(seed_of(*options));
  const std::unique_ptr<Autoencoder> model =
      make_model(kind, {data.train.features(), data.train.image}, *options, rng);
  model->check_data(data.train.X);
  input.data.train.image = input.data.test.image =
      image_of({data.train.features(), data.train.image}, *options);
  const BackpropKind backprop = backprop_named(options->choice("backprop", {"explicit", "tape"}));
  if (options->given("backprop") && backprop == BackpropKind::explicit_rule &&
      !has_explicit_backprop(*model)) {
    throw UsageError(text("--backprop explicit: the kind ", kind.name,
                          options->given("dropout") ? " with --dropout" : "",
                          " has no rule by hand, only the tape"));
  }
  const bool stops_early =
      options->given("patience");  // judged by training rows that are held out, not by the test rows
  const TrainTest split = stops_early ? split_every(data.train, 10, 9) : TrainTest{data.train, {}};
  Workers workers(threads_of(*options));
  Progress progress(!options->flag("quiet"));
  TrainRun run{.kind = kind.name,
               .point = kind.point,
               .model = *model,
               .data = data,
               .fit = fit_options(kind, split.train.size(), *options)};
  try {
    check_optimizer(*model, run.fit.optimizer);
  } catch (const Error& error) {
    throw UsageError(text("--optimizer ", error.what()));
  }
  run.seed = seed_of(*options);
  run.version = STRATA_VERSION;
  run.command_line = command_text(arguments);
  run.workers = &workers;
  run.make = [&](Rng& draws) {
    return make_model(kind, {data.train.features(), data.train.image}, *options, draws);
  };
  run.fit.progress = &progress;
  run.fit.label = kind.name;
  if (stops_early) run.fit.validation = &split.test;

  std::printf("%s autoencoder %s and back on %s: %zu training and %zu test examples, %zu weights\n",
              kind.name, model->architecture().c_str(), data.train.name.c_str(), data.train.size(),
              data.test.size(), count_of(model->parameters()));
  if (stops_early) std::printf("  %zu of the training examples are held out to stop by\n", split.test.size());
  if (const auto* const lstm = dynamic_cast<const LstmAutoencoder*>(model.get())) {
    const std::string remark = report::padding_remark(*lstm, data.train, input.scaling);
    if (!remark.empty()) std::printf("  %s\n", remark.c_str());
  }
  std::fflush(stdout);
  run.history = train(*model, split.train, rng, run.fit, {backprop, &workers});
  progress.finish();
  run.train_error = reconstruction_error(*model, data.train.X, &workers);
  if (data.test.size() > 0) run.test_error = reconstruction_error(*model, data.test.X, &workers);
  run.code = code_statistics(model->encode(data.train.X, &workers));

  print_outcome(run);
  print_restorations(run);
  write_results(*options, run, kind, {kind.name, input.scaling, data.train.image});
  return 0;
}

}  // namespace strata::cli
