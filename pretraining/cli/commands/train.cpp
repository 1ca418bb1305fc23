#include <algorithm>
#include <cstdio>

#include "autoencoders/denoising.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/kinds/model_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/kinds/figures.hpp"
#include "pretraining/pages/train.hpp"

namespace strata::cli {
namespace {

constexpr const char* page_on_all = R"(
strata train KIND [options]

Trains one autoencoder, says how well it reconstructs, and writes a page that shows what it learnt.
Each kind has options and defaults of its own besides those below: `strata train KIND --help` lists
them.
)";

constexpr const char* out_option = R"(
-o, --out FOLDER  where report.html, results.json and model.safetensors go (default: )";

constexpr const char* save_option = R"(
--save FILE {> .safetensors}  write the model (safetensors) there too, for encode, reconstruct,
    gradients, check, step and trace
)";

void print_outcome(const TrainRun& run) {
  const History& history = run.history;
  const std::size_t epochs = history.epochs.size();
  std::printf("after %zu epoch%s of %s (%.2f s):\n", epochs, epochs == 1 ? "" : "s",
              optimizer_kinds.name(run.fit.optimizer.kind).c_str(), history.seconds);
  if (!history.epochs.empty()) {
    std::printf("  objective %s", plain(history.epochs.back().loss).c_str());
    for (const TermValue& term : history.epochs.back().terms)
      std::printf("   %s %s", term.name.c_str(), plain(term.value).c_str());
    std::printf("   (reconstruction: %s)\n", name_of_loss(*run.model).c_str());
  }
  std::printf("  squared error per example   train %s", plain(run.train_error).c_str());
  if (run.has_test()) std::printf("   test %s", plain(run.test_error).c_str());
  std::printf("\n  answering with the means    train %s", plain(run.of_means.train).c_str());
  if (run.has_test()) std::printf("   test %s", plain(run.of_means.test).c_str());
  std::printf("   (%.1f %% of the variance explained)", 100 * run.explained());
  std::printf("\n  code: mean activation %s", plain(run.code.mean_of_means, 4).c_str());
  const DenseAutoencoder* const dense = dense_net_of(*run.model);
  if (dense != nullptr && dense->penalties.beta > 0) {
    // ρ is of activations in (0, 1): those of tanh are moved there
    if (is_symmetric_range(dense->encoder.back().activation))
      std::printf(", %.4f of its range", (run.code.mean_of_means + 1) / 2);
    std::printf(" (wanted rho %.4g)", double(dense->penalties.rho));
  }
  std::printf(", %.1f %% exact zeros\n", 100 * run.code.share_of_zeros);
  if (history.stopped_early)
    std::printf("  stopped early; the parameters are those of epoch %zu\n", history.best_epoch);
  print_notes(run.remarks(), "  ");
}

// What a denoising model makes of the rows that its page shows.
void print_restorations(const Json& measured) {
  const Json* const restored = measured.find("restored");
  if (restored == nullptr) return;
  for (const Json& r : restored->items()) {
    const double corrupted_error = r.at("corrupted_error").as_number();
    const double restored_error = r.at("restored_error").as_number();
    std::printf("  %-20s squared error of the corrupted rows %.6f, restored %.6f",
                corruption_text(corruption_from_json(r.at("corruption"))).c_str(), corrupted_error,
                restored_error);
    if (corrupted_error > 0)
      std::printf(" (%.0f %% of the damage is left)", 100 * restored_error / corrupted_error);
    std::printf("\n");
  }
}

// The pages of --help: on all kinds, which take options of their own besides, or on one.
CommandPage help_on_all() {
  CommandPage page =
      read_page(text(page_on_all, data_options(), training_options, checkpoint_options,
                     machine_options(), out_option, "build/KIND)\n", save_option, json_option));
  page.positional = list_of_kinds();
  return page;
}

CommandPage help_on(const Kind& kind) {
  CommandPage page = read_page(
      text("\nstrata train ", kind.name, " [options]\n\nTrains an autoencoder of the kind ",
           kind.name, ": ", kind.point,
           ". Defaults stand in brackets; those that depend on the data are for the digits.\n",
           data_options()));
  const std::vector<OptionSpec> further = read_specs(
      text(checkpoint_options, out_option, "build/", kind.name, ")\n", save_option, json_option));
  for (const auto& specs : {specs_with_defaults(kind), further})
    page.specs.insert(page.specs.end(), specs.begin(), specs.end());
  return page;
}

// The kind that stands first may be misspelt.
CommandPage help(const Arguments& words) {
  return words.front().starts_with("-") ? help_on_all() : help_on(kind_named(words.front()));
}

// The run before its training. `split` is the training rows, without those that are held out, and
// these: it must outlive the run.
TrainRun new_run(const Options& o, const Kind& kind, Autoencoder& model, const TrainTest& data,
                 const TrainTest& split) {
  TrainRun run{.kind = kind.name,
               .point = kind.point,
               .model = &model,
               .data = data,
               .fit = fit_options(kind, split.train.size(), o),
               .optimised_on = &split.train};
  try {
    check_optimizer(model, run.fit.optimizer);
  } catch (const Error& error) {
    throw UsageError(text("--optimizer ", error.what()));
  }
  run.fit.label = kind.name;
  run.pages = kind.pages;
  if (run.fit.patience > 0 && split.test.size() == 0)
    throw UsageError(text("--patience ", run.fit.patience, ": a tenth of the ", split.train.size(),
                          " training rows is held out for it, and that is none (10 are needed)"));
  if (split.test.size() > 0) run.fit.validation = &split.test;
  run.seed = o.size("seed");
  const DataShape shape{data.train.features(), data.train.image};
  run.make = [&kind, &o, shape](Rng& draws) { return make_model(kind, shape, o, draws); };
  return run;
}

void print_opening(const TrainRun& run, const ScaledData& input, const std::string& remark) {
  const Dataset& train = run.data.train;
  std::printf("%s autoencoder %s and back on %s: %zu training and %zu test examples, %zu weights\n",
              run.kind.c_str(), run.model->architecture().c_str(), train.name.c_str(), train.size(),
              run.data.test.size(), count_of(run.model->parameters()));
  print_about(input);
  if (run.fit.validation != nullptr) {
    std::printf("  %zu of the training examples are held out to stop by\n",
                run.fit.validation->size());
  }
  if (!remark.empty()) std::printf("  %s\n", remark.c_str());
  std::fflush(stdout);
}

void train_and_measure(TrainRun& run, const Dataset& rows, Rng& rng, BackpropKind backprop) {
  run.history = train(*run.model, rows, rng, run.fit, {backprop, run.workers, run.listeners});
  run.listeners.clear_line();
  run.train_error = reconstruction_error(*run.model, run.data.train.X, run.workers);
  if (run.has_test())
    run.test_error = reconstruction_error(*run.model, run.data.test.X, run.workers);
  run.of_means = errors_of_means(run.data);
  const Tensor codes = run.model->encode(run.data.train.X, run.workers);
  run.code = code_statistics(codes);
  run.idle = idle_units(codes);
}

// The run's other files.
void write_results(const Options& o, const std::string& out, TrainRun& run, const Kind& kind) {
  const RunFacts facts_of_run = run_facts("train", o, *run.workers, run.data);
  // The figures measure, too, and train twins to compare with.
  const std::string page =
      pages::train_page(run, pages::figures_of(run, kind.figures), facts_of_run);
  print_restorations(run.measured);
  const Json json = train_results_json(run, facts_of_run);
  if (o.given("save")) std::printf("  saved %s\n", o.text("save").c_str());
  write_run(o, out, json, page, ", results.json and model.safetensors");
}

int run_train(const Options& o) {
  const Kind& kind = kind_named(o.positional()[0]);
  ScaledData input = training_data(o);
  Dataset& rows = input.data.train;

  Rng rng(o.size("seed"));
  const DataShape shape{rows.features(), rows.image};
  const std::unique_ptr<Autoencoder> model = make_model(kind, shape, o, rng);
  model->check_data(rows.X);
  rows.image = input.data.test.image = image_of(shape, o);
  const BackpropKind backprop = backprop_for(o, *model, std::string("the kind ") + kind.name);
  // --patience judges by training rows that are held out, not by the test rows.
  const TrainTest split =
      o.given("patience") ? split_by(split_kind(o), rows, 10) : TrainTest{rows, {}};
  TrainRun run = new_run(o, kind, *model, input.data, split);
  const std::string remark = kind.remark != nullptr ? kind.remark(*model, rows, input.scaling) : "";
  Workers workers(threads_of(o));
  Progress progress(!o.flag("quiet"));
  run.workers = &workers;

  const std::string out = o.given("out") ? o.text("out") : std::string("build/") + kind.name;
  Checkpoint checkpoint =
      checkpoint_of(std::string("train ") + kind.name, o, input.data, out, progress);
  run.listeners = {&progress, &checkpoint};
  print_opening(run, input, remark);
  train_and_measure(run, split.train, rng, backprop);
  save_trained(o, out, *run.model, {kind.name, input.scaling, rows.image});
  print_outcome(run);
  write_results(o, out, run, kind);
  return 0;
}

}  // namespace

// Takes every option that any kind has: what is not for this one is refused by make_model, in words
// of its own.
Command train_command() {
  return {"one autoencoder of some kind: linear, sparse, variational, …",
          read_page(text("\nstrata train KIND [options]\n\n(help)\n\nKIND  ", kind_names(), "\n",
                         data_options(), model_options, training_options, checkpoint_options,
                         machine_options(), out_option, "build/KIND)\n", save_option, json_option)),
          run_train, help};
}

}  // namespace strata::cli
