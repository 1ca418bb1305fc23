#pragma once
// How the learning rate moves over a training run.

#include "core/choice.hpp"

namespace strata {

/// The learning rate of step `step` (from 0) out of `total`:
///   constant    rate
///   step        rate · gamma^⌊step / (every · total)⌋
///   cosine      rate · (1 + cos(π step / total)) / 2                Loshchilov and Hutter (2017)
///   one_cycle   from rate/25 up to rate, then down to rate/250000, each along a half cosine,
///               as PyTorch has it                                   Smith and Topin (2019)
enum class ScheduleKind { constant, step, cosine, one_cycle };
inline const Choice<ScheduleKind> schedule_kinds{"schedule",
                                                 {"constant", "step", "cosine", "one_cycle"}};

struct Schedule {
  ScheduleKind kind = ScheduleKind::constant;
  double gamma = 0.1;      // step: the factor, applied ...
  double every = 1.0 / 3;  // step: ... after each such share of the run
  double warm_up = 0.3;    // one_cycle: the share of the run in which the rate rises
};

/// As the table above says.
double learning_rate_at(const Schedule& schedule, double rate, std::size_t step, std::size_t total);

}  // namespace strata
