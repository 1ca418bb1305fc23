// `strata rbm`: a restricted Boltzmann machine, or a deep belief network of several.

#include <cmath>
#include <cstdio>

#include "autoencoders/files/model_file.hpp"
#include "core/io/files.hpp"
#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"
#include "pretraining/pages/rbm.hpp"

namespace strata::cli {
namespace {

constexpr std::size_t usual_epochs = 50, usual_batch = 20;

CommandLine rbm_command_line() {
  const RbmRunOptions d;
  const std::vector<OptionSpec> own = {
      {"layers", "D-H-…", "",
       "visible units, then hidden layers: 64-100 is an RBM, 64-100-50 a deep belief network "
       "(default: the "
       "features, then 100)"},
      {"visible", "UNITS", "bernoulli",
       "visible units: bernoulli (data in [0, 1]) or gaussian (best with --scale standard)"},
      {"code-units", "UNITS", "bernoulli",
       "units of the top layer: bernoulli or gaussian (a linear code)"},
      {"cd", "K", "1", "Gibbs steps of contrastive divergence"},
      {"persistent", "", "",
       "chains that go on from batch to batch (PCD) instead of beginning at the data"},
      {"epochs", "N", std::to_string(usual_epochs), "passes over the training rows for each layer"},
      {"batch", "N", std::to_string(usual_batch), "examples a batch"},
      {"rate", "R", "",
       "learning rate (default: " + number_text(usual_rbm_rate(false, false)) +
           ", of persistent chains " + number_text(usual_rbm_rate(true, false)) +
           ", of layers with Gaussian units " + number_text(usual_rbm_rate(false, true)) + ")"},
      {"momentum", "P", number_text(d.training.momentum),
       "after the first epochs, which have 0.5 at most"},
      {"weight-cost", "W", number_text(d.training.weight_cost), "pulls weights to 0, not biases"},
      {"chain-steps", "N", std::to_string(d.steps_between),
       "Gibbs steps between two pictures of a chain"},
      {"ais", "N", std::to_string(d.ais.temperatures),
       "temperatures of annealed importance sampling, where a layer is too large for an exact log "
       "Z; 0: "
       "none"},
      {"seed", "N", "1", "of every random draw: the same seed gives the same bits"},
      threads_spec(),
      {"quiet", "", "", "no progress bar"},
      {"out", "FOLDER", "build/rbm",
       "where report.html, results.json, model.safetensors and autoencoder.safetensors go", 'o'}};
  return {"strata rbm [options]",
          "Trains a restricted Boltzmann machine, or several on top of each other, and writes a "
          "page: how "
          "likely the data are, samples, filters, curves. Test rows are those with index % 5 == 4; "
          "an IDX "
          "folder has its own.",
          {},
          join({data_specs(), own, checkpoint_specs(), json_specs()}),
          0,
          0};
}

RbmRunOptions run_options(const Options& o, std::size_t features) {
  RbmRunOptions r;
  r.stack.sizes =
      o.given("layers") ? parse_layers(o.text("layers")) : std::vector<std::size_t>{features, 100};
  if (r.stack.sizes.front() != features) {
    throw UsageError(text("--layers ", o.text("layers"), ": the data has ", features,
                          " features, so the layers begin with ", features));
  }
  check_memory(r.stack.sizes, "momentum", "--layers");
  r.stack.visible_units = units_named(o.choice("visible", {"bernoulli", "gaussian"}));
  r.stack.code_units = units_named(o.choice("code-units", {"bernoulli", "gaussian"}));
  RbmTraining& t = r.training;
  t.steps = o.size("cd", 1);
  t.persistent = o.flag("persistent");
  t.epochs = o.size("epochs");
  t.batch_size = o.size("batch", 1);
  t.learning_rate = usual_rbm_rate(t.persistent, false);
  if (o.given("rate"))
    t.learning_rate = r.rate_of_gaussian = o.number("rate", 0, 1e6, Ends::open_low);
  t.momentum = o.number("momentum", 0, 1, Ends::open_high);
  t.momentum_at_first = std::min(t.momentum_at_first, t.momentum);
  t.weight_cost = o.number("weight-cost", 0);
  r.steps_between = o.size("chain-steps", 1);
  r.ais.temperatures = o.size("ais");
  r.seed = seed_of(o);
  return r;
}

// A training that has run away gives numbers with hundreds of digits.
std::string nats(double value) {
  char out[32];
  std::snprintf(out, sizeof out, std::abs(value) < 1e9 ? "%.3f" : "%.3g", value);
  return out;
}

void print_layer(const RbmResults& run, std::size_t k) {
  const Rbm& rbm = run.dbn.rbms[k];
  std::printf("rbm %zu: %zu %s visible and %zu %s hidden units", k + 1, rbm.visible(),
              units_name(rbm.visible_units).c_str(), rbm.hidden(),
              units_name(rbm.hidden_units).c_str());
  const RbmCurves& curves = run.curves[k];
  if (!curves.pseudo_likelihood.empty())
    std::printf(", pseudo-log-likelihood %.3f to %.3f", curves.pseudo_likelihood.front(),
                curves.pseudo_likelihood.back());
  std::printf("\n");
  if (!run.likelihoods[k]) return;
  const RbmLikelihood& l = *run.likelihoods[k];
  const bool has_test = run.data.test.size() > 0;
  std::printf("  log-likelihood of its input, nats an example   train %s", nats(l.train).c_str());
  if (has_test) std::printf("   test %s", nats(l.test).c_str());
  if (l.exact) {
    std::printf("   (exact)\n");
  } else {
    std::printf("   (log Z %s, standard error %.3f)\n", nats(l.log_Z.log_Z).c_str(),
                l.log_Z.standard_error);
  }
  std::printf("  the same units, not connected                  train %.3f", l.independent_train);
  if (has_test) std::printf("   test %.3f", l.independent_test);
  std::printf("\n");
}

}  // namespace

int rbm_command(const Arguments& arguments) {
  const auto options = read_command_line(rbm_command_line(), arguments);
  if (!options) return 0;
  check_can_write(*options, {"json"});
  const ScaledData input = training_data(*options);
  RbmRunOptions run_with = run_options(*options, input.data.train.features());
  const std::string& out = options->text("out");
  make_folder(out);
  Checkpoint checkpoint = checkpoint_of("rbm", rbm_command_line().specs, *options, input.data, out);

  Workers workers(threads_of(*options));
  Progress progress(!options->flag("quiet"));
  std::printf("%s on %s: %zu training and %zu test examples\n",
              layers_text(run_with.stack.sizes).c_str(), input.data.train.name.c_str(),
              input.data.train.size(), input.data.test.size());
  std::fflush(stdout);
  RbmResults run =
      run_rbm(input.data, run_with, {.workers = &workers, .listeners = {&progress, &checkpoint}});
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) print_layer(run, k);
  std::printf("squared error per example, up and down once   train %.6f", run.train_error);
  if (run.data.test.size() > 0) std::printf("   test %.6f", run.test_error);
  std::printf("   (%.2f s)\n", run.seconds);

  const RunFacts facts{STRATA_VERSION, workers.threads(), command_text("rbm", arguments)};
  const Json json = rbm_results_json(run, facts);
  DenseAutoencoder deep = run.dbn.unroll();
  const ImageShape image = input.data.train.image;
  write_file(out + "/results.json", json.dump(2) + "\n");
  save_dbn(out + "/model.safetensors", {run.dbn, input.scaling, image});
  save_model(out + "/autoencoder.safetensors", deep, {"dbn_unrolled", input.scaling, image});
  write_file(out + "/report.html", pages::rbm_page(run, facts, &workers));
  write_json(*options, json);
  std::printf(
      "wrote %s/report.html (open it in a browser), results.json, model.safetensors and "
      "autoencoder.safetensors\n",
      out.c_str());
  return 0;
}

}  // namespace strata::cli
