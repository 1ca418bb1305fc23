#pragma once
// Restricted Boltzmann machines and data for tests.

#include "pretraining/rbm/likelihood.hpp"
#include "tests/check_close.hpp"

namespace strata::testing {

/// All parameters drawn: zeros would hide errors.
inline Rbm random_rbm(const RbmOptions& options, std::uint64_t seed, double bias_scale = 1) {
  Rng rng(seed);
  Rbm rbm(options, rng);
  fill_normal(rbm.a.value.values, rng, bias_scale);
  fill_normal(rbm.b.value.values, rng, bias_scale);
  return rbm;
}

/// Every state of `units` bits, a row each.
inline Tensor all_states(std::size_t units) {
  Tensor states({std::size_t(1) << units, units});
  for (std::size_t r = 0; r < states.rows(); ++r) {
    for (std::size_t i = 0; i < units; ++i) states(r, i) = Real(r >> i & 1);
  }
  return states;
}

/// Bars and stripes (MacKay 2003): pictures of side × side bits whose rows, or whose columns, are
/// each all on or all off.
inline Dataset bars_and_stripes(std::size_t side) {
  const std::size_t patterns = std::size_t(1) << side;
  Dataset data{"bars and stripes", Tensor({2 * patterns, side * side}), {}, {side, side}};
  for (std::size_t p = 0; p < patterns; ++p) {
    for (std::size_t i = 0; i < side * side; ++i) {
      data.X(2 * p, i) = Real(p >> (i / side) & 1);
      data.X(2 * p + 1, i) = Real(p >> (i % side) & 1);
    }
  }
  return data;
}

}  // namespace strata::testing
