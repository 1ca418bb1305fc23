#include "core/parallel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "core/check.hpp"
#include "core/processors.hpp"

namespace strata {

// Who falls asleep counts itself before it looks for the last time, and who wakes changes something
// before it looks at the count: one of the two sees the other. Whoever counts holds the mutex until
// it sleeps, so that it is not woken too early.
void Waiting::wake(std::size_t most) {
  if (asleep_ == 0) return;
  std::unique_lock lock(mutex_);
  const std::size_t sleepers = std::min(asleep_.load(), most);
  lock.unlock();
  for (std::size_t i = 0; i < sleepers; ++i) changed_.notify_one();
}

Workers::Workers(std::size_t threads) {
  if (threads == 0) threads = usual_threads();
#ifdef STRATA_DEBUG
  threads = 1;
#endif
  try {
    thrown_.resize(threads);
    crew_.reserve(threads - 1);
    while (crew_.size() + 1 < threads) crew_.emplace_back([this] { work(); });
  } catch (const std::exception& error) {
    close();
    throw Error(text("cannot start ", threads, " threads (", error.what(), ")"));
  }
}

std::size_t usual_threads() {
  const char* value = std::getenv("STRATA_THREADS");
  const std::string_view digits = value == nullptr ? "" : value;
  if (digits.empty()) return usable_processors();
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
  for_work_.wake(crew_.size());
  for (std::thread& thread : crew_) thread.join();
}

void Workers::run(Job job) {
  check(!busy_.exchange(true),
        "for_ranges: these threads are at work already (one job at a time; a job cannot start "
        "another)");
  job.grain = std::max<std::size_t>(1, job.grain);
  job.grains = (job.n + job.grain - 1) / job.grain;
  job.pieces = std::min(threads(), job.grains);
  job_ = job;
  unfinished_ = job.pieces;
  unclaimed_ = job.pieces;
  if (job.pieces > 1) for_work_.wake(job.pieces - 1);
  do_pieces();
  for_the_end_.until([this] { return unfinished_ == 0; });
  std::exception_ptr first = nullptr;
  for (std::exception_ptr& thrown : thrown_) {
    if (first == nullptr) first = thrown;
    thrown = nullptr;
  }
  busy_ = false;
  if (first != nullptr) std::rethrow_exception(first);
}

void Workers::work() {
  while (true) {
    for_work_.until([this] { return unclaimed_ > 0 || closing_; });
    if (closing_) return;
    do_pieces();
  }
}

// A thread may be held up between reading the number and taking from it, and even find a later job
// there: what it claims is then a piece of that job. So the job is read only after the claim, when
// it can no longer end without this piece.
void Workers::do_pieces() {
  std::size_t left = unclaimed_;
  while (left > 0) {
    if (!unclaimed_.compare_exchange_weak(left, left - 1)) continue;
    do_piece(job_.pieces - left);
    if (unfinished_.fetch_sub(1) == 1) for_the_end_.wake(1);
    left = unclaimed_;
  }
}

void Workers::do_piece(std::size_t piece) {
  const std::size_t begin = job_.grains * piece / job_.pieces * job_.grain;
  const std::size_t end = job_.grains * (piece + 1) / job_.pieces * job_.grain;
  try {
    job_.call(job_.body, begin, std::min(end, job_.n));
  } catch (...) {
    thrown_[piece] = std::current_exception();  // run rethrows it when all are done
  }
}

}  // namespace strata
