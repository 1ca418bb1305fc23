// What is asked of a variational autoencoder is the same by several threads, and exact where a code
// unit tells nothing.

#include <doctest/doctest.h>

#include "autoencoders/generate.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("several threads give the same bits") {
  Rng start(1), data(2);
  VariationalAutoencoder model({.sizes = {30, 40, 2}}, start);
  const Tensor X = uniform_tensor({700, 30}, data, 0, 1);
  Workers workers(3);
  Workers* const by = &workers;
  Rng one(3), other(3);
  CHECK(sample(model, 300, one).means.values == sample(model, 300, other, by).means.values);
  CHECK(log_likelihood(model, X, 3, one) == log_likelihood(model, X, 3, other, by));
  CHECK(negative_elbo(model, X, 2, one).total() == negative_elbo(model, X, 2, other, by).total());
  CHECK(decoded_plane(model, 30, 2).values == decoded_plane(model, 30, 2, by).values);
  CHECK(posterior(model, X).mean.values == posterior(model, X, by).mean.values);
}

TEST_CASE("the KL of a unit that is nearly given up is v²/4, not rounding") {
  Rng rng(1);
  VariationalAutoencoder model({.sizes = {3, 1}}, rng);
  for (Parameter* p : model.parameters()) p->value.fill(0);
  model.log_variance.b.value[0] = Real(1e-7);
  const NegativeElbo elbo = negative_elbo(model, uniform_tensor({4, 3}, rng, 0, 1), 1, rng);
  CHECK(is_close(elbo.kl, 2.5e-15, 1e-5, 0));
}
