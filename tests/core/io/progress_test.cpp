#include "core/io/progress.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/check_close.hpp"

using strata::duration_text;
using strata::progress_line;

TEST_CASE("progress: durations in words") {
  CHECK(duration_text(0) == "0.0 s");
  CHECK(duration_text(0.44) == "0.4 s");
  CHECK(duration_text(9.94) == "9.9 s");
  CHECK(duration_text(9.96) == "10 s");
  CHECK(duration_text(59.4) == "59 s");
  CHECK(duration_text(59.6) == "1 min 0 s");
  CHECK(duration_text(80) == "1 min 20 s");
  CHECK(duration_text(3599.7) == "1 h 0 min");
  CHECK(duration_text(7500) == "2 h 5 min");
  CHECK(duration_text(-1) == "?");
  CHECK(duration_text(std::nan("")) == "?");
  CHECK(duration_text(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("progress: the line, its parts left out, and cut to the terminal") {
  CHECK(progress_line("layer 1", 25, 100, 1.82346, 12400.4, 80, 200) ==
        "layer 1  [██████··················]  epoch 25/100  loss 1.8235  12400 examples/s  1 min "
        "20 s left");
  CHECK(progress_line("layer 1", 25, 100, 1.82346, 12400.4, 80, 83) ==
        "layer 1  [██········]  epoch 25/100  loss 1.8235  12400 examples/s  1 min 20 s left");
  const double none = std::nan("");
  CHECK(progress_line("x", 0, 0, none, 0, -1, 200) == "x  [························]  epoch 0/0");
  CHECK(progress_line("x", 5, 4, none, 0, -1, 200) == "x  [████████████████████████]  epoch 5/4");
  CHECK(progress_line("é", 4, 4, none, 0, -1, 6) == "é  [██");
}

TEST_CASE("progress: nothing is drawn when it is not wanted") {
  strata::Progress progress(false);
  progress.update("quiet", 1, 2, 0.5, 10);  // would show in the output of the tests
  progress.finish();
}
