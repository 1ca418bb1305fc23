#include "core/parallel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "core/check.hpp"
#include "core/denormals.hpp"
#include "core/processors.hpp"

namespace strata {

using namespace std::chrono_literals;

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
    unclaimed_ = std::vector<std::atomic<bool>>(threads);  // atomics cannot be moved
    crew_.reserve(threads - 1);
    for (std::size_t member = 1; member < threads; ++member)
      crew_.emplace_back([this, member] { work(member); });
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
  const bool alone = crew_.empty() || Clock::now() < alone_until_;
  job.arithmetic = FlushDenormals::control_register();
  job.pieces = std::min(alone ? 1 : threads(), job.grains);
  job_ = job;
  if (job.pieces == 1) do_piece(0);
  if (job.pieces > 1) share();
  std::exception_ptr first = nullptr;
  for (std::exception_ptr& thrown : thrown_) {
    if (first == nullptr) first = thrown;
    thrown = nullptr;
  }
  busy_ = false;
  if (first != nullptr) std::rethrow_exception(first);
}

void Workers::share() {
  const Clock::time_point start = Clock::now();
  unfinished_ = job_.pieces;
  for (std::size_t piece = 0; piece < job_.pieces; ++piece) unclaimed_[piece] = true;
  for_work_.wake(job_.pieces - 1);
  do_pieces(0);  // the caller is member 0
  const Clock::time_point done = Clock::now();
  for_the_end_.until([this] { return unfinished_ == 0; });
  const Clock::time_point end = Clock::now();
  if (end - done > std::max<Clock::duration>(done - start, 200us)) was_held_up(end);
}

void Workers::was_held_up(Clock::time_point now) {
  const bool again_soon = now - alone_until_ < 100ms;
  alone_for_ = again_soon ? std::min<Clock::duration>(2 * alone_for_, 100ms) : 4ms;
  alone_until_ = now + alone_for_;
}

bool Workers::any_unclaimed() const {
  return std::any_of(unclaimed_.begin(), unclaimed_.end(),
                     [](const auto& piece) { return piece.load(); });
}

void Workers::work(std::size_t member) {
  while (true) {
    for_work_.until([this] { return any_unclaimed() || closing_; });
    if (closing_) return;
    do_pieces(member);
  }
}

// A thread may be held up before it claims a piece, and then find a later job there: what it claims
// is a piece of that job. So the job is read only after the claim, when it can no longer end
// without this piece.
void Workers::do_pieces(std::size_t member) {
  for (std::size_t i = 0; i < threads(); ++i) {
    const std::size_t piece = (member + i) % threads();
    if (!unclaimed_[piece] || !unclaimed_[piece].exchange(false)) continue;
    FlushDenormals::set_control_register(job_.arithmetic);
    do_piece(piece);
    if (unfinished_.fetch_sub(1) == 1) for_the_end_.wake(1);
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
