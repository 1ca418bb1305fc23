#include "core/optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace strata {
namespace {

// From `from` (share 0) to `to` (share 1) along half a cosine.
double half_cosine(double from, double to, double share) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

double one_cycle_rate(double rate, double warm_up, double step, double total) {
  const double lowest_before = rate / 25;
  const double lowest_after = lowest_before / 1e4;
  // PyTorch counts the steps of a phase from its first to its last
  const double peak = warm_up * total - 1;
  const double last = total - 1;
  if (last <= 0) return lowest_after;
  if (step < peak) return half_cosine(lowest_before, rate, step / peak);
  return half_cosine(rate, lowest_after, std::min(1.0, (step - peak) / std::max(1.0, last - peak)));
}

}  // namespace

double learning_rate_at(const Schedule& schedule, double rate, std::size_t step_number,
                        std::size_t total) {
  using enum ScheduleKind;
  const double done = total == 0 ? 0 : double(step_number) / double(total);
  if (schedule.kind == step)
    return rate * std::pow(schedule.gamma, std::floor(done / schedule.every + 1e-9));
  if (schedule.kind == cosine) return half_cosine(rate, 0, done);
  if (schedule.kind == one_cycle)
    return one_cycle_rate(rate, schedule.warm_up, double(step_number), double(total));
  return rate;
}

}  // namespace strata
