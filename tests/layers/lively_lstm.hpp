#pragma once

#include "layers/lstm.hpp"

namespace strata::testing {

/// Weights large enough for every gate to matter.
inline Lstm lively_lstm(std::size_t d, std::size_t units, Rng& rng) {
  Lstm lstm("lstm", d, units, rng);
  for (Parameter* p : lstm.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.6);
  return lstm;
}

}  // namespace strata::testing
