#include "layers/initializer.hpp"

#include <cmath>

#include "core/choice.hpp"

namespace strata {

const std::vector<std::string>& initializer_names() {
  static const std::vector<std::string> names = {"xavier", "he", "lecture"};
  return names;
}

const std::string& initializer_name(Initializer initializer) {
  return initializer_names()[std::size_t(initializer)];
}

Initializer initializer_named(const std::string& name) {
  return choice_named<Initializer>("initializer", initializer_names(), name);
}

Tensor initial_weights(Initializer initializer, std::size_t in, std::size_t out, Rng& rng) {
  return initial_weights(initializer, {in, out}, double(in), double(out), rng);
}

Tensor initial_weights(Initializer initializer, const Shape& shape, double in, double out,
                       Rng& rng) {
  if (initializer == Initializer::he) return normal_tensor(shape, rng, std::sqrt(2.0 / in));
  const double fan = in + out + (initializer == Initializer::lecture ? 1 : 0);
  const double limit = std::sqrt(6.0 / fan);
  return uniform_tensor(shape, rng, -limit, limit);
}

}  // namespace strata
