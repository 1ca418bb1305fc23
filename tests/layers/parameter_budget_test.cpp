#include "layers/parameter_budget.hpp"

#include <doctest/doctest.h>

#include "layers/dense.hpp"
#include "layers/initializer.hpp"
#include "layers/lstm.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("layers have as many weights as the budget, and no more") {
  Rng rng(1);
  const ParameterBudget budget(12 + 4 * (2 * 3 + 3 * 3), "no more are there");
  Dense("first", 3, 4, Activation::relu, rng);
  Lstm("second", 2, 3, rng);
  CHECK(error_of([&] { Dense("third", 1, 1, Activation::relu, rng); }) ==
        "weights of 1×1: no more are there");
}

TEST_CASE("a budget inside another counts for itself, and the outer one goes on") {
  Rng rng(1);
  const ParameterBudget outer(4, "outer");
  {
    const ParameterBudget inner(100, "inner");
    initial_weights(Initializer::he, 10, 10, rng);
    CHECK(error_of([&] { initial_weights(Initializer::he, 1, 1, rng); }) ==
          "weights of 1×1: inner");
  }
  initial_weights(Initializer::he, 2, 2, rng);
  CHECK(error_of([&] { initial_weights(Initializer::he, 1, 1, rng); }) == "weights of 1×1: outer");
}
