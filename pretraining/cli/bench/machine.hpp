#pragma once
// What the machine itself can do: the yardstick for everything else that is measured.

#include "core/parallel.hpp"
#include "pretraining/cli/bench/measure.hpp"

namespace strata::cli {

/// GFLOP/s: multiply-adds of whole vector registers on all the workers at once, each counted as two
/// operations. The operands never leave the registers. No matrix product can be faster.
Figure peak_gflops(const RunLength& length, Workers& workers);

/// GB/s: the triad a_i = b_i + s c_i over arrays of 256 MB each, counted as two numbers read and
/// one written (McCalpin 1995, STREAM). Work that uses each number once can be no faster.
Figure memory_bandwidth(const RunLength& length, Workers& workers);

}  // namespace strata::cli
