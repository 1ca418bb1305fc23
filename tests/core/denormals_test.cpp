#include "core/denormals.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "core/parallel.hpp"
#include "core/real.hpp"

using namespace strata;

namespace {

// Whether this thread takes the smallest number there is for 0.
bool flushes() {
  volatile Real smallest = std::numeric_limits<Real>::denorm_min();
  return smallest * Real(1) == 0;
}

}  // namespace

#if defined(__x86_64__) || defined(__aarch64__)
TEST_CASE("the smallest numbers are 0 as long as they are to be, and in this thread alone") {
  CHECK_FALSE(flushes());
  {
    const FlushDenormals flushed;
    CHECK(flushes());
    volatile Real small = std::numeric_limits<Real>::min();
    CHECK(small * Real(0.5) == 0);
    CHECK(small * Real(1) == std::numeric_limits<Real>::min());
    {
      const FlushDenormals again;
      CHECK(flushes());
    }
    CHECK(flushes());
  }
  CHECK_FALSE(flushes());
}

TEST_CASE("threads that work for another take them as it does") {
  Workers workers(3);
  const auto flushing_pieces = [&workers] {
    std::atomic<int> flushing = 0, begun = 0;
    workers.for_ranges(3, 1, [&](std::size_t begin, std::size_t end) {
      flushing += flushes() ? int(end - begin) : 0;
      ++begun;
      for (int i = 0; i < 1000 && begun < 3; ++i) std::this_thread::yield();  // one piece each
    });
    return flushing.load();
  };
  CHECK(flushing_pieces() == 0);
  {
    const FlushDenormals flushed;
    CHECK(flushing_pieces() == 3);
  }
  CHECK(flushing_pieces() == 0);
}
#endif
