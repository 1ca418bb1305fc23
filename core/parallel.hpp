#pragma once
// A small crew of threads. Work is divided by its results, each of which is computed by one thread
// in the same order of operations, so that the bits do not depend on the number of threads.

#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace strata {

class Workers {
 public:
  /// `threads` includes the caller, so 1 starts none. 0 means usual_threads(). The debug build
  /// always has one. Throws Error if the system cannot start that many.
  explicit Workers(std::size_t threads = 0);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t threads() const { return crew_.size() + 1; }

  /// Runs body(begin, end) on pieces of [0, n) whose borders are multiples of `grain`, one piece
  /// per thread, and returns when all are done. Whatever a body throws is then thrown from here.
  /// Throws Error if it is called from within a body, or from a second thread at the same time:
  /// there is only one job at a time.
  template <class Body>
  void for_ranges(std::size_t n, std::size_t grain, const Body& body) {
    run({&body, [](const void* job, std::size_t begin,
                   std::size_t end) { (*static_cast<const Body*>(job))(begin, end); }},
        n, grain);
  }

 private:
  struct Job {
    const void* body;
    void (*call)(const void* body, std::size_t begin, std::size_t end);
  };
  void close();
  void run(Job job, std::size_t n, std::size_t grain);
  void work(std::size_t member);
  void do_piece(std::size_t member);

  // Written by the caller before a round begins, read by the crew after it has.
  Job job_{};
  std::size_t n_ = 0, grain_ = 1;
  bool closing_ = false;
  std::vector<std::exception_ptr> thrown_;  // by each thread's piece
  std::atomic<bool> busy_ = false;
  std::atomic<std::size_t> round_ = 0;    // counts calls of run; a new round wakes the crew
  std::atomic<std::size_t> running_ = 0;  // crew members not yet done with this round
  std::vector<std::thread> crew_;         // last: they use all of the above
};

/// The number in the environment variable STRATA_THREADS, or one per processor if that is unset or
/// empty. Throws UsageError for a value that is not a number from 1 to 1024.
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
