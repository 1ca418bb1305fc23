#pragma once

#include "core/clock.hpp"
#include "core/io/state.hpp"

namespace strata {

/// The seconds of a computation that may be stopped and resumed: what lies between two runs of the
/// program does not count.
struct Stopwatch {
  double earlier_seconds = 0;  // of earlier runs of the program
  Clock::time_point start = Clock::now();

  double seconds() const { return earlier_seconds + seconds_since(start); }
  void remember(State& state) {
    double so_far = seconds();
    state.number("seconds", so_far);
    if (state.restoring) earlier_seconds = so_far;
  }
};

}  // namespace strata
