#pragma once
// A small training whose every source of state is in use, interrupted after so many steps and
// resumed.

#include <doctest/doctest.h>

#include "autoencoders/denoising.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "layers/checkpoint.hpp"
#include "tests/scratch.hpp"

namespace strata::testing {

// Sets the flag that Ctrl-C would set, in the gradient of a given step counted from 1.
struct InterruptedBackprop : Backprop {
  Backprop& inner;
  volatile std::sig_atomic_t& flag;
  std::size_t steps = 0, last;
  InterruptedBackprop(Backprop& inner_, volatile std::sig_atomic_t& flag_, std::size_t last_)
      : Backprop(inner_.workers), inner(inner_), flag(flag_), last(last_) {}
  std::vector<Parameter*> parameters() override { return inner.parameters(); }
  std::vector<Rng*> generators() override { return inner.generators(); }
  const std::vector<TermValue>& gradients(const Batch& batch) override {
    if (++steps == last) flag = 1;
    return inner.gradients(batch);
  }
  const std::vector<TermValue>& evaluate(const Batch& batch) override {
    return inner.evaluate(batch);
  }
  void remember(State& state) override { inner.remember(state); }
  std::string explain_non_finite(const Batch& batch) override {
    return inner.explain_non_finite(batch);
  }
};

// Everything that a training leaves, but for times.
struct Outcome {
  std::vector<Tensor> values;
  std::vector<RngState> generators;
  History history;
  std::size_t steps = 0;  // of the last run of the program
};

inline void check_same_bits(const Outcome& a, const Outcome& b) {
  REQUIRE(a.values.size() == b.values.size());
  for (std::size_t k = 0; k < a.values.size(); ++k) CHECK(a.values[k].values == b.values[k].values);
  CHECK(a.generators == b.generators);
  REQUIRE(a.history.epochs.size() == b.history.epochs.size());
  for (std::size_t e = 0; e < a.history.epochs.size(); ++e) {
    const EpochRecord &x = a.history.epochs[e], &y = b.history.epochs[e];
    CHECK(x.epoch == y.epoch);
    CHECK(x.loss == y.loss);
    CHECK(x.validation_loss == y.validation_loss);
    CHECK(x.learning_rate == y.learning_rate);
    REQUIRE(x.terms.size() == y.terms.size());
    for (std::size_t k = 0; k < x.terms.size(); ++k) {
      CHECK(x.terms[k].name == y.terms[k].name);
      CHECK(x.terms[k].value == y.terms[k].value);
    }
  }
  CHECK(a.history.best_epoch == b.history.best_epoch);
  CHECK(a.history.stopped_early == b.history.stopped_early);
}

// A training whose every source of state is in use: dropout and corruption draw, the rate follows a
// schedule.
struct Training {
  FitOptions fit;
  double dropout = 0.2;
  bool corrupts = true;
  BackpropKind by = BackpropKind::tape;
  Dataset data = rows(digits8x8(), 0, 60);

  Training() {
    fit.epochs = 4;
    fit.batch_size = 16;  // 16, 16, 16 and 12
    fit.learning_rate = 0.02;
    fit.schedule.kind = ScheduleKind::one_cycle;
    fit.clip_norm = 3;
    fit.stage = "some";
  }

  std::unique_ptr<Autoencoder> model(Rng& rng) const {
    DenseAutoencoderOptions options{.sizes = {64, 8, 3}};
    options.dropout = Real(dropout);
    options.penalties.decay = Real(1e-3);
    auto net = std::make_unique<DenseAutoencoder>(options, rng);
    if (!corrupts) return net;
    return std::make_unique<DenoisingAutoencoder>(std::move(net), Corruption{}, rng);
  }

  // The whole run of a program: from the seed on.
  Outcome run(Checkpoint* checkpoint, volatile std::sig_atomic_t& flag,
              std::size_t last_step) const {
    Rng rng(5);
    const std::unique_ptr<Autoencoder> trained = model(rng);
    const auto inner = make_backprop(by, *trained);
    InterruptedBackprop backprop(*inner, flag, last_step);
    Outcome outcome;
    outcome.history = strata::fit(backprop, data, rng, fit, {.checkpoint = checkpoint});
    for (const Parameter* p : trained->parameters()) outcome.values.push_back(p->value);
    outcome.generators.push_back(rng.state());
    for (const Rng* generator : trained->generators())
      outcome.generators.push_back(generator->state());
    outcome.steps = backprop.steps;
    return outcome;
  }

  Outcome never_stopped() const {
    volatile std::sig_atomic_t flag = 0;
    return run(nullptr, flag, 0);
  }

  // Interrupted after so many steps of each run, then let go on to its end.
  Outcome stopped_after(const std::vector<std::size_t>& stops) const {
    const Scratch scratch;
    const std::string file = scratch.file("c.safetensors");
    for (std::size_t k = 0; k <= stops.size(); ++k) {
      volatile std::sig_atomic_t flag = 0;
      Checkpoint checkpoint({.file = file, .interrupted = &flag});
      if (k > 0) checkpoint.resume(file);
      if (k == stops.size()) return run(&checkpoint, flag, 0);
      CHECK_THROWS_AS(run(&checkpoint, flag, stops[k]), Interrupted);
    }
    return {};
  }
};

}  // namespace strata::testing
