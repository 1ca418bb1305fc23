// The variational autoencoder: the oracle's terms and gradients, the gradient checker, noise and
// warm-up. Its KL is in gaussian_kl_test.cpp, training in variational_training_test.cpp, what is
// asked of a trained one in generate_test.cpp.

#include "autoencoders/variational.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/generate.hpp"
#include "autoencoders/train.hpp"
#include "tests/autoencoders/autoencoder_reference.hpp"
#include "tests/check_close.hpp"
#include "tests/check_gradients.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

VariationalAutoencoder oracle_model() {
  const Json& p = testing::reference().at("vae").at("parameters");
  Rng rng(1);
  VariationalAutoencoder model({.sizes = {6, 5, 2}}, rng);
  const auto set = [&p](Dense& layer, const char* W, const char* b) {
    layer.W.value = to_tensor(p.at(W));
    layer.b.value = to_tensor(p.at(b));
  };
  set(model.encoder[0], "We", "be");
  set(model.mean, "Wm", "bm");
  set(model.log_variance, "Wv", "bv");
  set(model.decoder[0], "Wd", "bd");
  set(model.decoder[1], "Wx", "bx");
  return model;
}

// In the order of model.parameters().
const std::vector<const char*> oracle_names = {"We", "be", "Wm", "bm", "Wv",
                                               "bv", "Wd", "bd", "Wx", "bx"};

}  // namespace

TEST_CASE("terms, values and gradients, in all and term by term, are the oracle's") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-13, 1e-5);
  const Json& c = testing::reference().at("vae");
  VariationalAutoencoder model = oracle_model();
  Tape tape;
  const Var X = tape.input(to_tensor(c.at("X"))), epsilon = tape.input(to_tensor(c.at("epsilon")));
  const auto q = model.record_posterior(tape, X, Mode::training);
  check_close(q.mean.value(), to_tensor(c.at("mu")), relative, absolute);
  check_close(q.log_variance.value(), to_tensor(c.at("log_variance")), relative, absolute);
  const Objective objective = model.objective_given(tape, X, X, epsilon, Mode::training);
  check_close(objective.total.value().item(), c.at("negative_elbo").as_number(), relative);
  REQUIRE(objective.terms.size() == 2);
  const auto check_gradients = [&](Var root, const Json& expected) {
    for (Parameter* p : model.parameters()) p->grad.fill(0);
    tape.backward(root);
    for (std::size_t k = 0; k < oracle_names.size(); ++k) {
      INFO(std::string(oracle_names[k]));
      check_close(model.parameters()[k]->grad, to_tensor(expected.at(oracle_names[k])), relative,
                  absolute);
    }
  };
  check_gradients(objective.total, c.at("gradients"));
  for (const Term& term : objective.terms) {
    INFO(term.name);
    check_close(term.value.value().item(), c.at("terms").at(term.name).as_number(), relative);
    check_gradients(term.value, c.at("gradients_by_term").at(term.name));
  }
}

TEST_CASE(
    "both decoders pass the gradient checker, term by term, with noise kept and beta at work") {
  for (const DecoderKind kind : {DecoderKind::bernoulli, DecoderKind::gaussian}) {
    INFO(std::string(decoder_kinds.name(kind)));
    Rng rng(2);
    VariationalAutoencoder model({.sizes = {5, 4, 2},
                                  .decoder = kind,
                                  .output = Activation::sigmoid,
                                  .deviation = Real(0.4),
                                  .beta = Real(0.7)},
                                 rng);
    for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.6);
    Tape tape;
    const Var X = tape.input(uniform_tensor({3, 5}, rng, 0, 1));
    const Objective objective = model.objective(tape, X, {}, Mode::training);
    const auto checks = check_objective(tape, objective, model.parameters());
    CHECK(checks.size() == 10 * 3);
    check_all_ok(checks);
    for (const NodeCheck& node : check_every_node(tape, objective.total, rng)) {
      INFO(std::string(node.op));
      CHECK(node.verdict == Verdict::ok);
    }
    CHECK(model.kl_weight.grad[0] == 0);  // it is not trained
  }
}

TEST_CASE("mistakes of published code give another number than the oracle") {
  const Json& c = testing::reference().at("vae");
  VariationalAutoencoder model = oracle_model();
  const Tensor x = to_tensor(c.at("X"));
  const double m = double(x.rows()), d = double(x.cols());
  Tape tape;
  const Var X = tape.input(x), epsilon = tape.input(to_tensor(c.at("epsilon")));
  const auto q = model.record_posterior(tape, X, Mode::training);
  const auto reconstruction_at = [&](Var z) {
    return double(model.record_reconstruction(model.record_logits(tape, z), X).value().item());
  };
  const auto kl_with = [&](const auto& summand) {
    double total = 0;
    for (std::size_t i = 0; i < q.mean.value().size(); ++i)
      total += summand(double(q.mean.value()[i]), double(q.log_variance.value()[i]));
    return total / m;
  };
  const double right = reconstruction_at(VariationalAutoencoder::record_sample(q, epsilon));
  const double right_kl =
      kl_with([](double mu, double v) { return -0.5 * (1 + v - mu * mu - std::exp(v)); });
  const double elbo = c.at("negative_elbo").as_number(), relative = by_real(1e-9, 1e-3);
  check_close(right + right_kl, elbo, relative);
  const auto differs = [&](double mistaken) { CHECK(std::abs(mistaken / elbo - 1) > 1e-3); };
  differs(right - right_kl);      // the sign
  differs(right + 2 * right_kl);  // no ½
  differs(right +
          // Log σ² for σ
          kl_with([](double mu, double v) { return -0.5 * (1 + v - mu * mu - v * v); }));
  differs(
      right +
      // The head read as log σ here, and as log σ² in the sample
      kl_with([](double mu, double v) { return -0.5 * (1 + 2 * v - mu * mu - std::exp(2 * v)); }));
  differs(right / d + right_kl);  // a mean over pixels: the KL has d times its weight
  differs(right + right_kl * m);  // a sum over the batch beside a mean
  // σ² for σ in z
  differs(reconstruction_at(add(q.mean, mul(exp(q.log_variance), epsilon))) + right_kl);
  differs(reconstruction_at(q.mean) + right_kl);  // no noise at all
}

TEST_CASE("noise: fresh at every replay, kept on demand, and the same for the same seed") {
  const auto record = [](Tape& tape, VariationalAutoencoder& model) {
    Rng data(9);
    return model.objective(tape, tape.input(uniform_tensor({4, 6}, data, 0, 1)), {},
                           Mode::training);
  };
  Rng rng(4), same(4), other(5);
  VariationalAutoencoder a({.sizes = {6, 5, 2}}, rng), b({.sizes = {6, 5, 2}}, same),
      c({.sizes = {6, 5, 2}}, other);
  Tape tape_a, tape_b, tape_c;
  const Var loss_a = record(tape_a, a).total, loss_b = record(tape_b, b).total,
            loss_c = record(tape_c, c).total;
  for (int pass = 0; pass < 3; ++pass) {
    const Real before = loss_a.value().item();
    CHECK(before == loss_b.value().item());
    CHECK(before != loss_c.value().item());
    tape_a.replay(Randomness::keep);
    CHECK(loss_a.value().item() == before);
    for (Tape* tape : {&tape_a, &tape_b, &tape_c}) tape->replay();
    CHECK(loss_a.value().item() != before);
  }
}

TEST_CASE(
    "the warm-up raises the weight of the KL on tapes that are replayed; evaluation has beta from "
    "the "
    "start") {
  Rng rng(6);
  VariationalAutoencoder model({.sizes = {6, 5, 2}, .beta = 2, .warm_up_epochs = 4}, rng);
  const double weights[] = {0, 0.5, 1, 1.5, 2, 2};
  for (std::size_t epoch = 1; epoch <= 6; ++epoch)
    check_close(kl_weight_in_epoch(model, epoch), weights[epoch - 1], 1e-6);

  Dataset data;
  data.X = uniform_tensor({20, 6}, rng, 0, 1);
  FitOptions fit;
  fit.epochs = 6;
  fit.batch_size = 20;
  fit.learning_rate = 1e-12;  // the model stays what it is
  fit.validation = &data;
  std::vector<double> kl;
  fit.after_epoch = [&](const EpochRecord& record) {
    kl.push_back(record.terms[1].value);
    return true;
  };
  const History history = train(model, data, rng, fit);
  CHECK(kl[0] == 0);
  CHECK(history.epochs[5].terms[1].name == "kl");
  for (std::size_t epoch = 2; epoch <= 6; ++epoch)
    check_close(kl[epoch - 1], kl[5] * weights[epoch - 1] / 2, 1e-5);
  const PosteriorValues q = posterior(model, data.X);
  double expected = 0;
  for (std::size_t i = 0; i < q.mean.size(); ++i) {
    const double mu = q.mean[i], v = q.log_variance[i];
    expected -= 0.5 * (1 + v - mu * mu - std::exp(v)) / 20;
  }
  check_close(kl[5], 2 * expected, by_real(1e-9, 1e-4));
  CHECK(model.kl_weight.value.item() == 2);

  // evaluation has the whole KL at any time
  model.kl_weight.value[0] = 0;
  Tape tape;
  const Var X = tape.input(data.X), epsilon = tape.input(normal_tensor({20, 2}, rng));
  CHECK(model.objective_given(tape, X, X, epsilon, Mode::training).terms[1].value.value().item() ==
        0);
  const Objective evaluated = model.objective_given(tape, X, X, epsilon, Mode::evaluation);
  check_close(evaluated.terms[1].value.value().item(), 2 * expected, by_real(1e-9, 1e-4));
}

TEST_CASE("settings and data that make no sense are refused") {
  Rng rng(1);
  const auto error = [&](const VariationalOptions& o) {
    return error_of([&] { VariationalAutoencoder(o, rng); });
  };
  CHECK(error({.sizes = {6}}).find("like 64-100-2") != std::string::npos);
  CHECK(error({.sizes = {6, 2}, .beta = -1}).find("beta is -1") != std::string::npos);
  CHECK(error({.sizes = {6, 2}, .deviation = 0}).find("deviation is 0") != std::string::npos);
  CHECK(error_of([] { decoder_kinds.named("poisson"); }).find("choose bernoulli or gaussian") !=
        std::string::npos);
  CHECK(decoder_kinds.named(decoder_kinds.name(DecoderKind::gaussian)) == DecoderKind::gaussian);
  VariationalAutoencoder model({.sizes = {6, 3}}, rng);
  Dataset data;
  data.X = Tensor({5, 6}, 3);
  CHECK(error_of([&] { train(model, data, rng, {}); }).find("--decoder gaussian") !=
        std::string::npos);
}
