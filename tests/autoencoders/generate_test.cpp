// What a variational autoencoder is asked: log-likelihoods against exact ones of a linear-Gaussian
// model, samples, interpolation, the decoded plane.

#include "autoencoders/generate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/math/scalar_math.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// x = W z + b + s ε with W's columns orthogonal. Then q(z|x) is exactly normal with independent
// entries:
//   variance of z_j: 1/(1 + w_j²/s²),  mean: that times W_jᵀ(x − b)/s²,   w_j² = ‖column j of W‖²
// and x is normal with the mean b and the covariance W Wᵀ + s² I.
struct LinearGaussian {
  VariationalAutoencoder model;
  // k×d: rows are the columns above
  Tensor W = Tensor::matrix({{2, 0, 1, 0}, {0, Real(0.5), 0, Real(-1)}});
  Tensor b = Tensor({4}, {Real(0.3), Real(-0.2), 0, Real(0.5)});
  double s = 0.5;

  /// The encoder's precision may be off by a factor, and its mean by an offset: then it is not the
  /// true posterior.
  explicit LinearGaussian(double variance_factor = 1, double mean_offset = 0) {
    Rng rng(1);
    model = VariationalAutoencoder(
        {.sizes = {4, 2}, .decoder = DecoderKind::gaussian, .deviation = Real(s)}, rng);
    model.decoder[0].W.value = W;
    model.decoder[0].b.value = b;
    model.log_variance.W.value.fill(0);
    for (std::size_t j = 0; j < 2; ++j) {
      double squares = 0, product_with_b = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        squares += double(W(j, i)) * double(W(j, i));
        product_with_b += double(W(j, i)) * double(b[i]);
      }
      const double variance = 1 / (1 + squares / (s * s));
      for (std::size_t i = 0; i < 4; ++i)
        model.mean.W.value(i, j) = Real(variance * double(W(j, i)) / (s * s));
      model.mean.b.value[j] = Real(-variance * product_with_b / (s * s) + mean_offset);
      model.log_variance.b.value[j] = Real(std::log(variance * variance_factor));
    }
  }

  /// log N(x; b, W Wᵀ + s² I). Along the unit vector of column j the variance is w_j² + s², across
  /// all of them s².
  double exact(const Real* x) const {
    double across = 0, total = -2 * std::log(2 * std::numbers::pi);
    for (std::size_t i = 0; i < 4; ++i) across += std::pow(double(x[i] - b[i]), 2);
    for (std::size_t j = 0; j < 2; ++j) {
      double squares = 0, along = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        squares += double(W(j, i)) * double(W(j, i));
        along += double(W(j, i)) * double(x[i] - b[i]);
      }
      along = along * along / squares;
      across -= along;
      total -= 0.5 * (std::log(squares + s * s) + along / (squares + s * s));
    }
    return total - 0.5 * (2 * std::log(s * s) + across / (s * s));
  }
};

double mean_of(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value / double(values.size());
  return total;
}

}  // namespace

TEST_CASE("with the exact posterior one sample gives the exact log-likelihood") {
  LinearGaussian exact;
  Rng rng(7);
  const Tensor X = normal_tensor({6, 4}, rng, 2);
  for (const std::size_t samples : {1, 10}) {
    const std::vector<double> values = log_likelihood(exact.model, X, samples, rng);
    for (std::size_t i = 0; i < 6; ++i)
      check_close(values[i], exact.exact(X.row(i)), by_real(1e-11, 1e-4));
  }
}

TEST_CASE(
    "with another posterior the estimate lies below, the ELBO too, and more samples bring it to "
    "the truth") {
  LinearGaussian off(1.5, 0.15);
  Rng rng(8);
  Samples drawn = sample(off.model, 200, rng);
  const Tensor X = draw_from(off.model, drawn.means, rng);
  double truth = 0;
  for (std::size_t i = 0; i < X.rows(); ++i) truth += off.exact(X.row(i)) / double(X.rows());
  const double with_1 = mean_of(log_likelihood(off.model, X, 1, rng)),
               with_10 = mean_of(log_likelihood(off.model, X, 10, rng)),
               with_2000 = mean_of(log_likelihood(off.model, X, 2000, rng));
  CAPTURE(truth);
  CAPTURE(with_1);
  CAPTURE(with_10);
  CAPTURE(with_2000);
  CHECK(with_1 < truth - 0.1);
  CHECK(with_10 < truth);
  CHECK(with_10 > with_1);
  CHECK(std::abs(with_2000 - truth) < 0.005);
  CHECK(std::abs(mean_log_likelihood(off.model, X, 2000, rng) - truth) < 0.005);

  // one sample is the ELBO: the mean of many equals that of −(reconstruction + kl)
  Tape tape;
  const Objective objective =
      // Evaluation would not draw anew
      off.model.objective(tape, tape.input(X), {}, Mode::training);
  double elbo = 0, one_sample = 0;
  for (int draw = 0; draw < 300; ++draw) {
    elbo -= objective.total.value().item() / 300.0;
    one_sample += mean_of(log_likelihood(off.model, X, 1, rng)) / 300;
    tape.replay();
  }
  CHECK(std::abs(elbo - one_sample) < 0.02);
  CHECK(elbo < truth);
}

TEST_CASE(
    "the negative ELBO is the objective's with the whole KL, whatever beta is, and its KL is that "
    "of the "
    "units") {
  for (const DecoderKind kind : {DecoderKind::bernoulli, DecoderKind::gaussian}) {
    INFO(std::string(decoder_kinds.name(kind)));
    Rng rng(12);
    VariationalAutoencoder model(
        {.sizes = {5, 4, 3}, .decoder = kind, .deviation = Real(0.5), .beta = Real(0.1)}, rng);
    const Tensor X = uniform_tensor({700, 5}, rng, 0, 1);  // more than a piece
    const NegativeElbo elbo = negative_elbo(model, X, 100, rng);
    model.beta = 1;
    Tape tape;
    const Objective objective = model.objective(tape, tape.input(X), {}, Mode::evaluation);
    check_close(elbo.kl, objective.terms[1].value.value().item(), by_real(1e-10, 1e-4));
    double reconstruction = 0;
    for (int draw = 0; draw < 100; ++draw) {
      reconstruction += objective.terms[0].value.value().item() / 100.0;
      tape.replay();
    }
    check_close(elbo.reconstruction, reconstruction, 0.01);
    check_close(elbo.total(), elbo.reconstruction + elbo.kl, 1e-12);
    REQUIRE(elbo.kl_of_unit.size() == 3);
    check_close(elbo.kl_of_unit[0] + elbo.kl_of_unit[1] + elbo.kl_of_unit[2], elbo.kl, 1e-12);
    CHECK(elbo.total() > -mean_log_likelihood(model, X, 200, rng));
  }
}

TEST_CASE(
    "the Bernoulli log-likelihood of a decoder that ignores the code is that of independent bits") {
  Rng rng(9);
  VariationalAutoencoder model({.sizes = {3, 2}}, rng);
  model.decoder[0].W.value.fill(0);
  model.decoder[0].b.value = Tensor({3}, {0, std::log(Real(3)), -std::log(Real(3))});  // ½, ¾, ¼
  for (Dense* head : {&model.mean, &model.log_variance}) {
    head->W.value.fill(0);
    head->b.value.fill(0);
  }
  const Tensor X = Tensor::matrix({{1, 1, 0}, {0, 0, 1}});
  const std::vector<double> values = log_likelihood(model, X, 5, rng);
  check_close(values[0], std::log(0.5 * 0.75 * 0.75), by_real(1e-12, 1e-5));
  check_close(values[1], std::log(0.5 * 0.25 * 0.25), by_real(1e-12, 1e-5));

  const Tensor means = sample(model, 4000, rng).means;
  check_close(means(7, 1), 0.75, by_real(1e-12, 1e-5));
  const Tensor shares = column_means(draw_from(model, means, rng));
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(std::abs(double(shares[j]) - (j == 0 ? 0.5 : j == 1 ? 0.75 : 0.25)) < 0.03);
}

TEST_CASE("log_sum_exp neither overflows nor underflows") {
  check_close(log_sum_exp({-1000, -1000}), -1000 + std::log(2.0), 1e-15);
  check_close(log_sum_exp({1000, 999}), 1000 + std::log(1 + std::exp(-1.0)), 1e-15);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(log_sum_exp({-infinity, -infinity}) == -infinity);
  CHECK(error_of([] { log_sum_exp({}); }).find("no terms") != std::string::npos);
}

TEST_CASE(
    "interpolation goes from one reconstruction to the other, the plane's corners are where they "
    "should be") {
  Rng rng(10);
  VariationalAutoencoder model({.sizes = {6, 5, 2}}, rng);
  const Tensor a = uniform_tensor({1, 6}, rng, 0, 1), b = uniform_tensor({1, 6}, rng, 0, 1);
  const Tensor path = interpolate(model, a, b, 5);
  CHECK(text(path.shape) == "5×6");
  check_close(slice_rows(path, 0, 1), model.reconstruct(a), by_real(1e-12, 1e-5));
  check_close(slice_rows(path, 4, 5), model.reconstruct(b), by_real(1e-12, 1e-5));
  Tensor middle({1, 2});
  for (std::size_t j = 0; j < 2; ++j) middle[j] = (model.encode(a)[j] + model.encode(b)[j]) / 2;
  check_close(slice_rows(path, 2, 3), model.decode(middle), by_real(1e-12, 1e-5));

  const Tensor plane = decoded_plane(model, 3, 1.5);
  CHECK(text(plane.shape) == "9×6");
  const auto at = [&](Real x, Real y) { return model.decode(Tensor::matrix({{x, y}})); };
  check_close(slice_rows(plane, 0, 1), at(Real(-1.5), Real(1.5)), by_real(1e-12, 1e-5));
  check_close(slice_rows(plane, 2, 3), at(Real(1.5), Real(1.5)), by_real(1e-12, 1e-5));
  check_close(slice_rows(plane, 4, 5), at(0, 0), by_real(1e-12, 1e-5));
  check_close(slice_rows(plane, 6, 7), at(Real(-1.5), Real(-1.5)), by_real(1e-12, 1e-5));

  Rng first(3), second(3);
  CHECK(sample(model, 4, first).means.values == sample(model, 4, second).means.values);
}

TEST_CASE("questions that make no sense are refused") {
  Rng rng(1);
  VariationalAutoencoder model({.sizes = {6, 3}}, rng);
  CHECK(error_of([&] { decoded_plane(model, 5); }).find("a plane needs 2") != std::string::npos);
  CHECK(error_of([&] {
          interpolate(model, Tensor({5, 6}), Tensor({5, 6}), 3);
        }).find("one example each") != std::string::npos);
  CHECK(error_of([&] {
          log_likelihood(model, Tensor({2, 6}), 0, rng);
        }).find("0 samples") != std::string::npos);
  CHECK(error_of([&] {
          negative_elbo(model, Tensor({2, 6}), 0, rng);
        }).find("0 draws") != std::string::npos);
  CHECK(error_of([&] {
          negative_elbo(model, Tensor({2, 6}, 3), 1, rng);
        }).find("--decoder gaussian") != std::string::npos);
}
