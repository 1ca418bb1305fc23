#pragma once
// Training as `strata train` does it, measured: the loop of layers/fit.hpp with its shuffled
// batches, gradients and steps of Adam, on generated examples with features in [0, 1). All units
// are sigmoid, the loss is half_mse.

#include <string>
#include <vector>

#include "autoencoders/train.hpp"
#include "pretraining/cli/bench/measure.hpp"

namespace strata::cli {

struct Training {
  std::string network;  // the encoder's widths, 784-64; the decoder mirrors it
  bool sparse = false;  // with KL sparsity: ρ = 0.1, β = 3
  std::size_t batch = 100;
  BackpropKind backprop = BackpropKind::explicit_rule;

  /// 784-196 sparse batch 100 tape
  std::string name() const;
  std::vector<std::size_t> sizes() const;
  /// Of encoder and decoder, without biases.
  double weights() const;
};

inline constexpr std::size_t training_examples = 10'000;

/// Examples a second. A run is an epoch of as many whole batches as take about run_seconds, of
/// training_examples at most; the first epoch is not counted.
Figure examples_per_second(const Training& training, std::size_t threads, const RunLength& length);

/// How often one training step allocates once training is under way.
double allocations_per_step(const Training& training, std::size_t threads);

/// The most bytes that a process of its own holds while it trains for an epoch on so many examples.
/// It begins as a copy of this process: call it while this one holds little, and without other
/// threads. Throws Error where the system has no memory or processes left.
double peak_memory(const Training& training, std::size_t examples, std::size_t threads);
/// What cannot be done without: the data; of each parameter value, gradient and Adam's two moments;
/// of each unit and example of the batch z, a and δ.
double expected_memory(const Training& training, std::size_t examples);

}  // namespace strata::cli
