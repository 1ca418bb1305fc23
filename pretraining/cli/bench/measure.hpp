#pragma once
// How fast something is, measured several times. A machine that does other things too is never
// twice as fast: the median of several runs is the figure, and the lowest and highest tell how far
// to believe it.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>
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

/// The median, and the two ends.
inline Figure figure_of(std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  const std::size_t n = rates.size();
  return {(rates[(n - 1) / 2] + rates[n / 2]) / 2, rates.front(), rates.back()};
}

/// Collects runs until there are enough of them.
///
/// With a yardstick, which measures what the machine can do at the moment, in units a second: it is
/// asked before the first run and after each one, and a run's share is its rate beside the mean of
/// the two yardsticks around it. What slows the machine for a while (other programs, heat) slows
/// both. A yardstick from minutes ago would be another machine's.
class Runs {
 public:
  explicit Runs(const RunLength& length, std::function<double()> yardstick = {})
      : length_(length), yardstick_(std::move(yardstick)) {}

  /// Before the first run; with a yardstick it must be called.
  void begin() {
    if (yardstick_) yardsticks_ = {yardstick_()};
  }
  /// A run that did `units` of work.
  void add(double units, double seconds) {
    const double rate = units / std::max(seconds, 1e-9);
    rates_.push_back(rate);
    seconds_ += seconds;
    if (!yardstick_) return;
    const double before = yardsticks_.back();
    yardsticks_.push_back(yardstick_());
    shares_.push_back(rate / ((before + yardsticks_.back()) / 2));
  }
  bool enough() const {
    return rates_.size() >= length_.least_runs && seconds_ >= length_.total_seconds;
  }
  /// Units a second. There must be a run, here and below.
  Figure figure() const { return figure_of(rates_); }
  /// The same of the yardstick, and what the runs are beside it.
  Figure yardstick() const { return figure_of(yardsticks_); }
  Figure share() const { return figure_of(shares_); }

 private:
  RunLength length_;
  std::function<double()> yardstick_;
  std::vector<double> rates_, yardsticks_, shares_;
  double seconds_ = 0;
};

/// Runs of work(), which does `units` of work each time it is called.
template <class Work>
Runs measured_runs(const RunLength& length, double units, const Work& work,
                   std::function<double()> yardstick = {}) {
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
  Runs runs(length, std::move(yardstick));
  runs.begin();
  while (!runs.enough()) runs.add(units * double(times), seconds_of(times));
  return runs;
}
/// Units a second.
template <class Work>
Figure measure(const RunLength& length, double units, const Work& work) {
  return measured_runs(length, units, work).figure();
}

}  // namespace strata::cli
