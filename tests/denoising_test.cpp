// The denoising autoencoder: what it is given and what it is asked for, by tape and by hand, saved and resumed, in stacks; and
// on the digits that it restores.

#include "autoencoders/denoising.hpp"

#include <doctest/doctest.h>

#include <array>

#include "autoencoders/contractive.hpp"
#include "autoencoders/model_file.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/rebuild.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "core/autodiff/gradcheck.hpp"
#include "core/data/digits8x8.hpp"
#include "core/data/toy_sets.hpp"
#include "pretraining/greedy.hpp"
#include "pretraining/kinds/denoising.hpp"
#include "pretraining/linear_probe.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

using enum CorruptionKind;

std::unique_ptr<Autoencoder> dense(Rng& rng, const DenseAutoencoderOptions& options = {.sizes = {6, 8},
                                                                                       .loss = Loss::bce}) {
  auto net = std::make_unique<DenseAutoencoder>(options, rng);
  for (Parameter* p : net->parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
  return net;
}

Dataset some_rows(std::size_t count, std::uint64_t seed = 3) {
  Rng rng(seed);
  Dataset data;
  data.name = "noise";
  data.X = uniform_tensor({count, 6}, rng, 0.1, 0.9);
  return data;
}

FitOptions adam(std::size_t epochs, double rate, std::size_t batch = 32) {
  FitOptions fit;
  fit.epochs = epochs;
  fit.batch_size = batch;
  fit.learning_rate = rate;
  return fit;
}

void clear(Autoencoder& model) {
  for (Parameter* p : model.parameters()) p->grad.fill(0);
}

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
    "training compares what it makes of the corrupted rows with the clean ones; evaluation corrupts "
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
  const Objective judged = model.objective(evaluation, evaluation.input(data.X), {}, Mode::evaluation);
  CHECK(double(judged.total.value().item()) == loss(data.X, data.X));
  CHECK(model.encode(data.X).values == model.net->encode(data.X).values);
  CHECK(model.reconstruct(data.X).values == model.net->reconstruct(data.X).values);
  CHECK(reconstruction_error(model, data.X) == reconstruction_error(*model.net, data.X));
  CHECK(model.noise.state() == before);  // nothing was drawn
}

TEST_CASE(
    "every batch of every epoch is corrupted anew, from clean rows; validation is not, by tape and by hand") {
  for (const BackpropKind kind : {BackpropKind::tape, BackpropKind::explicit_rule}) {
    CAPTURE(backprop_name(kind));
    Witness witness;
    Rng rng(2);
    DenoisingAutoencoder model(dense(rng), witness.corruption(), rng);
    const Dataset data = some_rows(20);
    FitOptions fit = adam(3, 0.01, 8);
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
    "the gradient checker accepts every corruption around nets of every kind, term by term and rule by "
    "rule") {
  const Corruption corruptions[] = {
      {.kind = masking},
      {.kind = salt_and_pepper},
      {.kind = gaussian},
      {.kind = custom, .function = [](Tensor& X, Rng& rng) { X[rng.below(6)] = 1; }}};
  for (const Corruption& corruption : corruptions) {
    for (int which = 0; which < 4; ++which) {
      CAPTURE(corruption_text(corruption));
      CAPTURE(which);
      Rng rng(4);
      std::unique_ptr<Autoencoder> net;
      if (which == 0)
        net = dense(rng, sparse_autoencoder(6, 4, {.rho = Real(0.2), .beta = 1, .decay = Real(0.1)}));
      if (which == 1) net = dense(rng, multilayer_autoencoder({6, 5, 3}));
      if (which == 2)
        net = std::make_unique<ContractiveAutoencoder>(
            ContractiveOptions{.net = {.sizes = {6, 4}}, .curvature = Real(0.5)}, rng);
      if (which == 3)
        net = std::make_unique<VariationalAutoencoder>(VariationalOptions{.sizes = {6, 5, 2}}, rng);
      DenoisingAutoencoder model(std::move(net), corruption, rng);
      Tape tape;
      const Var X = tape.input(some_rows(5).X);
      const Objective objective = model.objective(tape, X, {}, Mode::training);
      for (const TensorCheck& c : check_objective(tape, objective, model.parameters())) {
        CAPTURE(c.tensor);
        CAPTURE(c.term);
        CHECK(c.verdict != Verdict::wrong);
        if (c.term == "total") CHECK(c.verdict == Verdict::ok);
      }
      for (const NodeCheck& node : check_every_node(tape, objective.total, rng))
        CHECK(node.verdict == Verdict::ok);
    }
  }
}

TEST_CASE(
    "by hand and by tape: the same draw gives the same terms and gradients, for every batch size in turn") {
  const std::array<DenseAutoencoderOptions, 3> nets = {
      DenseAutoencoderOptions{.sizes = {6, 8}, .loss = Loss::bce},
      sparse_autoencoder(6, 5, {.rho = Real(0.2), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}),
      DenseAutoencoderOptions{.sizes = {6, 5, 3}, .hidden = Activation::tanh, .tied = true}};
  for (const DenseAutoencoderOptions& options : nets) {
    for (const CorruptionKind kind : {masking, salt_and_pepper, gaussian}) {
      Rng rng(5);
      DenoisingAutoencoder model(dense(rng, options), {.kind = kind}, rng);
      DenoisingBackprop by_hand(model);
      TapeBackprop by_tape(model);
      for (const std::size_t m : {7, 3, 7, 1}) {
        CAPTURE(m);
        const Batch batch{some_rows(m, m).X, {}};
        const RngState start = model.noise.state();
        clear(model);
        const std::vector<TermValue> terms = by_hand.gradients(batch);
        std::vector<Tensor> explicit_gradients;
        for (const Parameter* p : model.parameters()) explicit_gradients.push_back(p->grad);
        const RngState after = model.noise.state();
        model.noise.set_state(start);
        clear(model);
        const std::vector<TermValue>& tape_terms = by_tape.gradients(batch);
        CHECK(model.noise.state() == after);
        REQUIRE(terms.size() == tape_terms.size());
        for (std::size_t t = 0; t < terms.size(); ++t)
          check_close(terms[t].value, tape_terms[t].value, by_real(1e-12, 1e-5));
        for (std::size_t p = 0; p < explicit_gradients.size(); ++p)
          CHECK(relative_difference(explicit_gradients[p], model.parameters()[p]->grad) <
                by_real(1e-12, 1e-4));
        CHECK(total_of(by_hand.evaluate(batch)) != total_of(terms));
        check_close(total_of(by_hand.evaluate(batch)), total_of(by_tape.evaluate(batch)),
                    by_real(1e-12, 1e-5));
      }
    }
  }
}

TEST_CASE("each term alone by hand, from an input that is not the target") {
  Rng rng(6);
  DenseAutoencoder net(
      sparse_autoencoder(6, 5, {.rho = Real(0.2), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}), rng);
  const Tensor target = some_rows(5).X, input = corrupt(target, {}, rng);
  ExplicitBackprop by_hand(net);
  Tape tape;
  const Var in = tape.input(input), out = tape.input(target);
  const Objective objective = net.objective_from(tape, in, out, Mode::training);
  for (const Term& term : objective.terms) {
    CAPTURE(term.name);
    clear(net);
    tape.backward(term.value);
    const Tensor expected = net.encoder[0].W.grad;
    clear(net);
    by_hand.gradients_of_term(input, target, term.name);
    CHECK(relative_difference(net.encoder[0].W.grad, expected) < by_real(1e-12, 1e-4));
  }
  CHECK(error_of([&] { by_hand.gradients(slice_rows(input, 0, 4), target); }) ==
        "explicit backprop: the input is 4×6 but the target is 5×6");
}

TEST_CASE(
    "the same seed gives the same bits, for any number of threads; by tape and by hand end in the same "
    "place") {
  const auto trained = [](BackpropKind kind, std::size_t threads) {
    Workers workers(threads);
    Rng rng(7);
    DenoisingAutoencoder model(dense(rng), {.kind = gaussian}, rng);
    train(model, some_rows(50), rng, adam(5, 0.01), {kind, &workers});
    return all_values(model);
  };
  const std::vector<Real> by_hand = trained(BackpropKind::explicit_rule, 1),
                          by_tape = trained(BackpropKind::tape, 1);
  CHECK(by_hand == trained(BackpropKind::explicit_rule, 2));
  CHECK(by_tape == trained(BackpropKind::tape, 2));
  for (std::size_t i = 0; i < by_hand.size(); ++i)
    check_close(by_hand[i], by_tape[i], 0, by_real(1e-10, 1e-3));
}

TEST_CASE("saved and loaded it is the same to the bit, and training goes on as if never interrupted") {
  const Scratch scratch;
  const std::string path = scratch.file("m.safetensors");
  for (const bool variational : {false, true}) {
    for (const BackpropKind kind : {BackpropKind::tape, BackpropKind::explicit_rule}) {
      Rng rng(8);
      std::unique_ptr<Autoencoder> net = dense(rng);
      if (variational)  // with a generator of its own, and a warm-up
        net = std::make_unique<VariationalAutoencoder>(
            VariationalOptions{.sizes = {6, 5, 2}, .warm_up_epochs = 3}, rng);
      DenoisingAutoencoder model(std::move(net), {.kind = salt_and_pepper, .amount = Real(0.2)}, rng);
      const Dataset data = some_rows(40);
      train(model, data, rng, adam(2, 0.01), {kind, nullptr});
      save_model(path, model, {"denoising", {}, {}});
      const SavedModel saved = load_model(path);
      Autoencoder& loaded = *saved.model;
      CHECK(loaded.settings() == model.settings());
      CHECK(loaded.settings().at("net").at("model").as_string() == (variational ? "variational" : "dense"));
      CHECK(all_values(loaded) == all_values(model));
      CHECK(loaded.generators().size() == (variational ? 2 : 1));
      CHECK(loaded.reconstruct(data.X).values == model.reconstruct(data.X).values);
      CHECK(loaded.architecture() == model.architecture());
      const std::unique_ptr<Autoencoder> copy = copy_of(model);
      for (Autoencoder* one : {static_cast<Autoencoder*>(&model), &loaded, copy.get()}) {
        Rng order(9);
        train(*one, data, order, adam(2, 0.01), {kind, nullptr});
      }
      CHECK(all_values(loaded) == all_values(model));
      CHECK(all_values(*copy) == all_values(model));
    }
  }
}

TEST_CASE(
    "what cannot be is said: saving a function, no net, by hand without a dense net, data out of range") {
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

TEST_CASE("a number that is not finite is found on a tape of the same draw") {
  Rng rng(11);
  DenoisingAutoencoder model(dense(rng), {.kind = gaussian}, rng);
  DenoisingBackprop by_hand(model);
  dense_net_of(model)->decoder[0].W.value[0] = std::numeric_limits<Real>::infinity();
  const Batch batch{some_rows(4).X, {}};
  by_hand.gradients(batch);
  CHECK(by_hand.explain_non_finite(batch).find("parameter decoder.0.W") != std::string::npos);
  const Batch shorter{some_rows(2).X, {}};
  by_hand.evaluate(shorter);
  CHECK(by_hand.explain_non_finite(shorter).find("parameter decoder.0.W") != std::string::npos);
}

TEST_CASE("stacked denoising: each layer corrupts its own input, and clean codes are passed upward") {
  Witness first, second;
  const Dataset data = some_rows(24);
  const auto plan = [](std::size_t units, Witness& witness) {
    LayerPlan layer{{.sizes = {units}, .loss = Loss::bce}, adam(2, 0.05, 24), witness.corruption()};
    layer.fit.shuffle = false;
    return layer;
  };
  Rng rng(12);
  std::vector<GreedyStage> stages = pretrain_greedily(data, {plan(5, first), plan(3, second)}, rng);
  REQUIRE(first.clean.size() == 2);
  REQUIRE(second.clean.size() == 2);
  CHECK(first.clean[0].values == data.X.values);
  const Tensor clean_codes = stages[0].autoencoder.encode(data.X);
  for (const Tensor& given : second.clean) CHECK(given.values == clean_codes.values);
  for (const Tensor& damaged : first.corrupted)  // what would have come up from corrupted rows
    CHECK(stages[0].autoencoder.encode(damaged).values != second.clean[0].values);
  CHECK(second.corrupted[0].values != second.clean[0].values);
  check_close(stages[0].error, reconstruction_error(stages[0].autoencoder, data.X), by_real(1e-12, 1e-5));
  const DenseAutoencoder deep = unroll(stages);
  CHECK(deep.sizes() == std::vector<std::size_t>{6, 5, 3});

  Rng again(12);  // without corruption the layers end elsewhere
  std::vector<LayerPlan> plain = {plan(5, first), plan(3, second)};
  plain[0].corruption.reset();
  plain[1].corruption.reset();
  const std::vector<GreedyStage> others = pretrain_greedily(data, plain, again);
  CHECK(others[0].autoencoder.encoder[0].W.value.values != stages[0].autoencoder.encoder[0].W.value.values);
}

TEST_CASE(
    "on the digits: less than half of the corrupted rows' error is left, on test rows, nothing clipped") {
  const TrainTest data = split_every(digits8x8());
  for (const CorruptionKind kind : {masking, gaussian}) {
    CAPTURE(corruption_name(kind));
    Rng rng(1);
    DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(
                                   DenseAutoencoderOptions{.sizes = {64, 120}, .loss = Loss::bce}, rng),
                               {.kind = kind, .amount = Real(0.3)}, rng);
    FitOptions fit = adam(30, 0.01);
    fit.schedule.kind = "one_cycle";
    train(model, data.train, rng, fit);
    Rng draws(2);
    const Restoration r = restore(model, data.test.X, model.corruption, draws);
    CAPTURE(r.corrupted_error);
    CAPTURE(r.restored_error);
    CHECK(r.restored_error < 0.5 * r.corrupted_error);
    CHECK(r.corrupted_error == squared_error_per_example(data.test.X, r.corrupted));
    CHECK(r.restored_error == squared_error_per_example(data.test.X, model.reconstruct(r.corrupted)));
  }
}

TEST_CASE(
    "on the digits: from 100 labelled examples a linear classifier reads more out of the code than out of "
    "the pixels") {
  const TrainTest data = split_every(digits8x8());
  Rng rng(1);
  DenseAutoencoderOptions options{.sizes = {64, 200}, .code = Activation::relu, .loss = Loss::bce};
  DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(options, rng),
                             {.kind = gaussian, .amount = Real(0.5)}, rng);
  FitOptions fit = adam(40, 0.005);
  fit.schedule.kind = "one_cycle";
  train(model, data.train, rng, fit);
  const auto codes = [&model](const Dataset& of) {
    return Dataset{"codes", model.encode(of.X), of.labels, {}};
  };
  const Dataset train_codes = codes(data.train), test_codes = codes(data.test);
  ProbeOptions options_of_probe{.decays = {1e-3, 1e-2}, .folds = 2, .iterations = 40};
  double pixels = 0, code = 0;
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    Rng choice(100 + draw);
    const std::vector<std::size_t> labelled = draw_of_each_class(data.train.labels, 10, choice);
    REQUIRE(labelled.size() == 100);
    pixels += linear_probe(take(data.train, labelled), data.test, 10, options_of_probe).accuracy / 3;
    code += linear_probe(take(train_codes, labelled), test_codes, 10, options_of_probe).accuracy / 3;
  }
  CAPTURE(pixels);
  CAPTURE(code);
  CHECK(code > pixels + 0.01);
}

TEST_CASE("on a circle the field g(f(x)) - x points back to the curve") {
  Rng rng(1);
  Dataset data = circle(400, 0.02, rng);
  DenseAutoencoderOptions options{.sizes = {2, 60}, .code = Activation::tanh, .output = Activation::linear};
  DenoisingAutoencoder model(std::make_unique<DenseAutoencoder>(options, rng),
                             {.kind = gaussian, .amount = Real(0.2)}, rng);
  FitOptions fit = adam(120, 0.02);
  fit.schedule.kind = "one_cycle";
  train(model, data, rng, fit);
  const report::VectorField field = report::vector_field(model, data.X, 13);
  REQUIRE(text(field.starts.shape) == "169×2");
  std::size_t judged = 0, towards = 0;
  for (std::size_t i = 0; i < field.starts.rows(); ++i) {
    const double x = double(field.starts(i, 0)), y = double(field.starts(i, 1)), radius = std::hypot(x, y);
    const double away = radius - 1;
    if (std::abs(away) < 0.15 || radius < 0.5 || radius > 1.4) continue;
    ++judged;
    const double outward = (double(field.arrows(i, 0)) * x + double(field.arrows(i, 1)) * y) / radius;
    towards += outward * away < 0;
  }
  CAPTURE(judged);
  CHECK(judged > 40);
  CHECK(towards == judged);
}
