#include "layers/initializer.hpp"

#include <cmath>

namespace strata {

const std::vector<std::string>& initializer_names() {
  static const std::vector<std::string> names = {"xavier", "he", "lecture"};
  return names;
}

const std::string& initializer_name(Initializer initializer) {
  return initializer_names()[std::size_t(initializer)];
}

Initializer initializer_named(const std::string& name) {
  const auto& names = initializer_names();
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k] == name) return Initializer(k);
  }
  throw Error(text("initializer: there is no '", name, "' (choose one of xavier, he, lecture)"));
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
