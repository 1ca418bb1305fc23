#pragma once
// A walk through the delta rule for a random model and batch, or for those given.

#include <doctest/doctest.h>

#include <algorithm>

#include "autoencoders/explicit/walk.hpp"
#include "tests/autoencoders/autoencoder_reference.hpp"

namespace strata::testing {

struct Walked {
  DenseAutoencoder model;
  Batch batch;
  Tape tape;
  Objective objective;
  std::vector<ExplicitStep> steps;

  Walked(DenseAutoencoder model_, const Tensor& X) : model(std::move(model_)), batch{X, {}} {
    model.name_parameters();
    objective = model.objective(tape, tape.input(batch.X, "X"), {}, Mode::training);
    steps = explicit_walk(model, batch, tape, objective);
  }
  explicit Walked(const DenseAutoencoderOptions& options, std::size_t m = 5)
      : Walked(random_model(options), random_batch(options, m)) {}

  static DenseAutoencoder random_model(const DenseAutoencoderOptions& options) {
    Rng rng(9);
    DenseAutoencoder model(options, rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
    return model;
  }
  static Tensor random_batch(const DenseAutoencoderOptions& options, std::size_t m) {
    Rng rng(5);
    return uniform_tensor({m, options.sizes[0]}, rng, 0.05, 0.95);
  }
  ExplicitStep& at(const std::string& name) {
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const auto& s) { return s.name == name; });
    REQUIRE_MESSAGE(found != steps.end(), name);
    return *found;
  }
  std::string names() const {
    std::string all;
    for (const ExplicitStep& step : steps) all += (all.empty() ? "" : ", ") + step.name;
    return all;
  }
};

inline DenseAutoencoderOptions sparse_options() {
  return {.sizes = {6, 4}, .penalties = {.rho = Real(0.1), .beta = 1, .decay = Real(0.01)}};
}

}  // namespace strata::testing
