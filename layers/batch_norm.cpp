#include "layers/batch_norm.hpp"

#include <algorithm>

namespace strata {

BatchNorm::BatchNorm(const std::string& name, std::size_t features)
    : gain(name + ".gain", Tensor({features}, 1), false),
      bias(name + ".bias", Tensor({features}), false),
      statistics({2, features}) {
  std::fill_n(statistics.row(1), features, Real(1));
}

Var BatchNorm::forward(Tape& tape, Var X, Mode mode) {
  const Var g = tape.parameter(gain);
  const Var b = tape.parameter(bias);
  if (mode == Mode::evaluation) return batch_norm_fixed(X, g, b, statistics, epsilon);
  const Var normed = batch_norm(X, g, b, epsilon);
  running_statistics(normed, statistics, momentum);
  return normed;
}

}  // namespace strata
