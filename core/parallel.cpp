#include "core/parallel.hpp"

#include <algorithm>
#include <exception>

#include "core/check.hpp"

namespace strata {

Workers::Workers(std::size_t threads) {
  if (threads == 0) threads = std::max<std::size_t>(1, std::thread::hardware_concurrency());
#ifdef STRATA_DEBUG
  threads = 1;
#endif
  try {
    crew_.reserve(threads - 1);
    for (std::size_t member = 1; member < threads; ++member) {
      crew_.emplace_back([this, member] { work(member); });
    }
  } catch (const std::exception& error) {
    close();
    throw Error(text("cannot start ", threads, " threads (", error.what(), ")"));
  }
}

Workers::~Workers() {
  close();
}

void Workers::close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  start_.notify_all();
  for (std::thread& thread : crew_) thread.join();
}

void Workers::run(Job job, std::size_t n, std::size_t grain) {
  {
    std::lock_guard lock(mutex_);
    job_ = job;
    n_ = n;
    grain_ = std::max<std::size_t>(1, grain);
    running_ = crew_.size();
    ++round_;
  }
  start_.notify_all();
  do_piece(0);  // the caller is member 0
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return running_ == 0; });
}

void Workers::work(std::size_t member) {
  std::size_t seen = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    start_.wait(lock, [&] { return closing_ || round_ != seen; });
    if (closing_) return;
    seen = round_;
    lock.unlock();
    do_piece(member);
    lock.lock();
    if (--running_ == 0) finished_.notify_one();
  }
}

void Workers::do_piece(std::size_t member) const {
  const std::size_t grains = (n_ + grain_ - 1) / grain_;
  const std::size_t begin = std::min(n_, grains * member / threads() * grain_);
  const std::size_t end = std::min(n_, grains * (member + 1) / threads() * grain_);
  if (begin < end) job_.call(job_.body, begin, end);
}

}  // namespace strata
