// Objectives that draw at random: what they draw from when they are looked at and when they are
// trained, what cannot be trained so, and weights that change from epoch to epoch.

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/contractive.hpp"
#include "autoencoders/denoising.hpp"
#include "autoencoders/lstm_autoencoder.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Dataset some_rows(std::size_t count) {
  Rng rng(3);
  return {"noise", uniform_tensor({count, 6}, rng, 0.1, 0.9), {}, {}};
}

double loss_of(Autoencoder& model, const Tensor& X, Mode mode) {
  Tape tape;
  return double(model.objective(tape, tape.input(X), {}, mode).total.value().item());
}

std::vector<RngState> states_of(Autoencoder& model) {
  std::vector<RngState> all;
  for (Rng* generator : model.generators()) all.push_back(generator->state());
  return all;
}

void check_looking_changes_nothing(Autoencoder& model) {
  const Tensor X = some_rows(20).X;
  REQUIRE(!model.generators().empty());
  const auto before = states_of(model);
  const double seen = loss_of(model, X, Mode::evaluation);
  CHECK(states_of(model) == before);
  CHECK(loss_of(model, X, Mode::evaluation) == seen);
  const double trained = loss_of(model, X, Mode::training);
  CHECK(states_of(model) != before);
  CHECK(trained != seen);
  CHECK(loss_of(model, X, Mode::training) != trained);  // drawn anew
  CHECK(loss_of(model, X, Mode::evaluation) == seen);

  TapeBackprop backprop(model);  // replays what it has recorded
  const Batch batch{X, {}};
  const auto now = states_of(model);
  const double first = total_of(backprop.evaluate(batch)),
               second = total_of(backprop.evaluate(batch));
  CHECK(std::abs(first - seen) <= 1e-6 * seen);  // the tape sums the terms in its own type
  CHECK(second == first);
  CHECK(states_of(model) == now);
}

}  // namespace

TEST_CASE("to look at an objective moves no generator, and two looks see the same draw") {
  Rng rng(1);
  VariationalAutoencoder variational({.sizes = {6, 5, 2}}, rng);
  check_looking_changes_nothing(variational);
  ContractiveAutoencoder contractive(
      {.net = {.sizes = {6, 4}}, .curvature = 1, .deviation = Real(0.3)}, rng);
  check_looking_changes_nothing(contractive);
  DenoisingAutoencoder denoising(
      std::make_unique<VariationalAutoencoder>(VariationalOptions{.sizes = {6, 5, 2}}, rng),
      {.amount = Real(0.3)}, rng);
  check_looking_changes_nothing(denoising);
}

TEST_CASE("training with a validation set goes through the same parameters as without") {
  const Dataset data = some_rows(40), held_out = some_rows(10);
  const auto trained = [&](const Dataset* validation) {
    Rng rng(5);
    VariationalAutoencoder model({.sizes = {6, 5, 2}}, rng);
    FitOptions fit{.epochs = 3, .validation = validation};
    train(model, data, rng, fit);
    return model.mean.W.value.values;
  };
  CHECK(trained(&held_out) == trained(nullptr));
}

TEST_CASE("L-BFGS is refused where the objective draws, whoever trains") {
  const Dataset data = some_rows(20);
  Rng rng(2);
  VariationalAutoencoder variational({.sizes = {6, 5, 2}}, rng);
  DenoisingAutoencoder denoising(
      std::make_unique<DenseAutoencoder>(DenseAutoencoderOptions{.sizes = {6, 4}}, rng), {}, rng);
  DenseAutoencoder plain({.sizes = {6, 4}}, rng);
  FitOptions fit{.epochs = 2, .batch_size = 20, .optimizer = {.kind = OptimizerKind::lbfgs}};
  for (Autoencoder* model :
       {static_cast<Autoencoder*>(&variational), static_cast<Autoencoder*>(&denoising)}) {
    const auto before = model->parameters()[0]->value.values;
    CHECK(error_of([&] {
            train(*model, data, rng, fit);
          }).find("needs an objective that stands still") != std::string::npos);
    CHECK(model->parameters()[0]->value.values == before);
  }
  CHECK(error_of([&] { train(plain, data, rng, fit); }) == "");
}

TEST_CASE("epochs are counted from 1: an epoch 0 has no KL weight") {
  Rng rng(4);
  for (std::size_t warm_up : {0, 3}) {
    VariationalAutoencoder model({.sizes = {6, 5, 2}, .warm_up_epochs = warm_up}, rng);
    CHECK(error_of([&] { kl_weight_in_epoch(model, 0); }).find("counted from 1") !=
          std::string::npos);
    CHECK(std::isfinite(double(kl_weight_in_epoch(model, 1))));
  }
}

// Three steps, of which the corruption hits the last: the sequence is no shorter for it.
TEST_CASE("a corrupted sequence is as long as the clean one, for the encoder too") {
  Rng rng(6);
  LstmAutoencoder model(
      {.steps = 4, .step_features = 1, .units = 3, .code_size = 2, .variable_lengths = true}, rng);
  const Tensor clean = Tensor::matrix({{Real(0.5), Real(-0.4), Real(0.3), 0}});
  const Tensor corrupted = Tensor::matrix({{Real(0.5), Real(-0.4), 0, 0}});
  Tape tape;
  const Objective objective =
      model.objective_from(tape, tape.input(corrupted), tape.input(clean), Mode::evaluation);
  // By the layers alone: three steps of the encoder, the last of them a zero.
  Tape by_hand;
  const Var X = by_hand.input(Tensor::matrix({{Real(0.5), Real(-0.4), 0}}));
  const Var h_T = model.encoder.hidden(model.encoder.states(by_hand, X, {}).back());
  const Var code = model.code.forward(by_hand, h_T);
  bool found = false;
  for (const Node& node : tape.nodes) {
    if (node.name != "code") continue;
    found = true;
    check_close(node.value, code.value(), by_real(1e-12, 1e-5));
  }
  CHECK(found);
  CHECK(std::isfinite(double(objective.total.value().item())));
}
