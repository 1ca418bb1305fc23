// The denoising autoencoder: what it is given and what it is asked for, saved and resumed, in
// stacks. Its gradients are in denoising_gradients_test.cpp, what it restores in
// denoising_training_test.cpp.

#include "autoencoders/denoising.hpp"

#include <doctest/doctest.h>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "pretraining/greedy.hpp"
#include "tests/autoencoders/denoising_nets.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using enum CorruptionKind;

std::vector<Real> all_values(Autoencoder& model) {
  std::vector<Real> values;
  for (const Parameter* p : model.parameters())
    values.insert(values.end(), p->value.values.begin(), p->value.values.end());
  return values;
}

// Masks half of the entries and keeps what came in and what went out.
struct Witness {
  std::vector<Tensor> clean, corrupted;
  Corruption corruption() {
    return {.kind = custom, .function = [this](Tensor& X, Rng& rng) {
              clean.push_back(X);
              for (Real& x : X.values) x = rng.uniform() < 0.5 ? Real(0) : x;
              corrupted.push_back(X);
            }};
  }
};

}  // namespace

TEST_CASE(
    "training compares what it makes of the corrupted rows with the clean ones; evaluation "
    "corrupts "
    "nothing") {
  Rng rng(1);
  DenoisingAutoencoder model(dense(rng), {.amount = Real(0.4)}, rng);
  const Dataset data = some_rows(7);
  Rng same(0);
  same.set_state(model.noise.state());
  const Tensor corrupted = corrupt(data.X, model.corruption, same);
  const auto loss = [&](const Tensor& input, const Tensor& target) {
    Tape tape;
    const Var in = tape.input(input), out = tape.input(target);
    return double(model.net->objective_from(tape, in, out, Mode::training).total.value().item());
  };

  Tape tape;
  const Objective trained = model.objective(tape, tape.input(data.X), {}, Mode::training);
  const double value = double(trained.total.value().item());
  CHECK(value == loss(corrupted, data.X));
  CHECK(value != loss(corrupted, corrupted));  // the mistake of reconstructing the damage
  CHECK(value != loss(data.X, data.X));        // and that of no damage

  const RngState before = model.noise.state();
  Tape evaluation;
  const Objective judged =
      model.objective(evaluation, evaluation.input(data.X), {}, Mode::evaluation);
  CHECK(double(judged.total.value().item()) == loss(data.X, data.X));
  CHECK(model.encode(data.X).values == model.net->encode(data.X).values);
  CHECK(model.reconstruct(data.X).values == model.net->reconstruct(data.X).values);
  CHECK(reconstruction_error(model, data.X) == reconstruction_error(*model.net, data.X));
  CHECK(model.noise.state() == before);  // nothing was drawn
}

TEST_CASE(
    "every batch of every epoch is corrupted anew, from clean rows; validation is not, by tape and "
    "by hand") {
  for (const BackpropKind kind : {BackpropKind::tape, BackpropKind::explicit_rule}) {
    CAPTURE(backprop_kinds.name(kind));
    Witness witness;
    Rng rng(2);
    DenoisingAutoencoder model(dense(rng), witness.corruption(), rng);
    const Dataset data = some_rows(20);
    FitOptions fit{.epochs = 3, .batch_size = 8, .learning_rate = 0.01};
    fit.shuffle = false;
    fit.validation = &data;
    train(model, data, rng, fit, {kind, nullptr});
    REQUIRE(witness.clean.size() == 3 * 3);  // two full batches and a short one
    for (std::size_t k = 0; k < witness.clean.size(); ++k) {
      const std::size_t b = k % 3;
      CHECK(witness.clean[k].values ==
            slice_rows(data.X, 8 * b, std::min<std::size_t>(8 * b + 8, 20)).values);
      for (std::size_t earlier = b; earlier < k; earlier += 3)
        CHECK(witness.corrupted[k].values != witness.corrupted[earlier].values);
    }
  }
}

TEST_CASE(
    "the same seed gives the same bits, for any number of threads; by tape and by hand end in the "
    "same "
    "place") {
  const auto trained = [](BackpropKind kind, std::size_t threads) {
    Workers workers(threads);
    Rng rng(7);
    DenoisingAutoencoder model(dense(rng), {.kind = gaussian}, rng);
    train(model, some_rows(50), rng, {.epochs = 5, .learning_rate = 0.01}, {kind, &workers});
    return all_values(model);
  };
  const std::vector<Real> by_hand = trained(BackpropKind::explicit_rule, 1),
                          by_tape = trained(BackpropKind::tape, 1);
  CHECK(by_hand == trained(BackpropKind::explicit_rule, 2));
  CHECK(by_tape == trained(BackpropKind::tape, 2));
  for (std::size_t i = 0; i < by_hand.size(); ++i)
    check_close(by_hand[i], by_tape[i], 0, by_real(1e-10, 1e-3));
}

TEST_CASE(
    "saved and loaded it is the same to the bit, and training goes on as if never interrupted") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  for (const bool variational : {false, true}) {
    for (const BackpropKind kind : {BackpropKind::tape, BackpropKind::explicit_rule}) {
      Rng rng(8);
      std::unique_ptr<Autoencoder> net = dense(rng);
      if (variational)  // with a generator of its own, and a warm-up
        net = std::make_unique<VariationalAutoencoder>(
            VariationalOptions{.sizes = {6, 5, 2}, .warm_up_epochs = 3}, rng);
      DenoisingAutoencoder model(std::move(net), {.kind = salt_and_pepper, .amount = Real(0.2)},
                                 rng);
      const Dataset data = some_rows(40);
      train(model, data, rng, {.epochs = 2, .learning_rate = 0.01}, {kind, nullptr});
      save_model(path, model, {"denoising", {}, {}});
      const SavedModel saved = load_model(path);
      Autoencoder& loaded = *saved.model;
      CHECK(loaded.settings() == model.settings());
      CHECK(loaded.settings().at("net").at("model").as_string() ==
            (variational ? "variational" : "dense"));
      CHECK(all_values(loaded) == all_values(model));
      CHECK(loaded.generators().size() == (variational ? 2 : 1));
      CHECK(loaded.reconstruct(data.X).values == model.reconstruct(data.X).values);
      CHECK(loaded.architecture() == model.architecture());
      for (Autoencoder* one : {static_cast<Autoencoder*>(&model), &loaded}) {
        Rng order(9);
        train(*one, data, order, {.epochs = 2, .learning_rate = 0.01}, {kind, nullptr});
      }
      CHECK(all_values(loaded) == all_values(model));
    }
  }
}

TEST_CASE(
    "what cannot be is said: saving a function, no net, by hand without a dense net, data out of "
    "range") {
  const Scratch scratch;
  Rng rng(10);
  Witness witness;
  DenoisingAutoencoder own(dense(rng), witness.corruption(), rng);
  CHECK(error_of([&] {
          save_model(scratch.file("m.safetensors"), own);
        }).find("save the net inside the denoising autoencoder, and wrap it again after loading") !=
        std::string::npos);
  CHECK(error_of([&] { DenoisingAutoencoder(nullptr, {}, rng); }) ==
        "denoising: there is no net to denoise with");
  CHECK(error_of([&] { DenoisingAutoencoder(dense(rng), {.amount = 2}, rng); }).find("[0, 1]") !=
        std::string::npos);
  DenoisingAutoencoder variational(
      std::make_unique<VariationalAutoencoder>(VariationalOptions{.sizes = {6, 2}}, rng), {}, rng);
  CHECK(error_of([&] { DenoisingBackprop{variational}; }).find("covers dense nets only") !=
        std::string::npos);
  CHECK_FALSE(has_explicit_backprop(variational));
  CHECK(has_explicit_backprop(own));
  Dataset wide;
  wide.X = Tensor({5, 6}, 3);
  CHECK(error_of([&] { train(own, wide, rng, {}); }).find("sigmoid outputs stay within") !=
        std::string::npos);
}

TEST_CASE(
    "stacked denoising: each layer corrupts its own input, and clean codes are passed upward") {
  Witness first, second;
  const Dataset data = some_rows(24);
  const auto plan = [](std::size_t units, Witness& witness) {
    LayerPlan layer{{.sizes = {units}, .loss = Loss::bce},
                    {.epochs = 2, .batch_size = 24, .learning_rate = 0.05},
                    witness.corruption()};
    layer.fit.shuffle = false;
    return layer;
  };
  Rng rng(12);
  std::vector<GreedyStage> stages = pretrain_greedily(data, {plan(5, first), plan(3, second)}, rng);
  REQUIRE(first.clean.size() == 2);
  REQUIRE(second.clean.size() == 2);
  CHECK(first.clean[0].values == data.X.values);
  const Tensor clean_codes = stages[0].autoencoder->encode(data.X);
  for (const Tensor& given : second.clean) CHECK(given.values == clean_codes.values);
  for (const Tensor& damaged : first.corrupted)  // what would have come up from corrupted rows
    CHECK(stages[0].autoencoder->encode(damaged).values != second.clean[0].values);
  CHECK(second.corrupted[0].values != second.clean[0].values);
  check_close(stages[0].error, reconstruction_error(*stages[0].autoencoder, data.X),
              by_real(1e-12, 1e-5));
  const DenseAutoencoder deep = unroll(stages);
  CHECK(deep.sizes() == std::vector<std::size_t>{6, 5, 3});

  Rng again(12);  // without corruption the layers end elsewhere
  std::vector<LayerPlan> plain = {plan(5, first), plan(3, second)};
  plain[0].corruption.reset();
  plain[1].corruption.reset();
  const std::vector<GreedyStage> others = pretrain_greedily(data, plain, again);
  CHECK(others[0].dense()->encoder[0].W.value.values !=
        stages[0].dense()->encoder[0].W.value.values);
}
