#include "layers/initializer.hpp"

#include <cmath>

#include "layers/parameter_budget.hpp"

namespace strata {

Tensor initial_weights(Initializer initializer, std::size_t in, std::size_t out, Rng& rng) {
  return initial_weights(initializer, {in, out}, double(in), double(out), rng);
}

Tensor initial_weights(Initializer initializer, const Shape& shape, double in, double out,
                       Rng& rng) {
  ParameterBudget::spend(shape);
  if (initializer == Initializer::he) return normal_tensor(shape, rng, std::sqrt(2.0 / in));
  const double fan = in + out + (initializer == Initializer::lecture ? 1 : 0);
  const double limit = std::sqrt(6.0 / fan);
  return uniform_tensor(shape, rng, -limit, limit);
}

}  // namespace strata
