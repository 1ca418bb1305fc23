#include "autoencoders/generate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/math/scalar_math.hpp"

namespace strata {

Samples sample(VariationalAutoencoder& model, std::size_t n, Rng& rng, Workers* workers) {
  check(n > 0, "sample: n is 0, at least one is needed");
  const Tensor codes = normal_tensor({n, model.code_size()}, rng);
  return {codes, model.decode(codes, workers)};
}

Tensor draw_from(const VariationalAutoencoder& model, const Tensor& means, Rng& rng) {
  check(means.rank() == 2 && means.cols() == model.features(), "draw_from: the means are ",
        means.shape, " but the model has ", model.features(), " features");
  Tensor X = means;
  for (Real& x : X.values) {
    const bool bernoulli = model.kind == DecoderKind::bernoulli;
    x = bernoulli ? Real(rng.uniform() < double(x) ? 1 : 0)
                  : Real(double(x) + double(model.deviation) * rng.normal());
  }
  return X;
}

Tensor interpolate(VariationalAutoencoder& model, const Tensor& a, const Tensor& b,
                   std::size_t count, Workers* workers) {
  check(count >= 2, "interpolate: ", count, " steps, at least the two ends are needed");
  check(a.rank() == 2 && a.rows() == 1 && a.shape == b.shape, "interpolate: from ", a.shape, " to ",
        b.shape, " (one example each, 1×features)");
  const Tensor from = model.encode(a, workers), to = model.encode(b, workers);
  Tensor codes({count, model.code_size()});
  for (std::size_t i = 0; i < count; ++i) {
    const Real share = Real(i) / Real(count - 1);
    for (std::size_t j = 0; j < codes.cols(); ++j)
      codes(i, j) = (1 - share) * from[j] + share * to[j];
  }
  return model.decode(codes, workers);
}

Tensor decoded_plane(VariationalAutoencoder& model, std::size_t side, double reach,
                     Workers* workers) {
  check(model.code_size() == 2, "decoded_plane: the code has ", model.code_size(),
        " numbers, a plane needs 2");
  check(side >= 2, "decoded_plane: a grid of ", side, "×", side, ", at least 2×2 is needed");
  const auto place = [&](std::size_t i) {
    return Real(reach * (2.0 * double(i) / double(side - 1) - 1));
  };
  Tensor codes({side * side, 2});
  for (std::size_t row = 0; row < side; ++row) {
    for (std::size_t col = 0; col < side; ++col) {
      codes(row * side + col, 0) = place(col);
      codes(row * side + col, 1) = place(side - 1 - row);
    }
  }
  return model.decode(codes, workers);
}

PosteriorValues posterior(VariationalAutoencoder& model, const Tensor& X, Workers* workers) {
  check(X.rank() == 2 && X.cols() == model.features(), "posterior: the data is ", X.shape,
        " but the model has ", model.features(), " features");
  Tape tape;
  tape.workers = workers;
  const auto nodes = model.record_posterior(tape, tape.input(X), Mode::evaluation);
  return {nodes.mean.value(), nodes.log_variance.value()};
}

namespace {

// log p(x|z) of one example (d): for Bernoulli from the logits, −Σ [softplus(a) − x a]; for
// Gaussian from the means.
double log_decoder(const VariationalAutoencoder& model, const Real* x, const Real* logits_or_means,
                   std::size_t d) {
  double total = 0;
  const double s = double(model.deviation),
               log_normaliser = std::log(s) + 0.5 * std::log(2 * std::numbers::pi);
  for (std::size_t j = 0; j < d; ++j) {
    const double a = double(logits_or_means[j]);
    if (model.kind == DecoderKind::bernoulli) {
      total += double(x[j]) * a - (std::max(a, 0.0) + std::log1p(std::exp(-std::abs(a))));
    } else {
      const double distance = (double(x[j]) - a) / s;
      total -= 0.5 * distance * distance + log_normaliser;
    }
  }
  return total;
}

// log p(z)/q(z|x) of one code (k). With z = μ + σ ε both exponents are squares, and log 2π cancels.
double log_prior_over_posterior(const Real* z, const Real* epsilon, const Real* log_variance,
                                std::size_t k) {
  double total = 0;
  for (std::size_t j = 0; j < k; ++j) {
    total += 0.5 * (double(epsilon[j]) * double(epsilon[j]) - double(z[j]) * double(z[j]) +
                    double(log_variance[j]));
  }
  return total;
}

constexpr std::size_t rows_at_a_time = 500;

// (1/m) Σ −log p(x|z) of some rows, a mean over draws of z.
double reconstruction_of_piece(VariationalAutoencoder& model, const Tensor& X, std::size_t draws,
                               Rng& rng, Workers* workers) {
  Tape tape;
  tape.workers = workers;
  const Var x = tape.input(X);
  const auto q = model.record_posterior(tape, x, Mode::evaluation);
  const Var epsilon = normal_noise(tape, {X.rows(), model.code_size()}, rng);
  const Var z = VariationalAutoencoder::record_sample(q, epsilon);
  const Var loss = model.record_reconstruction(model.record_logits(tape, z), x);
  double total = 0;
  for (std::size_t s = 0; s < draws; ++s) {
    if (s > 0) tape.replay(Randomness::redraw, epsilon.index);
    total += double(loss.value().item());
  }
  return total / double(draws);
}

// For some rows. The encoder runs once; the tape is replayed from the noise on for further samples.
std::vector<double> log_likelihood_of_piece(VariationalAutoencoder& model, const Tensor& X,
                                            std::size_t samples, Rng& rng, Workers* workers) {
  const std::size_t m = X.rows(), d = X.cols(), k = model.code_size();
  Tape tape;
  tape.workers = workers;
  const auto q = model.record_posterior(tape, tape.input(X), Mode::evaluation);
  const Var epsilon = normal_noise(tape, {m, k}, rng);
  const Var z = VariationalAutoencoder::record_sample(q, epsilon);
  const Var logits = model.record_logits(tape, z);
  const bool bernoulli = model.kind == DecoderKind::bernoulli;
  const Var output = bernoulli ? logits : activate(model.output(), logits);

  std::vector<std::vector<double>> log_weights(m, std::vector<double>(samples));
  for (std::size_t s = 0; s < samples; ++s) {
    if (s > 0) tape.replay(Randomness::redraw, epsilon.index);
    for (std::size_t i = 0; i < m; ++i) {
      log_weights[i][s] = log_decoder(model, X.row(i), output.value().row(i), d) +
                          log_prior_over_posterior(z.value().row(i), epsilon.value().row(i),
                                                   q.log_variance.value().row(i), k);
    }
  }
  std::vector<double> result;
  for (const auto& of_example : log_weights) {
    result.push_back(log_sum_exp(of_example) - std::log(double(samples)));
  }
  return result;
}

}  // namespace

NegativeElbo negative_elbo(VariationalAutoencoder& model, const Tensor& X, std::size_t draws,
                           Rng& rng, Workers* workers) {
  check(draws > 0, "negative_elbo: 0 draws, at least one is needed");
  model.check_data(X);
  NegativeElbo result;
  result.kl_of_unit.assign(model.code_size(), 0);
  for (std::size_t begin = 0; begin < X.rows(); begin += rows_at_a_time) {
    const Tensor piece = slice_rows(X, begin, std::min(begin + rows_at_a_time, X.rows()));
    const double share = double(piece.rows()) / double(X.rows());
    result.reconstruction += share * reconstruction_of_piece(model, piece, draws, rng, workers);
    const PosteriorValues q = posterior(model, piece, workers);
    for (std::size_t i = 0; i < piece.rows(); ++i) {
      for (std::size_t j = 0; j < model.code_size(); ++j) {
        const double mu = double(q.mean(i, j)), log_variance = double(q.log_variance(i, j));
        const double kl = 0.5 * (mu * mu + (std::expm1(log_variance) - log_variance));
        result.kl_of_unit[j] += kl / double(X.rows());
      }
    }
  }
  for (const double kl : result.kl_of_unit) result.kl += kl;
  return result;
}

std::vector<double> log_likelihood(VariationalAutoencoder& model, const Tensor& X,
                                   std::size_t samples, Rng& rng, Workers* workers) {
  check(samples > 0, "log_likelihood: 0 samples, at least one is needed");
  model.check_data(X);
  std::vector<double> all;
  for (std::size_t begin = 0; begin < X.rows(); begin += rows_at_a_time) {
    const Tensor piece = slice_rows(X, begin, std::min(begin + rows_at_a_time, X.rows()));
    for (const double value : log_likelihood_of_piece(model, piece, samples, rng, workers))
      all.push_back(value);
  }
  return all;
}

double mean_log_likelihood(VariationalAutoencoder& model, const Tensor& X, std::size_t samples,
                           Rng& rng, Workers* workers) {
  double total = 0;
  for (const double value : log_likelihood(model, X, samples, rng, workers)) total += value;
  return total / double(X.rows());
}

}  // namespace strata
