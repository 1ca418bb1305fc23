#include "core/parallel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "core/check.hpp"

namespace strata {
namespace {

// Waits until `number` is no longer `old`. During training, rounds follow each other within
// microseconds, and waking a sleeping thread takes longer than that. So the thread keeps looking
// for about a tenth of a millisecond (yielding, in case there are more threads than processors)
// before it sleeps.
void wait_for_change(const std::atomic<std::size_t>& number, std::size_t old) {
  for (int looks = 0; looks < 300; ++looks) {
    if (number.load(std::memory_order_acquire) != old) return;
    if (looks >= 100) std::this_thread::yield();
  }
  number.wait(old, std::memory_order_acquire);
}

}  // namespace

Workers::Workers(std::size_t threads) {
  if (threads == 0) threads = usual_threads();
#ifdef STRATA_DEBUG
  threads = 1;
#endif
  try {
    thrown_.resize(threads);
    crew_.reserve(threads - 1);
    for (std::size_t member = 1; member < threads; ++member) {
      crew_.emplace_back([this, member] { work(member); });
    }
  } catch (const std::exception& error) {
    close();
    throw Error(text("cannot start ", threads, " threads (", error.what(), ")"));
  }
}

std::size_t usual_threads() {
  const char* value = std::getenv("STRATA_THREADS");
  const std::string_view digits = value == nullptr ? "" : value;
  if (digits.empty()) return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  std::size_t threads = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, threads);
  if (error != std::errc() || end != last || threads < 1 || threads > 1024)
    throw UsageError(text("STRATA_THREADS is '", digits, "', not a number of threads (1 to 1024)"));
  return threads;
}

Workers::~Workers() {
  close();
}

void Workers::close() {
  closing_ = true;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& thread : crew_) thread.join();
}

void Workers::run(Job job, std::size_t n, std::size_t grain) {
  check(!busy_.exchange(true),
        "for_ranges: these threads are at work already (one job at a time; a job cannot start "
        "another)");
  job_ = job;
  n_ = n;
  grain_ = std::max<std::size_t>(1, grain);
  running_.store(crew_.size(), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  do_piece(0);  // the caller is member 0
  while (true) {
    const std::size_t running = running_.load(std::memory_order_acquire);
    if (running == 0) break;
    wait_for_change(running_, running);
  }
  std::exception_ptr first = nullptr;
  for (std::exception_ptr& thrown : thrown_) {
    if (first == nullptr) first = thrown;
    thrown = nullptr;
  }
  busy_ = false;
  if (first != nullptr) std::rethrow_exception(first);
}

void Workers::work(std::size_t member) {
  std::size_t seen = 0;
  while (true) {
    wait_for_change(round_, seen);
    ++seen;  // no round is missed, because run waits for everyone
    if (closing_) return;
    do_piece(member);
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
  }
}

void Workers::do_piece(std::size_t member) {
  const std::size_t grains = (n_ + grain_ - 1) / grain_;
  const std::size_t begin = std::min(n_, grains * member / threads() * grain_);
  const std::size_t end = std::min(n_, grains * (member + 1) / threads() * grain_);
  try {
    if (begin < end) job_.call(job_.body, begin, end);
  } catch (...) {
    thrown_[member] = std::current_exception();  // run rethrows it when all are done
  }
}

}  // namespace strata
