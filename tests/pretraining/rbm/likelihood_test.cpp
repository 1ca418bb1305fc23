// The pseudo-likelihood against its definition.

#include "pretraining/rbm/likelihood.hpp"

#include "tests/contains.hpp"
#include "tests/pretraining/rbm/rbm_machines.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "rbm: the pseudo-likelihood is that of conditionals by enumeration, its estimate unbiased") {
  for (Units hidden_units : {Units::bernoulli, Units::gaussian}) {
    const Rbm rbm = random_rbm(
        {.visible = 4, .hidden = 3, .hidden_units = hidden_units, .weight_scale = 1}, 13);
    const Tensor V = slice_rows(all_states(4), 4, 9);
    double expected = 0;
    for (std::size_t r = 0; r < V.rows(); ++r) {
      for (std::size_t i = 0; i < 4; ++i) {
        Tensor flipped = slice_rows(V, r, r + 1);
        const double F = rbm.free_energy(flipped)[0];
        flipped[i] = 1 - flipped[i];
        expected -= std::log1p(std::exp(F - rbm.free_energy(flipped)[0])) / double(V.rows());
      }
    }
    check_close(pseudo_log_likelihood(rbm, V), expected, by_real(1e-12, 1e-5));
    Rng rng(2);
    double mean = 0;
    for (std::size_t k = 0; k < 4000; ++k)
      mean += estimated_pseudo_log_likelihood(rbm, V, rng) / 4000;
    check_close(mean, expected, 0, 0.05 * std::abs(expected));
  }
  const Rbm gaussian =
      random_rbm({.visible = 4, .hidden = 3, .visible_units = Units::gaussian}, 13);
  CHECK(contains(error_of([&] {
                   pseudo_log_likelihood(gaussian, Tensor({1, 4}));
                 }),
                 "these are Gaussian"));
}
