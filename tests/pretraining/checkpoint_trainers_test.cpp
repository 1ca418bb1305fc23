// Trainings of a run: each is stopped after every single step, resumed, and compared with a
// run that never stopped.

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

#include "core/data/digits8x8.hpp"
#include "pretraining/runs/classify.hpp"
#include "pretraining/runs/pretrain.hpp"
#include "pretraining/runs/rbm.hpp"
#include "tests/layers/interrupted_training.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// As many runs of the program as there are steps: the signal is there from the start, so that each
// ends after one; and no longer after so many stops.
std::size_t runs_until_done(const std::function<void(Checkpoint*)>& run, std::size_t stops = 1000) {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  for (std::size_t runs = 1; runs < 1000; ++runs) {
    volatile std::sig_atomic_t flag = runs <= stops;
    Checkpoint checkpoint({.file = file, .interrupted = &flag});
    if (runs > 1) checkpoint.resume(file);
    try {
      run(&checkpoint);
      return runs;
    } catch (const Interrupted&) {}
  }
  return 0;
}

// Of a training with so many batches an epoch, by the signal that is there from the start.
std::size_t stops_of(std::size_t epochs, std::size_t batches) {
  return epochs * (batches + 1) + 1;
}

// A run of the program that the signal, set meanwhile, is to end.
void check_interrupted(const std::string& file, volatile std::sig_atomic_t& flag,
                       const std::function<void(Checkpoint*)>& run) {
  Checkpoint checkpoint({.file = file, .each_epoch = false, .interrupted = &flag});
  if (std::filesystem::exists(file)) checkpoint.resume(file);
  CHECK_THROWS_AS(run(&checkpoint), Interrupted);
  flag = 0;
}

}  // namespace

TEST_CASE(
    "checkpoint: contrastive divergence, also with persistent chains, stopped after every batch") {
  const Dataset data = rows(digits8x8(), 0, 50);
  for (const bool persistent : {false, true}) {
    CAPTURE(persistent);
    std::vector<std::vector<Real>> values;
    std::vector<double> losses;
    const auto run = [&](Checkpoint* checkpoint) {
      Rng rng(4);
      Rbm rbm({.visible = 64, .hidden = 5}, rng);
      const RbmTraining options{
          .epochs = 4, .batch_size = 20, .persistent = persistent, .epochs_at_first = 2};
      const History history =
          train_rbm(rbm, data, rng, options, {.listeners = {.checkpoint = checkpoint}});
      values = {rbm.W.value.values, rbm.a.value.values, rbm.b.value.values, {Real(rng.uniform())}};
      losses.clear();
      for (const EpochRecord& record : history.epochs) losses.push_back(record.loss);
    };
    run(nullptr);
    const auto whole = values;
    const auto whole_losses = losses;
    CHECK(runs_until_done(run) > 4 * 3);
    CHECK(values == whole);
    CHECK(losses == whole_losses);
  }
}

TEST_CASE("checkpoint: logistic PCA, stopped after every iteration") {
  const Tensor X = rows(digits8x8(), 0, 40).X;
  std::vector<std::vector<Real>> values;
  std::vector<double> objectives;
  const auto run = [&](Checkpoint* checkpoint) {
    const LogisticPcaFit fit = fit_logistic_pca(X, 2, {}, nullptr, {.checkpoint = checkpoint});
    values = {fit.model.directions.values, fit.model.offsets.values, fit.codes.values};
    objectives = fit.objectives;
  };
  run(nullptr);
  const auto whole = values;
  const auto whole_objectives = objectives;
  CHECK(runs_until_done(run) > whole_objectives.size());
  CHECK(values == whole);
  CHECK(objectives == whole_objectives);
}

TEST_CASE("checkpoint: several steps on a batch, stopped after each") {
  Training training;
  training.dropout = 0;
  training.corrupts = false;
  training.fit = {.epochs = 2, .batch_size = 30, .steps_a_batch = 3, .stage = "lbfgs"};
  training.fit.optimizer.kind = OptimizerKind::lbfgs;
  const Outcome whole = training.never_stopped();
  Outcome resumed;
  volatile std::sig_atomic_t unused = 0;
  const std::size_t runs = runs_until_done(
      [&](Checkpoint* checkpoint) { resumed = training.run(checkpoint, unused, 0); });
  CHECK(runs > 2 * 2 * 3);
  check_same_bits(resumed, whole);
}

TEST_CASE(
    "checkpoint: a comparison with its classifier, stopped after every step, has the same curves "
    "and codes") {
  const TrainTest data = split_every(rows(digits8x8(), 0, 30));  // 24 training rows: two batches
  PretrainOptions options;
  options.sizes = {64, 4, 2};
  options.ways = {"denoising", "rbm"};
  options.pretrain_epochs = options.fine_tuning.epochs = 2;
  options.fine_tuning.batch_size = 12;
  ClassifyOptions classification;
  classification.softmax.epochs = 5;
  classification.fine_tuning.epochs = 2;
  classification.fine_tuning.batch_size = 12;
  PretrainResults c;
  BeforeAndAfter both;
  const auto run = [&](Checkpoint* checkpoint) {
    const Engine engine{.listeners = {.checkpoint = checkpoint}};
    c = run_pretrain(data, options, engine);
    both = classify_on_stack(data, unroll(c.main_stages()), classification, engine);
  };
  run(nullptr);
  const PretrainResults whole = std::move(c);
  const BeforeAndAfter whole_both = both;
  const std::size_t of_kind = 3 * stops_of(2, 2);  // two layers and fine-tuning
  const std::size_t of_classifier = stops_of(5, 1) + stops_of(2, 2);
  CHECK(runs_until_done(run) == 1 + whole.method("logistic_pca").iterations + 2 * stops_of(6, 2) +
                                    2 * of_kind + of_classifier);
  REQUIRE(c.methods.size() == whole.methods.size());
  for (std::size_t m = 0; m < c.methods.size(); ++m) {
    CAPTURE(c.methods[m].name);
    CHECK(c.methods[m].test_error == whole.methods[m].test_error);
    CHECK(c.methods[m].test_codes.values == whole.methods[m].test_codes.values);
    REQUIRE(c.methods[m].curves.size() == whole.methods[m].curves.size());
    for (std::size_t k = 0; k < c.methods[m].curves.size(); ++k) {
      const Curve &curve = c.methods[m].curves[k], &expected = whole.methods[m].curves[k];
      CHECK(curve.test_errors == expected.test_errors);
      CHECK(curve.history.epochs.size() == expected.history.epochs.size());
    }
  }
  CHECK(whole.method("deep_random").curves[0].test_errors.size() == 6);
  CHECK(both.before.training.test_accuracy == whole_both.before.training.test_accuracy);
  CHECK(both.after.training.test_accuracy == whole_both.after.training.test_accuracy);
  CHECK(both.after.model.encoder[0].W.value.values ==
        whole_both.after.model.encoder[0].W.value.values);
}

TEST_CASE("checkpoint: classification with few labels, stopped after every step and in each draw") {
  const TrainTest data = split_every(rows(digits8x8(), 0, 150));  // 120 training rows: two batches
  ClassifyOptions options;
  LayerPlan plan;
  plan.options.sizes = {6};
  plan.fit.epochs = 2;
  plan.fit.batch_size = 60;
  options.layers = {plan};
  options.softmax.epochs = 3;
  options.fine_tuning.epochs = 2;
  options.fine_tuning.batch_size = 60;
  options.few_labels = {
      .labels = {10, 20}, .draws = 2, .fine_tuning = options.fine_tuning, .steps = 3};
  ClassifyResults c;
  const auto run = [&](Checkpoint* checkpoint) {
    c = run_classify(data, options, {.listeners = {.checkpoint = checkpoint}});
  };
  run(nullptr);
  const ClassifyResults whole = std::move(c);
  const std::size_t stops = 3 * stops_of(2, 2) + stops_of(3, 1);
  CHECK(runs_until_done(run, stops) == stops + 1);

  // A draw is left half-way, in the fine-tuning of one of its two nets, and done anew
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  volatile std::sig_atomic_t flag = 0;
  std::size_t epochs = 0, stop_in = 0;
  options.few_labels.fine_tuning.after_epoch = [&](const EpochRecord&) {
    if (++epochs == stop_in) flag = 1;
    return true;
  };
  const auto epochs_of_run = [&] { return std::exchange(epochs, 0); };
  run(nullptr);
  const std::size_t of_all = epochs_of_run(), of_draw = of_all / 4;
  for (const std::size_t in_draw : {std::size_t(1), of_draw - 1, of_draw / 2}) {
    stop_in = in_draw == 1 ? 1 : of_draw + in_draw;  // in the second draw of that run
    check_interrupted(file, flag, run);
    CHECK(epochs_of_run() == stop_in);
  }
  stop_in = 0;
  Checkpoint last({.file = file, .interrupted = &flag});
  last.resume(file);
  run(&last);
  CHECK(epochs_of_run() == 2 * of_draw);  // two draws were done
  CHECK(c.random_start.test_accuracy == whole.random_start.test_accuracy);
  CHECK(c.after.model.encoder[0].W.value.values == whole.after.model.encoder[0].W.value.values);
  REQUIRE(c.few_labels.rows.size() == 2);
  for (std::size_t r = 0; r < 2; ++r) {
    CHECK(c.few_labels.rows[r].labels == whole.few_labels.rows[r].labels);
    for (std::size_t m = 0; m < few_label_methods().size(); ++m) {
      CHECK(whole.few_labels.rows[r].scores[m].accuracies.size() == 2);
      CHECK(c.few_labels.rows[r].scores[m].accuracies ==
            whole.few_labels.rows[r].scores[m].accuracies);
    }
  }
}

TEST_CASE(
    "checkpoint: a deep belief network, its curves and its likelihoods, stopped after every "
    "batch") {
  const TrainTest data = split_every(rows(digits8x8(), 0, 60));
  RbmRunOptions options;
  // More hidden units than are enumerated: importance sampling draws
  options.stack.sizes = {64, 25, 22};
  options.training.epochs = 2;
  options.training.batch_size = 24;
  options.ais = {20, 10};
  options.chains = options.samples_of_chain = 2;
  Json results;
  RbmResults last;
  const auto run = [&](Checkpoint* checkpoint) {
    last = run_rbm(data, options, {.listeners = {.checkpoint = checkpoint}});
    results = rbm_results_json(last, {});
    results["seconds"] = 0;
  };
  run(nullptr);
  const std::string whole = results.dump();
  const RbmResults whole_run = last;
  const std::size_t stops = 2 * stops_of(2, 2);
  CHECK(runs_until_done(run, stops) == stops + 1);
  CHECK(results.dump() == whole);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(whole_run.curves[k].epoch.size() == 2);
    CHECK(last.curves[k].pseudo_likelihood == whole_run.curves[k].pseudo_likelihood);
    CHECK(last.curves[k].test_energy == whole_run.curves[k].test_energy);
    REQUIRE(last.likelihoods[k]);
    CHECK_FALSE(last.likelihoods[k]->exact);
    CHECK(last.likelihoods[k]->log_Z.high == whole_run.likelihoods[k]->log_Z.high);
  }
  CHECK(last.chains[1].values == whole_run.chains[1].values);
}

TEST_CASE(
    "checkpoint: annealing and long chains of an RBM are left half-way, with its training kept") {
  const TrainTest data = split_every(rows(digits8x8(), 0, 60));
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  volatile std::sig_atomic_t flag = 0;
  bool stop_when_trained = false;
  RbmRunOptions options;
  options.stack.sizes = {64, 25};
  options.training.epochs = 2;
  options.ais = {20, 10};
  options.chains = options.samples_of_chain = 2;
  options.steps_between = 3;
  RbmResults last;
  std::vector<Real> trained_weights;
  const auto run = [&](Checkpoint* checkpoint) {
    last = run_rbm(data, options, {.listeners = {.checkpoint = checkpoint}}, [&](const Dbn& dbn) {
      trained_weights = dbn.rbms[0].W.value.values;
      flag = stop_when_trained;
    });
  };
  run(nullptr);
  const RbmResults whole = last;
  constexpr std::size_t endless = 200000;  // some seconds

  stop_when_trained = true;
  options.ais.temperatures = endless;
  check_interrupted(file, flag, run);
  CHECK(trained_weights == whole.dbn.rbms[0].W.value.values);

  stop_when_trained = false;
  options.ais.temperatures = 10;
  options.steps_between = 10 * endless;
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    flag = 1;
  });
  check_interrupted(file, flag, run);
  later.join();

  options.steps_between = 3;
  Checkpoint next({.file = file, .interrupted = &flag});
  next.resume(file);
  run(&next);
  CHECK(last.dbn.rbms[0].W.value.values == whole.dbn.rbms[0].W.value.values);
  CHECK(last.likelihoods[0]->log_Z.log_Z == whole.likelihoods[0]->log_Z.log_Z);
  CHECK(last.chains[1].values == whole.chains[1].values);
}

TEST_CASE("checkpoint: a batch of contrastive divergence is left half-way and done anew") {
  const Dataset data = rows(digits8x8(), 0, 50);
  for (const bool persistent : {false, true}) {
    CAPTURE(persistent);
    const RbmTraining options{.steps = 2, .persistent = persistent};
    const FitOptions fit_options{.epochs = 2, .batch_size = 20, .learning_rate = 0.05};
    // What is left, and how many gradients were begun
    const auto run = [&](Checkpoint* checkpoint, volatile std::sig_atomic_t& flag,
                         std::size_t stop_in) {
      Rng rng(4);
      // Large weights: with small ones, chains with the same draws soon meet wherever they began
      Rbm rbm({.visible = 64, .hidden = 5, .weight_scale = 1}, rng);
      const Listeners listeners{.checkpoint = checkpoint};
      ContrastiveDivergence divergence(rbm, options, rng, nullptr, listeners);
      InterruptedBackprop backprop(divergence, flag, stop_in);
      fit(backprop, data, rng, fit_options, listeners);
      return std::pair(rbm.W.value.values, backprop.steps);
    };
    volatile std::sig_atomic_t flag = 0;
    const auto whole = run(nullptr, flag, 0);
    CHECK(whole.second == 6);
    for (std::size_t stop_in = 1; stop_in <= 6; ++stop_in) {
      CAPTURE(stop_in);
      const Scratch scratch;
      const std::string file = scratch.file("c.safetensors");
      check_interrupted(file, flag, [&](Checkpoint* c) { run(c, flag, stop_in); });
      Checkpoint next({.file = file, .interrupted = &flag});
      next.resume(file);
      const auto resumed = run(&next, flag, 0);
      CHECK(resumed.first == whole.first);
      CHECK(resumed.second == 6 - (stop_in - 1));  // the one that was begun, again
    }
  }
}
