#pragma once
// Shared by the files of elementwise rules.

#include "core/autodiff/ops.hpp"

namespace strata {

inline Settings with_number(Real number) {
  Settings settings;
  settings.number = number;
  return settings;
}

/// Mixes the sign of every entry into one number (FNV-1a): it changes when an entry changes sign.
std::uint64_t mix_branches(const Tensor& A);

/// Op::branch of relu, leaky_relu, elu and abs: the branches of the input.
std::uint64_t signs_of_input(Tape& tape, const Node& node);

}  // namespace strata
