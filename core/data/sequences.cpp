#include "core/data/sequences.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/check.hpp"

namespace strata {
namespace {

struct Wave {
  double height, period, phase, share_of_sine;

  double at(std::size_t t) const {
    const double tau = double(t) / period + phase;
    const double sine = std::sin(2 * std::numbers::pi * tau);
    const double sawtooth = 2 * (tau - std::floor(tau)) - 1;
    return height * (share_of_sine * sine + (1 - share_of_sine) * sawtooth);
  }
};

Wave draw_wave(int label, Rng& rng) {
  Wave wave{};
  wave.height = rng.uniform(0.5, 1);
  wave.period = rng.uniform(6, 16);
  wave.phase = rng.uniform();
  const double mixed = rng.uniform(0.25, 0.75);  // drawn for every label: it shifts no other draw
  wave.share_of_sine = label == 0 ? 1 : label == 1 ? 0 : mixed;
  return wave;
}

}  // namespace

Sequences waves(std::size_t n, std::size_t shortest, std::size_t longest, double noise, Rng& rng) {
  check(n > 0, "waves: n is 0, at least one example is needed");
  check(shortest >= 1 && shortest <= longest, "waves: lengths from ", shortest, " to ", longest,
        " (needs 1 ≤ shortest ≤ longest)");
  check(noise >= 0 && std::isfinite(noise), "waves: the noise is ", noise,
        ", it must be 0 or a positive number");
  Sequences result;
  result.data = {"waves", Tensor({n, longest}), std::vector<int>(n), {}};
  result.steps = longest;
  result.step_features = 1;
  for (std::size_t i = 0; i < n; ++i) {
    const int label = int(i % 3);
    const std::size_t length = shortest + rng.below(longest - shortest + 1);
    const Wave wave = draw_wave(label, rng);
    Real* x = result.data.X.row(i);
    for (std::size_t t = 0; t < length; ++t) x[t] = Real(wave.at(t) + noise * rng.normal());
    if (x[length - 1] == 0) x[length - 1] = Real(1e-6);  // otherwise it would count as padding
    result.data.labels[i] = label;
    result.lengths.push_back(length);
  }
  return result;
}

std::size_t sequence_length(const Real* row, std::size_t steps, std::size_t step_features) {
  std::size_t used = steps * step_features;
  while (used > 0 && row[used - 1] == 0) --used;
  return (used + step_features - 1) / step_features;
}

std::vector<std::size_t> sequence_lengths(const Tensor& X, std::size_t step_features) {
  check(X.rank() == 2 && step_features > 0 && X.cols() % step_features == 0,
        "sequence_lengths: X is ", X.shape, ", which is no whole number of steps of ",
        step_features, " columns");
  std::vector<std::size_t> lengths;
  const std::size_t steps = X.cols() / step_features;
  for (std::size_t i = 0; i < X.rows(); ++i) {
    lengths.push_back(sequence_length(X.row(i), steps, step_features));
  }
  return lengths;
}

}  // namespace strata
