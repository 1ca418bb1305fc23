// Annealed importance sampling against the exact partition function.

#include "pretraining/rbm/likelihood.hpp"

#include "tests/contains.hpp"
#include "tests/pretraining/rbm/rbm_machines.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("rbm: annealed importance sampling finds log Z of a 10 × 8 machine within 0.1 nat") {
  for (std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    const Rbm rbm = random_rbm({.visible = 10, .hidden = 8, .weight_scale = 1}, seed);
    Rng rng(seed);
    const Tensor base = biases_from_data(Units::bernoulli, rbm.gibbs(Tensor({100, 10}), 50, rng));
    const double exact = exact_log_Z(rbm);
    const AisEstimate estimate =
        estimate_log_Z(rbm, base, rng, {.chains = 200, .temperatures = 400});
    INFO("exact ", exact, ", estimated ", estimate.log_Z, " ± ", estimate.standard_error);
    check_close(estimate.log_Z, exact, 0, 0.1);
    CHECK(std::abs(estimate.log_Z - exact) < 5 * estimate.standard_error);
    CHECK(estimate.standard_error < 0.05);
    CHECK(estimate.low < estimate.log_Z);
    CHECK(estimate.log_Z < estimate.high);
  }
}

TEST_CASE("rbm: the standard error of annealing is how far its estimates lie from log Z") {
  const Rbm rbm = random_rbm({.visible = 6, .hidden = 4, .weight_scale = 1}, 2);
  const double exact = exact_log_Z(rbm);
  Rng rng(3);
  const std::size_t repetitions = 200;
  double squares = 0, claimed = 0;
  std::size_t within = 0;
  for (std::size_t k = 0; k < repetitions; ++k) {
    const AisEstimate e =
        estimate_log_Z(rbm, Tensor({6}), rng, {.chains = 100, .temperatures = 20});
    squares += std::pow(e.log_Z - exact, 2) / double(repetitions);
    claimed += std::pow(e.standard_error, 2) / double(repetitions);
    within += e.low < exact && exact < e.high;
    // Three standard errors of Z on either side.
    check_close(e.high, e.log_Z + std::log1p(3 * e.standard_error), by_real(1e-10, 1e-5));
    check_close(e.low, e.log_Z + std::log1p(-3 * e.standard_error), by_real(1e-10, 1e-5));
  }
  check_close(std::sqrt(claimed), std::sqrt(squares), 0.2);
  CHECK(within > repetitions - 10);
}

TEST_CASE("rbm: annealing is exact without weights, and serves Gaussian layers") {
  Rbm rbm = random_rbm({.visible = 5, .hidden = 4, .weight_scale = 1}, 8);
  rbm.W.value.fill(0);
  Rng rng(1);
  // From the biases that the machine has, only b is annealed: every chain has the same weight.
  const AisEstimate exact = estimate_log_Z(rbm, rbm.a.value, rng, {.chains = 3, .temperatures = 5});
  check_close(exact.log_Z, exact_log_Z(rbm), by_real(1e-12, 1e-5));
  check_close(exact.standard_error, 0, 0, by_real(1e-12, 1e-5));

  const Rbm code = random_rbm(
      {.visible = 6, .hidden = 2, .hidden_units = Units::gaussian, .weight_scale = 0.6}, 9, 0.5);
  const AisEstimate of_code =
      estimate_log_Z(code, Tensor({6}), rng, {.chains = 300, .temperatures = 500});
  check_close(of_code.log_Z, exact_log_Z(code), 0, 0.1);
  const Rbm pixels = random_rbm(
      {.visible = 6, .hidden = 3, .visible_units = Units::gaussian, .weight_scale = 0.6}, 9, 0.5);
  const AisEstimate of_pixels =
      estimate_log_Z(pixels, Tensor({6}), rng, {.chains = 300, .temperatures = 500});
  check_close(of_pixels.log_Z, exact_log_Z(pixels), 0, 0.1);
  CHECK(contains(error_of([&] { estimate_log_Z(rbm, Tensor({4}), rng); }),
                 "4 biases of the base for 5"));
}
