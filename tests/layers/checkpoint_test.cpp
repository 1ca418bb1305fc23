#include "layers/checkpoint.hpp"

#include <filesystem>

#include "autoencoders/variational.hpp"
#include "core/io/safetensors.hpp"
#include "tests/check_close.hpp"
#include "tests/contains.hpp"
#include "tests/layers/interrupted_training.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "checkpoint: every optimiser, stopped in the middle of epochs and at their ends, ends in the "
    "same bits") {
  for (const std::string& name : optimizer_kinds.names) {
    CAPTURE(name);
    const OptimizerKind kind = optimizer_kinds.named(name);
    Training training;
    training.fit.optimizer.kind = kind;
    training.fit.optimizer.weight_decay = 0.01;
    if (kind == OptimizerKind::lbfgs) {
      training.dropout = 0;
      training.corrupts = false;
      training.fit.clip_norm = 0;
      training.fit.learning_rate = 1;
      training.fit.schedule = {};
    }
    const Outcome whole = training.never_stopped();
    check_same_bits(training.stopped_after({1, 5, 2, 4}), whole);
    check_same_bits(training.stopped_after({6}), whole);
  }
}

TEST_CASE("checkpoint: lbfgs on the whole set keeps its pairs, and that it has come to a stand") {
  Training training;
  training.dropout = 0;
  training.corrupts = false;
  training.data = rows(digits8x8(), 0, 6);
  training.fit = {.epochs = 60, .batch_size = 6, .stage = "lbfgs"};
  training.fit.optimizer = {.kind = OptimizerKind::lbfgs, .history = 4};
  training.fit.shuffle = false;
  const Outcome whole = training.never_stopped();
  check_same_bits(training.stopped_after({9, 14, 30}), whole);
}

TEST_CASE("checkpoint: noise drawn by the rule written by hand goes on where it stopped") {
  Training training;
  training.dropout = 0;
  training.by = BackpropKind::explicit_rule;
  check_same_bits(training.stopped_after({3, 4}), training.never_stopped());
}

TEST_CASE("checkpoint: the best epoch and its parameters are kept for early stopping") {
  const Dataset held_out = rows(digits8x8(), 100, 140);
  Training training;
  training.fit.epochs = 30;
  training.fit.learning_rate = 0.3;  // far too large: it gets worse soon
  training.fit.schedule = {};
  training.fit.validation = &held_out;
  training.fit.patience = 3;
  const Outcome whole = training.never_stopped();
  REQUIRE(whole.history.stopped_early);
  const std::size_t after_best = 4 * whole.history.best_epoch + 5;  // in the second epoch behind it
  check_same_bits(training.stopped_after({after_best}), whole);
  check_same_bits(training.stopped_after({after_best - 3, 2}), whole);
}

TEST_CASE("checkpoint: a finished training is not trained again") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const Training training;
  volatile std::sig_atomic_t flag = 0;
  Checkpoint first({.file = file});
  const Outcome trained = training.run(&first, flag, 0);
  CHECK(trained.steps == 16);
  Checkpoint again({.file = file});
  again.resume(file);
  const Outcome put_back = training.run(&again, flag, 0);
  CHECK(put_back.steps == 0);
  check_same_bits(put_back, trained);
  CHECK(put_back.history.earlier_seconds >= trained.history.seconds);
}

TEST_CASE("checkpoint: a run that is killed goes on from the last epoch that was written") {
  struct Killed {};
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  Training training;
  const Outcome whole = training.never_stopped();
  volatile std::sig_atomic_t flag = 0;
  Checkpoint checkpoint({.file = file, .seconds_between = 0});
  training.fit.after_epoch = [](const EpochRecord& record) {
    if (record.epoch == 3) throw Killed();
    return true;
  };
  CHECK_THROWS_AS(training.run(&checkpoint, flag, 0), Killed);
  training.fit.after_epoch = {};
  Checkpoint next({.file = file});
  next.resume(file);
  const Outcome resumed = training.run(&next, flag, 0);
  CHECK(resumed.steps == 8);  // of 16: two epochs were kept
  check_same_bits(resumed, whole);
}

TEST_CASE(
    "checkpoint: two trainings that share a generator; the file is written when it is due, and at "
    "their "
    "ends") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const Dataset data = rows(digits8x8(), 0, 40);
  volatile std::sig_atomic_t flag = 0;
  std::size_t epochs_seen = 0;
  const auto run = [&](Checkpoint* checkpoint, std::size_t stop_at) {
    Rng rng(2);
    std::vector<Tensor> values;
    FitOptions fit{.epochs = 3, .batch_size = 20};
    fit.after_epoch = [&](const EpochRecord&) {
      if (++epochs_seen == stop_at) flag = 1;
      return true;
    };
    for (const char* name : {"first", "second"}) {
      fit.stage = name;
      DenseAutoencoder model({.sizes = {64, 4}}, rng);
      train(model, data, rng, fit, {.listeners = {.checkpoint = checkpoint}});
      for (const Parameter* p : model.parameters()) values.push_back(p->value);
    }
    return values;
  };
  const std::vector<Tensor> whole = run(nullptr, 0);
  epochs_seen = 0;
  Checkpoint slow({.file = file, .interrupted = &flag, .seconds_between = 1e9});
  CHECK_THROWS_AS(run(&slow, 5), Interrupted);
  const SafeTensors kept = read_safetensors(file);
  CHECK(kept.find("first/values.encoder.0.W") != nullptr);
  CHECK(kept.find("first/mean.0") == nullptr);  // a finished training needs no optimiser
  CHECK(kept.find("second/mean.0") != nullptr);
  flag = 0;
  epochs_seen = 0;
  Checkpoint next({.file = file, .interrupted = &flag});
  next.resume(file);
  const std::vector<Tensor> resumed = run(&next, 0);
  CHECK(epochs_seen == 1);
  for (std::size_t k = 0; k < whole.size(); ++k) CHECK(resumed[k].values == whole[k].values);
  CHECK(contains(error_of([&] { run(&next, 0); }), "two trainings are called 'first'"));
}

TEST_CASE("checkpoint: only an interrupted run is written where it is not asked for each epoch") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const Training training;
  volatile std::sig_atomic_t flag = 0;
  Checkpoint quiet({.file = file, .each_epoch = false, .interrupted = &flag, .seconds_between = 0});
  training.run(&quiet, flag, 0);
  CHECK(!std::filesystem::exists(file));
  Checkpoint interrupted({.file = file, .each_epoch = false, .interrupted = &flag});
  CHECK_THROWS_AS(training.run(&interrupted, flag, 16), Interrupted);  // in the last step of all
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("checkpoint: a weight that rises from epoch to epoch is that of the epoch gone on with") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const Dataset data = rows(digits8x8(), 0, 40);
  volatile std::sig_atomic_t flag = 0;
  const auto run = [&](Checkpoint* checkpoint, std::size_t stop_in_epoch) {
    Rng rng(3);
    VariationalOptions options{.sizes = {64, 6, 2}};
    options.warm_up_epochs = 5;
    VariationalAutoencoder model(options, rng);
    FitOptions fit{.epochs = 4, .batch_size = 20};
    // After its first step
    fit.before_epoch = [&](std::size_t epoch) { flag = epoch == stop_in_epoch; };
    const History history = train(model, data, rng, fit, {.listeners = {.checkpoint = checkpoint}});
    return std::pair(model.decoder[0].W.value.values, history.epochs.back().terms[1].value);
  };
  const auto whole = run(nullptr, 0);
  Checkpoint checkpoint({.file = file, .interrupted = &flag});
  CHECK_THROWS_AS(run(&checkpoint, 3), Interrupted);
  Checkpoint next({.file = file, .interrupted = &flag});
  next.resume(file);
  CHECK(run(&next, 0) == whole);
}

TEST_CASE("checkpoint: a warm-up that had no epoch has none when it is resumed") {
  const Scratch scratch;
  const std::string file = scratch.file("c.safetensors");
  const Dataset data = rows(digits8x8(), 0, 20);
  const auto kl_weight = [&](Checkpoint& checkpoint) {
    Rng rng(3);
    VariationalAutoencoder model({.sizes = {64, 6, 2}}, rng);
    train(model, data, rng, {.epochs = 0}, {.listeners = {.checkpoint = &checkpoint}});
    return model.kl_weight.value[0];
  };
  Checkpoint first({.file = file}), next({.file = file});
  const Real at_first = kl_weight(first);
  next.resume(file);
  CHECK(kl_weight(next) == at_first);
}

TEST_CASE("checkpoint: a file that cannot be written for some time is a warning, and tried again") {
  const Scratch scratch;
  const std::filesystem::path folder = scratch.folder / "folder";
  const std::string file = (folder / "c.safetensors").string();
  Training training;
  training.fit.epochs = 6;
  const Outcome whole = training.never_stopped();
  std::vector<std::string> warnings;
  std::string there;  // whether the file is there at the end of each epoch but the last
  training.fit.after_epoch = [&](const EpochRecord& record) {
    if (record.epoch > 1) there += std::filesystem::exists(file) ? "1" : "0";
    if (record.epoch == 1 || record.epoch == 4) std::filesystem::create_directory(folder);
    if (record.epoch == 2 || record.epoch == 5) std::filesystem::remove_all(folder);
    return true;
  };
  const auto warn = [&](const std::string& words) { warnings.push_back(words); };
  volatile std::sig_atomic_t flag = 0;
  CheckpointOptions options{.file = file, .interrupted = &flag, .seconds_between = 0, .warn = warn};
  Checkpoint checkpoint(options);
  check_same_bits(training.run(&checkpoint, flag, 0), whole);
  CHECK(there == "10010");
  REQUIRE(warnings.size() == 2);  // epochs 2 and 3, and from 5 on
  CHECK(warnings[0] == file + ": cannot be written (folder " + folder.string() +
                           " does not exist); training goes on, and the checkpoint is tried again");
  CHECK(warnings[1] == warnings[0]);

  // What is lost is an error: of an interrupted run, and where nobody is told
  Checkpoint interrupted(options);
  CHECK(error_of([&] {
          training.run(&interrupted, flag, 10);
        }).starts_with("interrupted, and the checkpoint is not saved: " + file));
  flag = 0;
  options.warn = {};
  Checkpoint alone(options);
  CHECK(error_of([&] { training.run(&alone, flag, 0); }).starts_with(file + ": cannot be written"));
}
