// The convolutional autoencoder: whole networks against PyTorch, the gradient checker, odd sides
// and its file.

#include "autoencoders/convolutional.hpp"

#include <doctest/doctest.h>

#include "autoencoders/files/model_file.hpp"
#include "autoencoders/train.hpp"
#include "core/data/digits8x8.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "layers/conv2d.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

FitOptions adam(std::size_t epochs) {
  return {.epochs = epochs, .learning_rate = 0.01, .schedule = {.kind = ScheduleKind::one_cycle}};
}

// Random parameters, biases too: zeros hide errors.
ConvolutionalAutoencoder random_model(const ConvolutionalOptions& options, Rng& rng) {
  ConvolutionalAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
  return model;
}

const std::vector<Downsampling> ways_down = {Downsampling::stride, Downsampling::pool};
const std::vector<Upsampling> ways_up = {Upsampling::upsample, Upsampling::transpose};

}  // namespace

TEST_CASE("code, reconstruction, terms and gradients of whole networks are PyTorch's") {
  const double relative = by_real(1e-9, 2e-3), absolute = by_real(1e-12, 2e-5);
  std::size_t compared = 0;
  for (const Json& c : convolutional_reference().at("cases").items()) {
    CAPTURE(compared);
    ConvolutionalAutoencoder model = ConvolutionalAutoencoder::from_settings(c.at("settings"));
    REQUIRE(model.parameters().size() == c.at("parameters").members().size());
    for (Parameter* p : model.parameters()) {
      const Tensor value = to_tensor(c.at("parameters").at(p->name));
      REQUIRE(p->value.shape == value.shape);
      p->value = value;
    }
    const Tensor X = to_tensor(c.at("X"));
    check_close(model.encode(X), to_tensor(c.at("code")), relative, absolute);
    check_close(model.reconstruct(X), to_tensor(c.at("reconstruction")), relative, absolute);
    Tape tape;
    const Objective objective = model.objective(tape, tape.input(X), {}, Mode::training);
    check_close(objective.total.value().item(), c.at("total").as_number(), relative);
    for (const Term& term : objective.terms)
      check_close(term.value.value().item(), c.at("terms").at(term.name).as_number(), relative);
    CHECK(objective.terms.size() == (model.options.decay > 0 ? 2 : 1));
    tape.backward(objective.total);
    for (const Parameter* p : model.parameters()) {
      CAPTURE(p->name);
      check_close(p->grad, to_tensor(c.at("gradients").at(p->name)), relative, absolute);
    }
    CHECK(model.settings() == c.at("settings"));
    ++compared;
  }
  CHECK(compared == 5);
}

TEST_CASE("every gradient is the numerical one, for each way down and up, each code and loss") {
  std::size_t decided = 0;
  for (const Downsampling down : ways_down) {
    for (const Upsampling up : ways_up) {
      for (const std::size_t code_size : {0u, 3u}) {
        Rng rng(4);
        ConvolutionalOptions options{
            .picture = {1, 4, 4}, .filters = {2, 3}, .down = down, .up = up};
        options.code_size = code_size;
        options.loss = code_size > 0 ? Loss::half_mse : Loss::bce;
        options.decay = Real(0.1);
        ConvolutionalAutoencoder model = random_model(options, rng);
        CAPTURE(model.settings().dump());
        for (const std::size_t batch : {1u, 3u}) {
          Tape tape;
          const Var input = tape.input(uniform_tensor({batch, 16}, rng, 0.05, 0.95));
          const Var target = tape.input(uniform_tensor({batch, 16}, rng, 0.05, 0.95));
          const Objective objective = model.objective_from(tape, input, target, Mode::training);
          for (const TensorCheck& check : check_objective(tape, objective, model.parameters())) {
            CAPTURE(check.tensor);
            CAPTURE(check.term);
            CHECK(check.verdict != Verdict::wrong);
            if (check.verdict == Verdict::ok) ++decided;
          }
        }
      }
    }
  }
  CHECK(decided > 250);  // of some 400; the others cross a kink of relu or pooling somewhere
}

TEST_CASE("the loss compares with the target, not with the input") {
  Rng rng(8);
  for (const Loss loss : {Loss::half_mse, Loss::bce}) {
    ConvolutionalAutoencoder model =
        random_model({.picture = {1, 4, 4}, .filters = {2}, .loss = loss}, rng);
    const Tensor X = uniform_tensor({3, 16}, rng, 0.05, 0.95),
                 clean = uniform_tensor({3, 16}, rng, 0.05, 0.95);
    const Tensor R = model.reconstruct(X);
    double expected = 0;
    for (std::size_t i = 0; i < R.size(); ++i) {
      const double r = double(R[i]), x = double(clean[i]);
      expected += loss == Loss::bce ? -(x * std::log(r) + (1 - x) * std::log(1 - r))
                                    : (r - x) * (r - x) / 2;
    }
    Tape tape;
    const Var input = tape.input(X), target = tape.input(clean);
    const Objective objective = model.objective_from(tape, input, target, Mode::training);
    check_close(objective.total.value().item(), expected / 3, by_real(1e-10, 1e-4));
  }
}

TEST_CASE("any sides come back from strides, and the architecture says the way") {
  for (const Upsampling up : ways_up) {
    for (const Maps picture :
         {Maps{1, 7, 5}, Maps{1, 28, 28}, Maps{3, 8, 8}, Maps{1, 1, 9}, Maps{1, 2, 2}}) {
      Rng rng(1);
      const ConvolutionalAutoencoder fresh({.picture = picture, .filters = {4}, .up = up}, rng);
      CHECK(fresh.features() == picture.size());
      ConvolutionalAutoencoder model = ConvolutionalAutoencoder::from_settings(fresh.settings());
      const Tensor X = uniform_tensor({2, picture.size()}, rng, 0, 1);
      CHECK(model.encode(X).cols() == model.code_size());
      CHECK(text(model.reconstruct(X).shape) == text(X.shape));
    }
  }
  Rng rng(1);
  CHECK(
      ConvolutionalAutoencoder({.picture = {1, 28, 28}, .filters = {16, 8}}, rng).architecture() ==
      "1×28×28 → 16×14×14 → 8×7×7");
  ConvolutionalOptions dense{.picture = {1, 7, 5}, .filters = {4, 2}};
  dense.code_size = 6;
  CHECK(ConvolutionalAutoencoder(dense, rng).architecture() == "1×7×5 → 4×4×3 → 2×2×2 → 6");
}

TEST_CASE("what does not go together is refused, saying what would") {
  const auto refused = [](ConvolutionalOptions options) {
    return error_of([&] {
      Rng rng(1);
      ConvolutionalAutoencoder model(options, rng);
    });
  };
  const auto says = [](const std::string& error, const std::string& words) {
    CAPTURE(error);
    CHECK(error.find(words) != std::string::npos);
  };
  says(refused({.picture = {1, 7, 5}, .down = Downsampling::pool}),
       "multiples of 4: pad to 8×8, or choose stride");
  says(refused({.picture = {1, 12, 28}, .filters = {4, 4, 4}, .down = Downsampling::pool}),
       "pad to 16×32");
  says(refused({.picture = {1, 4, 4}, .filters = {2, 2, 2}}),
       "nothing is left to halve of 4×4 after 2 stages");
  says(refused({.picture = {1, 8, 8}, .kernel = 4}), "choose an odd one");
  says(refused({.picture = {1, 8, 8}, .filters = {}}), "needs a stage");
  says(refused({.picture = {1, 8, 8}, .filters = {4, 0}}), "a stage of 0 filters");
  says(refused({.picture = {1, 0, 8}}), "a picture of 1×0×8");
  says(refused({.picture = {1, 8, 8}, .decay = -1}), "decay is -1");
  Rng rng(1);
  ConvolutionalAutoencoder model({.picture = {1, 4, 4}, .filters = {2}}, rng);
  says(error_of([&] { model.check_data(Tensor({2, 15})); }), "16 features");
  says(error_of([&] {
         model.check_data(Tensor({2, 16}, std::vector<Real>(32, Real(1.5))));
       }),
       "1.5");
  says(error_of([] { downsampling_kinds.named("half"); }), "choose stride or pool");
  says(error_of([] { upsampling_kinds.named("nearest"); }), "choose upsample or transpose");
}

TEST_CASE("sides that the windows cannot make are refused") {
  Rng rng(1);
  Tape tape;
  const Var X = tape.input(normal_tensor({1, 2, 3, 4}, rng)),
            W = tape.input(normal_tensor({2, 1, 3, 3}, rng));
  const Var b = tape.input(Tensor({1}));
  const ConvTransposeOptions five_by_eight{.stride = 2, .padding = 1, .height = 5, .width = 8};
  CHECK(text(conv2d_transpose(X, W, b, five_by_eight).shape()) == "1×1×5×8");
  CHECK(error_of([&] {
          conv2d_transpose(X, W, b, {.stride = 2, .padding = 1, .height = 7, .width = 8});
        }).find("do not make a side of 7 (of 5 to 6)") != std::string::npos);
  CHECK(text(upsample_nearest2d(X, 2, 5, 8).shape()) == "1×2×5×8");
  CHECK(error_of([&] { upsample_nearest2d(X, 2, 4, 8); }).find("does not make 4×8") !=
        std::string::npos);
  CHECK(error_of([&] { upsample_nearest2d(X, 2, 7, 8); }).find("at most 6×8") != std::string::npos);
}

TEST_CASE("trained on after a break, from its file, it has the same bits") {
  Rng data_rng(5);
  const Dataset data{"noise", uniform_tensor({20, 35}, data_rng, 0.05, 0.95), {}, {7, 5}};
  const auto go_on = [&](Autoencoder& model) {
    Rng rng(2);
    train(model, data, rng, adam(2));
  };
  for (const std::size_t code_size : {0u, 4u}) {
    Rng rng(1);
    ConvolutionalOptions options{.picture = {1, 7, 5}, .filters = {3, 2}, .decay = Real(0.01)};
    options.code_size = code_size;
    ConvolutionalAutoencoder model(options, rng);
    go_on(model);
    const Scratch scratch;
    save_model(scratch.file("m.safetensors"), model, {"convolutional", {}, {7, 5}});
    const SavedModel loaded = load_model(scratch.file("m.safetensors"));
    CHECK(loaded.image == ImageShape{7, 5});
    CHECK(loaded.model->encode(data.X).values == model.encode(data.X).values);
    go_on(model);
    go_on(*loaded.model);
    CHECK(loaded.model->reconstruct(data.X).values == model.reconstruct(data.X).values);
  }
}

TEST_CASE("the same bits for one thread and for two") {
  const TrainTest data = split_every(digits8x8());
  const Dataset some = rows(data.train, 0, 300);
  const auto trained = [&](std::size_t threads) {
    Rng rng(3);
    ConvolutionalAutoencoder model({.picture = {1, 8, 8}, .filters = {16, 8}}, rng);
    Workers workers(threads);
    FitOptions options = adam(2);
    options.batch_size = 150;
    train(model, some, rng, options, {BackpropKind::tape, &workers});
    return model.reconstruct(some.X).values;
  };
  CHECK(trained(1) == trained(2));
}

TEST_CASE(
    "biases start at zero, and weights by He: the variance goes through the layers as it is") {
  Rng rng(6);
  ConvolutionalAutoencoder model(
      {.picture = {8, 16, 16}, .filters = {64, 64}, .down = Downsampling::pool}, rng);
  for (const Parameter* p : model.parameters()) {
    CAPTURE(p->name);
    if (!p->decays) CHECK(largest_magnitude(p->value) == 0);
  }
  const auto& first = dynamic_cast<const Conv2d&>(*model.encoder.layers[1]);
  const double variance =
      squared_distance(first.W.value, Tensor(first.W.value.shape)) / double(first.W.value.size());
  check_close(variance, 2.0 / (8 * 9), 0.1);
}
