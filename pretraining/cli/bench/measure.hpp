#pragma once
// How fast something is, measured several times. A machine that does other things too is never
// twice as fast: the median of several runs is the figure, and the lowest and highest tell how far
// to believe it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/clock.hpp"

namespace strata::cli {

/// How long to measure: runs of about `run_seconds`, until there are `least_runs` and they took
/// `total_seconds` together. Lengths of time, not numbers of repetitions, so that a slow machine
/// ends soon as well.
struct RunLength {
  double run_seconds = 0.1;
  std::size_t least_runs = 5;
  double total_seconds = 1;
};

/// What several runs came to.
struct Figure {
  double median = 0, lowest = 0, highest = 0;

  /// The same in another unit.
  Figure times(double factor) const { return {median * factor, lowest * factor, highest * factor}; }
};

/// Collects runs until there are enough of them.
class Runs {
 public:
  explicit Runs(const RunLength& length) : length_(length) {}

  /// A run that did `units` of work.
  void add(double units, double seconds) {
    rates_.push_back(units / std::max(seconds, 1e-9));
    seconds_ += seconds;
  }
  bool enough() const {
    return rates_.size() >= length_.least_runs && seconds_ >= length_.total_seconds;
  }
  /// Units a second. There must be a run.
  Figure figure() const {
    std::vector<double> sorted = rates_;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t n = sorted.size();
    return {(sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted.front(), sorted.back()};
  }

 private:
  RunLength length_;
  std::vector<double> rates_;
  double seconds_ = 0;
};

/// Units a second of work(), which does `units` of them each time it is called.
template <class Work>
Figure measure(const RunLength& length, double units, const Work& work) {
  const auto seconds_of = [&work](std::size_t times) {
    const auto start = Clock::now();
    for (std::size_t t = 0; t < times; ++t) work();
    return seconds_since(start);
  };
  work();  // the first call brings memory and caches into use
  std::size_t times = 1;
  double seconds = seconds_of(times);
  while (seconds < length.run_seconds / 4) {
    times *= 2;
    seconds = seconds_of(times);
  }
  times = std::max<std::size_t>(1, std::size_t(double(times) * length.run_seconds / seconds));
  Runs runs(length);
  while (!runs.enough()) runs.add(units * double(times), seconds_of(times));
  return runs.figure();
}

}  // namespace strata::cli
