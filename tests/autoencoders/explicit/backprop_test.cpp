// The delta rule by hand against the oracle, and against the tape: every parameter, every term.

#include "autoencoders/explicit/backprop.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "autoencoders/sparse.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "layers/backprop.hpp"
#include "tests/autoencoders/autoencoder_reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

void clear(DenseAutoencoder& model) {
  for (Parameter* p : model.parameters()) p->grad.fill(0);
}

std::vector<Tensor> gradients_of(DenseAutoencoder& model) {
  std::vector<Tensor> gradients;
  for (Parameter* p : model.parameters()) gradients.push_back(p->grad);
  return gradients;
}

// Explicit against tape: the total and each term alone.
void check_explicit_against_tape(DenseAutoencoder& model, const Tensor& X) {
  const double most = by_real(1e-12, 1e-4);
  ExplicitBackprop by_hand(model);
  Tape tape;
  const Objective objective = model.objective(tape, tape.input(X, "X"), {}, Mode::training);
  const Batch batch{X, {}};

  clear(model);
  const std::vector<TermValue> terms = by_hand.gradients(batch);
  const std::vector<Tensor> explicit_total = gradients_of(model);
  clear(model);
  tape.backward(objective.total);
  const std::vector<Tensor> tape_total = gradients_of(model);
  REQUIRE(terms.size() == objective.terms.size());
  for (std::size_t p = 0; p < tape_total.size(); ++p) {
    CAPTURE(model.parameters()[p]->name);
    CHECK(relative_difference(explicit_total[p], tape_total[p]) < most);
  }
  for (std::size_t t = 0; t < terms.size(); ++t) {
    CAPTURE(terms[t].name);
    CHECK(terms[t].name == objective.terms[t].name);
    check_close(terms[t].value, objective.terms[t].value.value().item(), by_real(1e-12, 1e-5));
    clear(model);
    by_hand.active = ActiveTerms::only(terms[t].name);
    by_hand.gradients(batch);
    const std::vector<Tensor> explicit_term = gradients_of(model);
    clear(model);
    tape.backward(objective.terms[t].value);
    const std::vector<Tensor> tape_term = gradients_of(model);
    for (std::size_t p = 0; p < tape_term.size(); ++p) {
      CAPTURE(model.parameters()[p]->name);
      CHECK(relative_difference(explicit_term[p], tape_term[p]) < most);
    }
  }
}

}  // namespace

TEST_CASE(
    "explicit backprop and the tape have the oracle's objective and gradients, every case, "
    "parameter and "
    "term") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-13, 1e-5);
  std::size_t number = 0;
  for (OracleCase& c : all_oracle_cases()) {
    ++number;
    CAPTURE(number);
    for (const bool with_tape : {false, true}) {
      CAPTURE(with_tape);
      ExplicitBackprop by_hand(c.model);
      TapeBackprop by_tape(c.model);
      Backprop& backprop = with_tape ? static_cast<Backprop&>(by_tape) : by_hand;
      clear(c.model);
      const std::vector<TermValue> terms = backprop.gradients({c.X, {}});
      check_close(total_of(terms), c.total, relative);
      for (const TermValue& term : terms) {
        if (c.terms.count(term.name) == 1) check_close(term.value, c.terms.at(term.name), relative);
      }
      for (Parameter* p : c.model.parameters()) {
        CAPTURE(p->name);
        check_close(p->grad, c.gradients.at(p->name), relative, absolute);
      }
    }
    ExplicitBackprop by_hand(c.model);
    for (const auto& by_term : c.gradients_by_term) {
      const std::string& term = by_term.first;
      const auto& gradients = by_term.second;
      CAPTURE(term);
      clear(c.model);
      by_hand.active = ActiveTerms::only(term);
      by_hand.gradients({c.X, {}});
      for (Parameter* p : c.model.parameters()) {
        CAPTURE(p->name);
        check_close(p->grad, gradients.at(p->name), relative, absolute);
      }
    }
  }
  CHECK(number == 8);
}

TEST_CASE("activations, rho_hat and per-example deltas are the oracle's") {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-13, 1e-5);
  for (const Json& c : reference().at("sparse_autoencoder").items()) {
    OracleCase oracle = sparse_case(c);
    ExplicitBackprop by_hand(oracle.model);
    by_hand.gradients({oracle.X, {}});
    check_close(by_hand.layers[0].a, to_tensor(c.at("a2")), relative, absolute);
    check_close(by_hand.layers[1].a, to_tensor(c.at("a3")), relative, absolute);
    check_close(by_hand.layers[1].delta, to_tensor(c.at("delta3")), relative, absolute);
    check_close(by_hand.layers[0].delta, to_tensor(c.at("delta2")), relative, absolute);
    const bool sigmoid_code = c.at("hidden").as_string() == "sigmoid";
    if (c.at("beta").as_number() > 0 && sigmoid_code) {
      check_close(by_hand.rho_hat, to_tensor(c.at("rho_hat")), relative, absolute);
    }
  }
}

TEST_CASE("explicit equals tape for the oracle's cases") {
  for (OracleCase& c : all_oracle_cases()) check_explicit_against_tape(c.model, c.X);
}

TEST_CASE(
    "explicit equals tape for every activation, loss, penalty, tied or not, batches of seven and "
    "of one") {
  for (const std::string& f : activation_names()) {
    for (const bool tied : {false, true}) {
      for (std::size_t m : {7, 1}) {
        for (const Loss loss : {Loss::half_mse, Loss::bce}) {
          CAPTURE(f);
          CAPTURE(tied);
          CAPTURE(m);
          Rng rng(9, m);
          DenseAutoencoderOptions options;
          options.sizes = {6, 5, 4};
          options.hidden = activation_named(f);
          options.code = activation_named(f);
          options.output = loss == Loss::bce ? Activation::sigmoid : activation_named(f);
          options.loss = loss;
          options.tied = tied;
          options.penalties = {.rho = Real(0.1), .beta = 0, .l1 = Real(0.2), .decay = Real(0.01)};
          if (f == "sigmoid" || f == "tanh") options.penalties.beta = Real(0.7);
          DenseAutoencoder model(options, rng);
          for (Parameter* p : model.parameters())
            p->value = normal_tensor(p->value.shape, rng, 0.5);
          check_explicit_against_tape(model, uniform_tensor({m, 6}, rng, 0.05, 0.95));
        }
      }
    }
  }
}

TEST_CASE("explicit equals tape for a k-sparse code") {
  Rng rng(4);
  DenseAutoencoderOptions options =
      sparse_autoencoder(6, 8, {.l1 = Real(0.1), .decay = Real(0.01)});
  options.code = Activation::relu;
  options.keep_largest = 3;
  DenseAutoencoder model(options, rng);
  check_explicit_against_tape(model, uniform_tensor({5, 6}, rng, 0.05, 0.95));
}

TEST_CASE("gradients add to what the parameters hold") {
  OracleCase c = tied_case();
  ExplicitBackprop by_hand(c.model);
  clear(c.model);
  by_hand.gradients({c.X, {}});
  by_hand.gradients({c.X, {}});
  Tensor twice = c.gradients.at("encoder.0.W");
  for (Real& g : twice.values) g *= 2;
  check_close(c.model.encoder[0].W.grad, twice, by_real(1e-9, 1e-3), by_real(1e-13, 1e-5));
}

TEST_CASE("a non-finite number is named by its node and source line, by hand as on the tape") {
  OracleCase c = deep_case();
  ExplicitBackprop by_hand(c.model);
  c.model.encoder[1].W.value[0] = std::numeric_limits<Real>::infinity();
  by_hand.gradients({c.X, {}});
  const std::string place = by_hand.explain_non_finite({c.X, {}});
  CAPTURE(place);
  CHECK(place.find("the first value that is not finite is node ") == 0);
  CHECK(place.find("parameter encoder.1.W of 5×3, made at layers/dense.cpp:") != std::string::npos);
}

TEST_CASE("after an error the same object still works") {
  OracleCase c = tied_case();
  ExplicitBackprop by_hand(c.model);
  CHECK(error_of([&] {
          by_hand.gradients({Tensor({2, 3}), {}});
        }).find("the batch is 2×3 but the model has 6") != std::string::npos);
  CHECK(error_of([&] { ActiveTerms::only("sparsty"); }).find("there is no term 'sparsty'") !=
        std::string::npos);
  clear(c.model);
  by_hand.gradients({c.X, {}});
  check_close(c.model.encoder[0].W.grad, c.gradients.at("encoder.0.W"), by_real(1e-9, 1e-3),
              by_real(1e-13, 1e-5));
}

TEST_CASE(
    "explicit equals tape for k-sparse codes of every kind, deep and tied, and for one example") {
  for (const char* f : {"sigmoid", "tanh", "relu", "elu", "softplus", "linear"}) {
    for (const bool tied : {false, true}) {
      for (std::size_t m : {5, 1}) {
        CAPTURE(f);
        CAPTURE(tied);
        Rng rng(4, m);
        DenseAutoencoderOptions options;
        options.sizes = {6, 7, 8};
        options.code = activation_named(f);
        options.tied = tied;
        options.keep_largest = 3;
        options.penalties = {.l1 = Real(0.1), .decay = Real(0.01)};
        DenseAutoencoder model(options, rng);
        check_explicit_against_tape(model, uniform_tensor({m, 6}, rng, 0.05, 0.95));
      }
    }
  }
}
