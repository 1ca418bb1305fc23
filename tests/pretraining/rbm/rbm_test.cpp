// pretraining/rbm/rbm.hpp and likelihood.hpp. Literal values are from
// reference/reference.json, "rbm_exact".

#include "pretraining/rbm/rbm.hpp"

#include <numbers>
#include <numeric>

#include "core/math/matmul.hpp"
#include "tests/contains.hpp"
#include "tests/pretraining/rbm/rbm_machines.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

const double tight = by_real(1e-9, 2e-5);

const Json& oracle() {
  return testing::reference().at("rbm_exact");
}

Rbm oracle_machine() {
  Rng rng(1);
  Rbm rbm({.visible = 4, .hidden = 3}, rng);
  rbm.W.value = to_tensor(oracle().at("W"));
  rbm.a.value = to_tensor(oracle().at("a"));
  rbm.b.value = to_tensor(oracle().at("b"));
  return rbm;
}

double log_sum_exp(const std::vector<double>& terms) {
  double sum = 0;
  for (double term : terms) sum += std::exp(term);
  return std::log(sum);
}

// The first column, copied: what integrals over one unit step through.
Tensor grid_of(double low, double high, std::size_t points) {
  Tensor grid({points, 1});
  for (std::size_t k = 0; k < points; ++k)
    grid[k] = Real(low + (high - low) * double(k) / double(points - 1));
  return grid;
}

Tensor repeated(const Tensor& row, std::size_t times) {
  Tensor rows({times, row.cols()});
  for (std::size_t r = 0; r < times; ++r)
    std::copy(row.values.begin(), row.values.end(), rows.row(r));
  return rows;
}

}  // namespace

TEST_CASE("rbm: free energies, log Z, likelihood and probabilities are the reference's") {
  const Rbm rbm = oracle_machine();
  const Tensor data = to_tensor(oracle().at("data"));
  const Json& expected = oracle().at("free_energy_of_all_v");
  // The reference counts states with the first unit as the highest bit.
  const Tensor states = all_states(4);
  const std::vector<double> F = rbm.free_energy(states);
  for (std::size_t r = 0; r < F.size(); ++r) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < 4; ++i) place = 2 * place + std::size_t(states(r, i));
    check_close(F[r], expected.items()[place].as_number(), tight);
  }
  const double log_Z = exact_log_Z(rbm);
  check_close(log_Z, oracle().at("log_Z").as_number(), tight);
  check_close(mean_log_likelihood(rbm, data, log_Z), oracle().at("mean_log_likelihood").as_number(),
              tight);
  check_close(rbm.hidden_mean(data), to_tensor(oracle().at("p_h_given_data")), tight);
}

TEST_CASE("rbm: the exact gradient is the reference's, whichever layer is enumerated") {
  const Rbm rbm = oracle_machine();  // 4 visible, 3 hidden: the hidden layer is enumerated
  const Tensor data = to_tensor(oracle().at("data"));
  const Json& expected = oracle().at("gradients_of_mean_log_likelihood");
  const RbmGradient gradient = exact_gradient(rbm, data);
  const double absolute = by_real(1e-11, 1e-6);
  check_close(gradient.W, to_tensor(expected.at("W")), tight, absolute);
  check_close(gradient.a, to_tensor(expected.at("a")), tight, absolute);
  check_close(gradient.b, to_tensor(expected.at("b")), tight, absolute);
}

TEST_CASE(
    "rbm: log Z and the gradient agree with the energies of all states, visible layer enumerated") {
  const Rbm rbm = random_rbm({.visible = 3, .hidden = 5, .weight_scale = 1}, 3);
  const Tensor v = all_states(3), h = all_states(5);
  std::vector<double> minus_energies;
  for (std::size_t r = 0; r < v.rows(); ++r) {
    const std::vector<double> E = rbm.energy(repeated(slice_rows(v, r, r + 1), h.rows()), h);
    for (double e : E) minus_energies.push_back(-e);
  }
  const double log_Z = exact_log_Z(rbm);
  check_close(log_Z, log_sum_exp(minus_energies), tight);
  check_close(exact_log_Z(rbm.turned_over()), log_Z, tight);

  // Central differences of the mean log-likelihood, entry by entry.
  if (sizeof(Real) < 8) return;
  const Tensor data = slice_rows(v, 2, 5);
  const RbmGradient gradient = exact_gradient(rbm, data);
  const auto check_by_differences = [&](Parameter Rbm::*parameter, const Tensor& expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      Rbm moved = rbm;
      const double step = 1e-5;
      (moved.*parameter).value[i] += Real(step);
      const double above = mean_log_likelihood(moved, data, exact_log_Z(moved));
      (moved.*parameter).value[i] -= Real(2 * step);
      const double below = mean_log_likelihood(moved, data, exact_log_Z(moved));
      check_close(expected[i], (above - below) / (2 * step), 1e-7, 1e-9);
    }
  };
  check_by_differences(&Rbm::W, gradient.W);
  check_by_differences(&Rbm::a, gradient.a);
  check_by_differences(&Rbm::b, gradient.b);
}

TEST_CASE("rbm: means and free energy of every pair of kinds of units follow from the energy") {
  // One unit of each layer varies over a fine grid (or 0 and 1) while the rest stays: exp(−E)
  // summed over it gives its mean and, over the one hidden unit of this machine, the free energy.
  for (Units visible_units : {Units::bernoulli, Units::gaussian}) {
    for (Units hidden_units : {Units::bernoulli, Units::gaussian}) {
      CAPTURE(unit_kinds.name(visible_units));
      CAPTURE(unit_kinds.name(hidden_units));
      const Rbm rbm = random_rbm({.visible = 2,
                                  .hidden = 1,
                                  .visible_units = visible_units,
                                  .hidden_units = hidden_units,
                                  .weight_scale = 0.7},
                                 5);
      const Tensor v = Tensor::matrix({{1, 0}});
      const bool is_grid = hidden_units == Units::gaussian;
      const Tensor h = is_grid ? grid_of(-12, 12, 4001) : grid_of(0, 1, 2);
      const double width = is_grid ? 24.0 / 4000 : 1;
      const std::vector<double> E = rbm.energy(repeated(v, h.rows()), h);
      double Z = 0, mean = 0;
      for (std::size_t k = 0; k < E.size(); ++k) {
        Z += std::exp(-E[k]) * width;
        mean += double(h[k]) * std::exp(-E[k]) * width;
      }
      check_close(rbm.free_energy(v)[0], -std::log(Z), by_real(1e-10, 1e-4));
      check_close(rbm.hidden_mean(v)[0], mean / Z, by_real(1e-10, 1e-4));
    }
  }
}

TEST_CASE("rbm: the visible mean is the hidden mean of the machine turned over; errors of width") {
  for (Units units : {Units::bernoulli, Units::gaussian}) {
    const Rbm rbm =
        random_rbm({.visible = 5, .hidden = 3, .visible_units = units, .weight_scale = 1}, 7);
    Rng rng(8);
    const Tensor H = normal_tensor({4, 3}, rng);
    check_close(rbm.visible_mean(H), rbm.turned_over().hidden_mean(H), by_real(1e-13, 1e-5));
  }
  const Rbm rbm = random_rbm({.visible = 5, .hidden = 3}, 7);
  CHECK(error_of([&] {
          rbm.hidden_mean(Tensor({2, 3}));
        }) == "rbm: V is 2×3 but the machine has 5 visible units (a column each)");
  CHECK(contains(error_of([&] { rbm.visible_mean(Tensor({2, 5})); }), "3 hidden units"));
  CHECK(contains(error_of([] {
                   Rng rng(1);
                   Rbm({.visible = 3}, rng);
                 }),
                 "0 hidden units"));
}

TEST_CASE("rbm: a Gaussian hidden layer's log Z by enumeration, and where there is none") {
  // Bernoulli visible: the sum over v of the integral over h. With W = 0: Π (1 + e^a) (2π)^(n/2).
  Rbm rbm = random_rbm({.visible = 3, .hidden = 2, .hidden_units = Units::gaussian}, 9);
  rbm.W.value.fill(0);
  double expected = std::log(2 * std::numbers::pi);
  for (Real a : rbm.a.value.values) expected += std::log1p(std::exp(double(a)));
  check_close(exact_log_Z(rbm), expected, tight);

  Rng rng(1);
  const Rbm large({.visible = 30, .hidden = 21}, rng);
  CHECK(contains(error_of([&] { exact_log_Z(large); }), "at most 20 units"));
  const Rbm gaussians({.visible = 3,
                       .hidden = 2,
                       .visible_units = Units::gaussian,
                       .hidden_units = Units::gaussian},
                      rng);
  CHECK(contains(error_of([&] {
                   exact_gradient(gaussians, Tensor({1, 3}));
                 }),
                 "3 gaussian visible and 2 gaussian"));
}

TEST_CASE("rbm: long Gibbs chains have the exact probabilities") {
  const Rbm rbm = random_rbm({.visible = 3, .hidden = 2, .weight_scale = 1}, 4);
  const Tensor states = all_states(3);
  const std::vector<double> F = rbm.free_energy(states);
  const double log_Z = exact_log_Z(rbm);
  Rng rng(6);
  const std::size_t chains = 40000;
  const Tensor V = rbm.gibbs(Tensor({chains, 3}), 30, rng);
  std::vector<double> counts(states.rows());
  for (std::size_t c = 0; c < chains; ++c) {
    std::size_t state = 0;
    for (std::size_t i = 0; i < 3; ++i) state += std::size_t(V(c, i)) << i;
    ++counts[state];
  }
  for (std::size_t s = 0; s < counts.size(); ++s) {
    const double p = std::exp(-F[s] - log_Z);
    const double deviation = std::sqrt(p * (1 - p) / double(chains));
    CAPTURE(s);
    CHECK(std::abs(counts[s] / double(chains) - p) < 4 * deviation);
  }
}

TEST_CASE("rbm: Gaussian visible units are drawn around their mean with variance 1") {
  const Rbm rbm = random_rbm({.visible = 2, .hidden = 2, .visible_units = Units::gaussian}, 2);
  Rng rng(3);
  Tensor V = repeated(Tensor::matrix({{3, -1}}), 20000);
  rbm.draw_visible(V, rng);
  const Tensor means = column_means(V);
  check_close(means[0], 3, 0, 0.03);
  check_close(means[1], -1, 0, 0.03);
  double variance = 0;
  for (std::size_t r = 0; r < V.rows(); ++r)
    variance += std::pow(double(V(r, 0)) - 3, 2) / double(V.rows());
  check_close(variance, 1, 0.05);
}

TEST_CASE("rbm: as an autoencoder it reconstructs the same") {
  const Rbm rbm = random_rbm({.visible = 6, .hidden = 4, .weight_scale = 1}, 11);
  Rng rng(12);
  const Tensor V = uniform_tensor({5, 6}, rng, 0, 1);
  DenseAutoencoder net = rbm.as_autoencoder();
  CHECK(net.loss == Loss::bce);
  CHECK(net.parameters()[2]->name == "decoder.0.W");
  check_close(net.encode(V), rbm.hidden_mean(V), by_real(1e-14, 1e-6));
  check_close(net.reconstruct(V), rbm.reconstruct(V), by_real(1e-14, 1e-6));
  const Rbm gaussian = random_rbm({.visible = 6,
                                   .hidden = 4,
                                   .visible_units = Units::gaussian,
                                   .hidden_units = Units::gaussian},
                                  11);
  DenseAutoencoder linear = gaussian.as_autoencoder();
  CHECK(linear.loss == Loss::half_mse);
  check_close(linear.reconstruct(V), gaussian.reconstruct(V), by_real(1e-13, 1e-5));
}

TEST_CASE(
    "draws: Bernoulli states have their probabilities, and the same bits on any number of "
    "threads") {
  Tensor P({1, 200001});
  for (std::size_t i = 0; i < P.size(); ++i) P[i] = Real(i % 4) / 3;  // 0, ⅓, ⅔, 1
  Rng rng(1), again(1);
  Workers workers(3);
  Tensor alone, together;
  draw_bernoulli(P, alone, rng);
  draw_bernoulli(P, together, again, &workers);
  CHECK(alone.values == together.values);
  std::array<double, 4> ones{};
  for (std::size_t i = 0; i < P.size(); ++i) ones[i % 4] += alone[i];
  CHECK(ones[0] == 0);
  CHECK(ones[3] == 50000);
  check_close(ones[1] / 50000, 1.0 / 3, 0, 0.01);
  check_close(ones[2] / 50000, 2.0 / 3, 0, 0.01);
}

TEST_CASE("rbm: biases from the data give each unit its column's mean") {
  const Tensor X = Tensor::matrix({{1, 0, 1}, {1, 0, 0}});
  const Tensor biases = biases_from_data(Units::bernoulli, X);
  for (std::size_t i = 0; i < 3; ++i) {
    const double p = (i == 0 ? 3 : i == 1 ? 1 : 2) / 4.0;
    check_close(1 / (1 + std::exp(-double(biases[i]))), p, by_real(1e-14, 1e-6));
  }
  check_close(biases_from_data(Units::gaussian, X), column_means(X), 0);
}
