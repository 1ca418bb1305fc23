#pragma once
// One axis of a chart: which numbers it spans, where its ticks are, and where on the page a number
// lies.

#include <string>
#include <vector>

namespace strata {

struct AxisTick {
  double value;
  std::string text;
};

struct Axis {
  double low = 0, high = 1;   // the numbers at both ends
  double start = 0, end = 1;  // the same on the page, in pixels
  bool logarithmic = false;
  std::vector<AxisTick> ticks;

  /// The place on the page, in pixels.
  double place(double value) const;
};

/// A number that can be drawn: finite, not so large that differences overflow, and above 0 on a
/// logarithmic axis.
bool can_be_drawn(double value, bool logarithmic = false);

/// An axis for the numbers from `low` to `high` (those that can be drawn), with about `wanted`
/// ticks at round numbers (1, 2 or 5 times a power of ten). With `to_ticks` it is lengthened to
/// begin and end at a tick. Equal numbers get some room around them. Ticks of a linear axis are
/// `least_step` or more apart.
Axis make_axis(double low, double high, bool logarithmic, bool to_ticks, int wanted,
               double least_step = 0);

}  // namespace strata
