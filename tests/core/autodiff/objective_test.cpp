#include "core/autodiff/objective.hpp"

#include <doctest/doctest.h>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("a term that was never recorded is refused by its name") {
  CHECK(error_of([] {
          sum_of_terms({{"r", Var{}}});
        }).find("objective: the term 'r' was never recorded") == 0);
  Tape tape;
  const Var x = tape.variable(Tensor::scalar(2), "x");
  CHECK(!error_of([&] { sum_of_terms({{"r", x}, {"s", Var{}}}); }).empty());
}
