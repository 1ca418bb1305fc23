#pragma once
// What a thread makes for itself when it first needs it, memory for products for example, it makes
// at a moment that depends on which pieces it gets. Tests that count can have it made before.

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "core/parallel.hpp"

namespace strata::testing {

/// work() on each of the threads, once or more often. Returns who they are.
template <class Work>
std::set<std::thread::id> on_each_thread(Workers& workers, const Work& work) {
  std::set<std::thread::id> seen;
  std::mutex mutex;
  while (seen.size() < workers.threads()) {
    workers.for_ranges(workers.threads(), 1, [&](std::size_t, std::size_t) {
      work();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // time for the others to come
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
  }
  return seen;
}

}  // namespace strata::testing
