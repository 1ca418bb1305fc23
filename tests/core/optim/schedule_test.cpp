// Learning rates over a training.

#include "core/optim/schedule.hpp"

#include <doctest/doctest.h>

#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE(
    "schedules: literal rates, one_cycle as PyTorch's OneCycleLR(max_lr=0.1, total_steps=10)") {
  const Schedule one_cycle{.kind = ScheduleKind::one_cycle};
  // from torch.optim.lr_scheduler.OneCycleLR, 1.13
  const double expected[] = {0.0040000000000000036,
                             0.052000000000000005,
                             0.1,
                             0.09504846320134738,
                             0.0811745653949763,
                             0.06112620219362893,
                             0.03887419780637107,
                             0.0188258346050237,
                             0.004951936798652629,
                             4e-07};
  for (std::size_t step = 0; step < 10; ++step)
    check_close(learning_rate_at(one_cycle, 0.1, step, 10), expected[step], 1e-12);
  CHECK(learning_rate_at({}, 0.1, 7, 10) == 0.1);
  const Schedule cosine{.kind = ScheduleKind::cosine};
  CHECK(learning_rate_at(cosine, 0.1, 0, 10) == 0.1);
  check_close(learning_rate_at(cosine, 0.1, 5, 10), 0.05, 1e-12);
  const Schedule steps{.kind = ScheduleKind::step, .gamma = 0.5, .every = 0.25};
  check_close(learning_rate_at(steps, 0.1, 24, 100), 0.1, 1e-12);
  check_close(learning_rate_at(steps, 0.1, 25, 100), 0.05, 1e-12);
  check_close(learning_rate_at(steps, 0.1, 99, 100), 0.0125, 1e-12);
  CHECK(error_of([] { schedule_kinds.named("linear"); }).find("choose one of constant") !=
        std::string::npos);
}

TEST_CASE("one_cycle of a single step has its last rate, as PyTorch's has") {
  check_close(learning_rate_at({.kind = ScheduleKind::one_cycle}, 0.5, 0, 1), 0.5 / 250000, 1e-12);
}
