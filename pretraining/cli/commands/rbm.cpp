// `strata rbm`: a restricted Boltzmann machine, or a deep belief network of several.

#include <cmath>
#include <cstdio>

#include "pretraining/cli/checkpoint_options.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/data_options.hpp"
#include "pretraining/cli/result_file.hpp"
#include "pretraining/pages/rbm.hpp"
#include "pretraining/runs/rbm.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata rbm [options]

Trains a restricted Boltzmann machine, or several on top of each other, and writes a page: how
likely the data are, samples, filters, curves.
)";

constexpr const char* own_options = R"(
--layers D-H-…  visible units, then hidden layers: 64-100 is an RBM, 64-100-50 a deep belief network
    (default: the features, then 100)
--visible UNITS [bernoulli] {bernoulli gaussian}  visible units: bernoulli (data in [0, 1]) or
    gaussian (best with --scale standard)
--code-units UNITS [bernoulli] {bernoulli gaussian}  units of the top layer: bernoulli or gaussian
    (a linear code)
--cd K [1] {[1, ∞)}  Gibbs steps of contrastive divergence
--persistent  chains that continue from batch to batch (PCD) instead of beginning at the data
--epochs N [50]  passes over the training rows for each layer
--batch N [20] {[1, ∞)}  examples per batch
--rate R {(0, 1e6]}  learning rate (default: 0.1, 0.01 with persistent chains, 0.001 for layers with
    Gaussian units)
--momentum P [0.9] {[0, 1)}  momentum; at most 0.5 in the first epochs
--weight-cost W [0.0002] {[0, ∞)}  weight decay, on weights and not on biases
--chain-steps N [100] {[1, ∞)}  Gibbs steps between two images of a chain
--ais N [1000]  temperatures of annealed importance sampling, where a layer is too large for an
    exact log Z; 0: none
)";

constexpr const char* out_option = R"(
-o, --out FOLDER [build/rbm]  where report.html, results.json, model.safetensors and
    autoencoder.safetensors go
)";

RbmRunOptions run_options(const Options& o, std::size_t features) {
  RbmRunOptions r;
  r.stack.sizes = layers_of(o, features, {features, 100});
  check_memory(r.stack.sizes, "momentum", "--layers");
  r.stack.visible_units = unit_kinds.named(o.choice("visible"));
  r.stack.code_units = unit_kinds.named(o.choice("code-units"));
  RbmTraining& t = r.training;
  t.steps = o.size("cd");
  t.persistent = o.flag("persistent");
  t.epochs = o.size("epochs");
  t.batch_size = o.size("batch");
  t.learning_rate = usual_rbm_rate(t.persistent, false);
  o.read("rate", t.learning_rate);
  o.read("rate", r.rate_of_gaussian);
  t.momentum = o.number("momentum");
  t.momentum_at_first = std::min(t.momentum_at_first, t.momentum);
  t.weight_cost = o.number("weight-cost");
  r.steps_between = o.size("chain-steps");
  r.ais.temperatures = o.size("ais");
  r.seed = o.size("seed");
  return r;
}

void print_layer(const RbmResults& run, std::size_t k) {
  const Rbm& rbm = run.dbn.rbms[k];
  std::printf("rbm %zu: %zu %s visible and %zu %s hidden units", k + 1, rbm.visible(),
              unit_kinds.name(rbm.visible_units).c_str(), rbm.hidden(),
              unit_kinds.name(rbm.hidden_units).c_str());
  const RbmCurves& curves = run.curves[k];
  if (!curves.pseudo_likelihood.empty())
    std::printf(", pseudo-log-likelihood %.3f to %.3f", curves.pseudo_likelihood.front(),
                curves.pseudo_likelihood.back());
  std::printf("\n");
  if (!run.likelihoods[k]) return;
  const RbmLikelihood& l = *run.likelihoods[k];
  const bool has_test = run.data.test.size() > 0;
  std::printf("  log-likelihood of its input, nats an example   train %s",
              plain(l.train, 3).c_str());
  if (has_test) std::printf("   test %s", plain(l.test, 3).c_str());
  if (l.exact) {
    std::printf("   (exact)\n");
  } else {
    std::printf("   (log Z %s, standard error %.3f)\n", plain(l.log_Z.log_Z, 3).c_str(),
                l.log_Z.standard_error);
  }
  std::printf("  the same units, not connected                  train %s",
              plain(l.independent_train, 3).c_str());
  if (has_test) std::printf("   test %s", plain(l.independent_test, 3).c_str());
  std::printf("\n");
}

void print_run(const RbmResults& run) {
  for (std::size_t k = 0; k < run.dbn.rbms.size(); ++k) print_layer(run, k);
  std::printf("squared error per example, up and down once   train %s",
              plain(run.train_error).c_str());
  if (run.data.test.size() > 0) std::printf("   test %s", plain(run.test_error).c_str());
  std::printf("   (%.2f s)\nanswering with the means                      train %s", run.seconds,
              plain(run.of_means.train).c_str());
  if (run.data.test.size() > 0) std::printf("   test %s", plain(run.of_means.test).c_str());
  std::printf("\n");
  print_notes(run.remarks());
}

int run(const Options& o) {
  const ScaledData input = training_data(o);
  const RbmRunOptions run_with = run_options(o, input.data.train.features());
  const std::string& out = o.text("out");
  Progress progress(!o.flag("quiet"));
  Checkpoint checkpoint = checkpoint_of("rbm", o, input.data, out, progress);

  Workers workers(threads_of(o));
  std::printf("%s on %s: %zu training and %zu test examples\n",
              layers_text(run_with.stack.sizes).c_str(), input.data.train.name.c_str(),
              input.data.train.size(), input.data.test.size());
  print_about(input);
  std::fflush(stdout);
  // Before likelihoods and samples, which may take longer than the training
  const auto save = [&](const Dbn& dbn) {
    DenseAutoencoder deep = dbn.unroll();
    const ImageShape image = input.data.train.image;
    save_dbn(out + "/model.safetensors", {dbn, input.scaling, image});
    save_model(out + "/autoencoder.safetensors", deep, {"dbn_unrolled", input.scaling, image});
  };
  RbmResults trained = run_rbm(input.data, run_with,
                               {.workers = &workers, .listeners = {&progress, &checkpoint}}, save);
  print_run(trained);
  const RunFacts facts = run_facts("rbm", o, workers, input.data);
  write_run(o, out, rbm_results_json(trained, facts), pages::rbm_page(trained, facts, &workers),
            ", results.json, model.safetensors and autoencoder.safetensors");
  return 0;
}

}  // namespace

Command rbm_command() {
  return {"a restricted Boltzmann machine, or a deep belief network of several",
          read_page(text(page, data_options(), own_options, seed_option, threads_option,
                         quiet_option, out_option, checkpoint_options, json_option)),
          run};
}

}  // namespace strata::cli
