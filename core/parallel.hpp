#pragma once
// A small crew of threads. Work is divided by its results, each of which is computed by one thread
// in the same order of operations, so that the bits do not depend on the number of threads.
//
// A job is cut into as many pieces as there are threads. Each thread claims its own piece, by an
// atomic exchange, and then whichever nobody has begun; the caller too, which then waits only for
// pieces under way. So a thread that sleeps, or whose processor another program has taken, holds up
// nothing but the piece it is in the middle of. Waiting means to look for about 20 µs, since the
// next job of a training step mostly comes within that time and waking a thread takes about as
// long, and then to sleep, since another program may need the processor. Only threads that sleep
// are woken. If the caller nevertheless waited for longer than it worked, another program is likely
// to hold up the others: for some milliseconds, and for longer each time that this happens again
// soon, it works alone.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/clock.hpp"

namespace strata {

/// Where threads wait for a condition on atomic numbers.
class Waiting {
 public:
  /// Returns when ready() is true.
  template <class Ready>
  void until(const Ready& ready) {
    const Clock::time_point start = Clock::now();
    do {
      if (ready()) return;
    } while (Clock::now() - start < std::chrono::microseconds(20));
    std::unique_lock lock(mutex_);
    ++asleep_;
    changed_.wait(lock, ready);
    --asleep_;
  }

  /// To be called after a change that makes ready() true; wakes at most so many.
  void wake(std::size_t most);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<std::size_t> asleep_ = 0;
};

class Workers {
 public:
  /// `threads` includes the caller, so 1 starts none. 0 means usual_threads(). The debug build
  /// always has one. Throws Error if the system cannot start that many.
  explicit Workers(std::size_t threads = 0);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t threads() const { return crew_.size() + 1; }

  /// Runs body(begin, end) on pieces of [0, n) whose borders are multiples of `grain`, at most as
  /// many as there are threads, and returns when all are done. What a body throws is then thrown
  /// from here; if several do, what the first of these pieces threw.
  /// Throws Error if it is called from within a body, or from a second thread at the same time:
  /// there is only one job at a time.
  template <class Body>
  void for_ranges(std::size_t n, std::size_t grain, const Body& body) {
    const auto call = [](const void* its_body, std::size_t begin, std::size_t end) {
      (*static_cast<const Body*>(its_body))(begin, end);
    };
    run({.body = &body, .call = call, .n = n, .grain = grain});
  }

 private:
  struct Job {
    const void* body;
    void (*call)(const void* body, std::size_t begin, std::size_t end);
    std::size_t n, grain;
    std::size_t grains = 0, pieces = 0;
    std::uint64_t arithmetic = 0;  // how the caller rounds (core/denormals.hpp)
  };
  void close();
  void run(Job job);
  void share();
  void work(std::size_t member);
  bool any_unclaimed() const;
  void do_pieces(std::size_t member);
  void do_piece(std::size_t piece);
  void was_held_up(Clock::time_point now);

  // Each group begins a line of the cache: a thread that looks at one is not disturbed by those who
  // write into another (5 % of the speed of short jobs).
  static constexpr std::size_t line = 64;
  // The caller's. It writes the job while no piece is unclaimed; who has claimed one reads it.
  alignas(line) Job job_{};
  std::vector<std::exception_ptr> thrown_;  // by each piece
  std::atomic<bool> busy_ = false;
  Clock::time_point alone_until_{};  // until then the caller shares no job,
  Clock::duration alone_for_{};      // which has been this long
  // What the crew looks at
  alignas(line) std::atomic<bool> closing_ = false;
  std::vector<std::atomic<bool>> unclaimed_;               // of each piece: nobody has begun it
  alignas(line) std::atomic<std::size_t> unfinished_ = 0;  // how many pieces are not done
  alignas(line) Waiting for_work_, for_the_end_;
  std::vector<std::thread> crew_;  // last: they use all of the above
};

/// The number in the environment variable STRATA_THREADS, or usable_processors() if that is unset
/// or empty. Throws UsageError for a value that is not a number from 1 to 1024.
std::size_t usual_threads();

/// How many numbers make it worth waking a thread, in a sweep that does little with each: a few
/// microseconds of work.
inline constexpr std::size_t numbers_worth_a_thread = 16384;
/// The same in rows of d numbers.
inline std::size_t rows_worth_a_thread(std::size_t d) {
  return 1 + numbers_worth_a_thread / (d > 0 ? d : 1);
}

/// Like Workers::for_ranges; without workers, or with one thread, the caller does the whole range.
template <class Body>
void for_ranges(Workers* workers, std::size_t n, std::size_t grain, const Body& body) {
  if (workers == nullptr || workers->threads() == 1 || n <= grain) {
    body(std::size_t(0), n);
  } else {
    workers->for_ranges(n, grain, body);
  }
}

}  // namespace strata
