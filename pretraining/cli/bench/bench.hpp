#pragma once
// What `strata bench` measures: what the machine itself can do, the yardstick for everything else;
// and training as `strata train` does it.

#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "pretraining/cli/bench/measure.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

// ---- the machine
/// GFLOP/s: multiply-adds of whole vector registers on all the workers at once, each counted as two
/// operations. The operands never leave the registers. No matrix product can be faster.
Figure peak_gflops(const RunLength& length, Workers& workers);
/// The same of a single run of some 20 ms: what the machine can do right now.
double peak_gflops_now(Workers& workers);

/// GB/s: the triad a_i = b_i + s c_i over arrays of 256 MB each, counted as two numbers read and
/// one written (McCalpin 1995, STREAM). Work that uses each number once can be no faster.
Figure memory_bandwidth(const RunLength& length, Workers& workers);

// ---- training: the loop of layers/fit.hpp with its shuffled batches, gradients and steps of Adam,
// on generated examples with features in [0, 1). All units are sigmoid, the loss is half_mse.
struct Training {
  // The encoder's widths; the decoder mirrors it. These: Hinton and Salakhutdinov (2006)
  std::vector<std::size_t> sizes = {784, 1000, 500, 250, 30};
  bool sparse = false;  // with KL sparsity: ρ = 0.1, β = 3
  std::size_t batch = 100;
  BackpropKind backprop = BackpropKind::explicit_rule;

  /// 784-196 sparse batch 100 tape
  std::string name() const;
};

inline constexpr std::size_t training_examples = 10'000;

/// Examples a second. A run is an epoch of as many whole batches as take about run_seconds, of
/// training_examples at most; the first epoch is not counted. `yardstick` is in examples a second,
/// too.
Runs examples_per_second(const Training& training, std::size_t threads, const RunLength& length,
                         const std::function<double()>& yardstick = {});

/// The most bytes that a process of its own holds while it trains for an epoch on this many
/// examples. It begins as a copy of this process: call it while this one holds little, and without
/// other threads. Throws Error where the system has no memory or processes left.
double peak_memory(const Training& training, std::size_t examples, std::size_t threads);
/// What cannot be done without: the data; of each parameter value, gradient and Adam's two moments;
/// of each unit and example of the batch z, a and δ.
double expected_memory(const Training& training, std::size_t examples);

}  // namespace strata::cli
