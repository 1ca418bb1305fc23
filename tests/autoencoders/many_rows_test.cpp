// Sums over many examples keep their digits in float: every term of the objective and every
// gradient of 60 000 rows is what double makes of the same numbers, in this build.

#include <doctest/doctest.h>

#include <cmath>

#include "autoencoders/explicit/backprop.hpp"
#include "autoencoders/sparse.hpp"
#include "core/autodiff/ops.hpp"
#include "layers/backprop.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

constexpr std::size_t m = 60000;

Tensor uniform_rows(std::size_t columns, double low, double high, Rng& rng) {
  Tensor X({m, columns});
  for (Real& x : X.values) x = Real(low + (high - low) * rng.uniform());
  return X;
}

// Σ_i term(i)/m, in double.
template <class Term>
double mean_over_rows(const Term& term) {
  double sum = 0;
  for (std::size_t i = 0; i < m; ++i) sum += term(i);
  return sum / double(m);
}

double kl(double rho, double rho_hat) {
  return rho * std::log(rho / rho_hat) + (1 - rho) * std::log((1 - rho) / (1 - rho_hat));
}

}  // namespace

TEST_CASE("many rows: operations that sum over examples") {
  Rng rng(3);
  // Activations near the end of tanh's range, whose mean is nearly −1
  const Tensor H = uniform_rows(3, -1, -0.99, rng), R = uniform_rows(3, 0.01, 0.99, rng),
               X = uniform_rows(3, 0, 1, rng);
  Parameter h("h", H, false), W("W", Tensor({2, 3}, Real(0.5)), true);
  Tape tape;
  const Var of_h = tape.parameter(h), of_R = tape.input(R, "R"), of_X = tape.input(X, "X");
  const double tolerance = by_real(1e-11, 1e-6);

  double expected = 0;
  for (std::size_t j = 0; j < 3; ++j)
    expected += kl(Real(0.002), (mean_over_rows([&](std::size_t i) { return H(i, j); }) + 1) / 2);
  check_close(kl_sparsity(of_h, Real(0.002), true).value()[0], expected, by_real(1e-10, 1e-5));

  const auto squared = [](double a) { return a * a; };
  const auto over_row = [&](const auto& term) {
    return mean_over_rows([&](std::size_t i) {
      double sum = 0;
      for (std::size_t j = 0; j < 3; ++j) sum += term(i, j);
      return sum;
    });
  };
  check_close(half_mse(of_R, of_X).value()[0], over_row([&](auto i, auto j) {
                                                 return squared(double(R(i, j)) - double(X(i, j)));
                                               }) / 2,
              tolerance);
  check_close(l1_of_code(of_h).value()[0],
              over_row([&](auto i, auto j) { return std::abs(double(H(i, j))); }), tolerance);
  check_close(contraction(of_h, tape.parameter(W), true).value()[0],
              over_row([&](auto i, auto j) { return 0.5 * squared(1 - squared(double(H(i, j)))); }),
              by_real(1e-11, 1e-5));
  check_close(bce(of_R, of_X).value()[0], -over_row([&](auto i, auto j) {
                const double r = double(R(i, j)), x = double(X(i, j));
                return x * std::log(r) + (1 - x) * std::log(1 - r);
              }),
              tolerance);
  check_close(gaussian_kl(of_R, of_h).value()[0], over_row([&](auto i, auto j) {
                const double v = double(H(i, j));
                return (squared(double(R(i, j))) + std::exp(v) - 1 - v) / 2;
              }),
              tolerance);
  check_close(mean_rows(of_R).value()[1], mean_over_rows([&](std::size_t i) { return R(i, 1); }),
              tolerance);
}

TEST_CASE("many rows: terms and gradients of a sparse autoencoder, by hand and by tape") {
  Rng rng(4);
  DenseAutoencoder model({.sizes = {4, 2},
                          .code = Activation::tanh,
                          .output = Activation::linear,
                          .penalties = {.rho = Real(0.002), .beta = 1}},
                         rng);
  model.encoder[0].b.value.fill(-3);  // seldom active, as the penalty wants it
  const Batch batch{uniform_rows(4, 0, 1, rng), {}};

  // The same in double, from the same weights
  const Tensor &W = model.encoder[0].W.value, &V = model.decoder[0].W.value;
  double loss = 0, mean_code[2] = {}, dV[2][4] = {}, dc[4] = {};
  for (std::size_t i = 0; i < m; ++i) {
    double h[2];
    for (std::size_t j = 0; j < 2; ++j) {
      double z = double(model.encoder[0].b.value[j]);
      for (std::size_t k = 0; k < 4; ++k) z += double(batch.X(i, k)) * double(W(k, j));
      h[j] = std::tanh(z);
      mean_code[j] += h[j] / double(m);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const double r_minus_x =
          h[0] * double(V(0, k)) + h[1] * double(V(1, k)) - double(batch.X(i, k));
      loss += r_minus_x * r_minus_x / 2 / double(m);
      dc[k] += r_minus_x / double(m);
      for (std::size_t j = 0; j < 2; ++j) dV[j][k] += h[j] * r_minus_x / double(m);
    }
  }
  const double sparsity =
      kl(Real(0.002), (mean_code[0] + 1) / 2) + kl(Real(0.002), (mean_code[1] + 1) / 2);

  ExplicitBackprop by_hand(model);
  TapeBackprop by_tape(model);
  for (Backprop* backprop : {static_cast<Backprop*>(&by_hand), static_cast<Backprop*>(&by_tape)}) {
    for (Parameter* p : model.parameters()) p->grad.fill(0);
    const std::vector<TermValue> terms = backprop->gradients(batch);
    check_close(terms[0].value, loss, by_real(1e-11, 1e-5));
    check_close(terms[1].value, sparsity, by_real(1e-9, 1e-5));
    for (std::size_t k = 0; k < 4; ++k) {
      check_close(model.decoder[0].b.grad[k], dc[k], by_real(1e-11, 1e-5));
      for (std::size_t j = 0; j < 2; ++j)
        check_close(model.decoder[0].W.grad(j, k), dV[j][k], by_real(1e-11, 1e-5));
    }
  }
}
