#include "core/parallel.hpp"

#include <doctest/doctest.h>

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>

#include "autoencoders/train.hpp"
#include "core/processors.hpp"
#include "tests/check_close.hpp"
#include "tests/each_thread.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the pieces cover the range once, for any number of threads and any grain") {
  for (std::size_t threads : {1, 2, 3, 8}) {
    Workers workers(threads);
    for (std::size_t n : {0, 1, 3, 4, 5, 63, 64, 100}) {
      for (std::size_t grain : {0, 1, 4, 64, 1000}) {
        std::vector<std::atomic<int>> seen(n);
        std::atomic<std::size_t> pieces = 0;
        const auto body = [&](std::size_t begin, std::size_t end) {
          ++pieces;
          CHECK((grain == 0 || begin % grain == 0));
          for (std::size_t i = begin; i < end; ++i) ++seen[i];
        };
        for_ranges(&workers, n, grain, body);
        for (const auto& times : seen) CHECK(times == 1);
        CHECK(pieces <= threads);
        workers.for_ranges(n, grain, body);
        for (const auto& times : seen) CHECK(times == 2);
      }
    }
  }
}

TEST_CASE("many short rounds end, and without workers the caller does all") {
  Workers workers(4);
  std::atomic<std::size_t> sum = 0;
  for (int round = 0; round < 2000; ++round) {
    workers.for_ranges(8, 1, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
  }
  CHECK(sum == 16'000);
  for_ranges(nullptr, 10, 1, [&](std::size_t begin, std::size_t end) { sum += end - begin; });
  CHECK(sum == 16'010);
}

TEST_CASE("what a job throws on any thread arrives at the caller, and the next job runs") {
  Workers workers(3);
  for (const std::size_t culprit : {0, 1, 2}) {
    for (int round = 0; round < 50; ++round) {
      CHECK(error_of([&] {
              for_ranges(&workers, 3, 1, [culprit](std::size_t begin, std::size_t end) {
                if (begin <= culprit && culprit < end)
                  throw Error("piece " + std::to_string(culprit));
              });
            }) == "piece " + std::to_string(culprit));
      std::atomic<std::size_t> done = 0;
      for_ranges(&workers, 3, 1, [&](std::size_t begin, std::size_t end) { done += end - begin; });
      CHECK(done == 3);
    }
  }
  // Of several, the first piece's, whoever threw first
  for (int round = 0; round < 50; ++round) {
    CHECK(error_of([&] {
            for_ranges(&workers, 3, 1, [](std::size_t begin, std::size_t) {
              throw Error("piece " + std::to_string(begin));
            });
          }) == "piece 0");
  }
}

#ifndef STRATA_DEBUG
TEST_CASE("a job that starts another on the same threads is refused, not left hanging") {
  Workers workers(2);
  const std::string message = error_of([&] {
    workers.for_ranges(2, 1, [&](std::size_t, std::size_t) {
      workers.for_ranges(2, 1, [](std::size_t, std::size_t) {});
    });
  });
  CHECK(message.find("one job at a time") != std::string::npos);
  std::string from_another_thread;
  workers.for_ranges(1, 1, [&](std::size_t, std::size_t) {
    std::thread([&] {
      from_another_thread =
          error_of([&] { workers.for_ranges(2, 1, [](std::size_t, std::size_t) {}); });
    }).join();
  });
  CHECK(from_another_thread == message);
}

// Threads that get this signal are stuck in the kernel until somebody writes into the pipe.
static int stuck_pipe[2];
static std::atomic<int> stuck = 0;
static void get_stuck(int) {
  char byte;
  ++stuck;
  while (read(stuck_pipe[0], &byte, 1) != 1) {}
}

TEST_CASE("the caller does the pieces of threads that do not come, and they come back later") {
  Workers workers(3);
  REQUIRE(pipe(stuck_pipe) == 0);
  std::signal(SIGUSR1, get_stuck);
  const pthread_t caller = pthread_self();
  std::set<pthread_t> threads;
  std::mutex mutex;
  on_each_thread(workers, [&] {
    const std::lock_guard lock(mutex);
    threads.insert(pthread_self());
  });
  for (const pthread_t thread : threads) {
    if (thread != caller) REQUIRE(pthread_kill(thread, SIGUSR1) == 0);
  }
  while (stuck < 2) std::this_thread::yield();
  for (int round = 0; round < 100; ++round) {
    std::atomic<std::size_t> by_caller = 0;
    workers.for_ranges(3, 1, [&](std::size_t begin, std::size_t end) {
      if (pthread_self() == caller) by_caller += end - begin;
    });
    CHECK(by_caller == 3);
  }
  REQUIRE(write(stuck_pipe[1], "12", 2) == 2);
  CHECK(on_each_thread(workers, [] {}).size() == 3);
  std::signal(SIGUSR1, SIG_DFL);
  close(stuck_pipe[0]);
  close(stuck_pipe[1]);
}

TEST_CASE("a caller that waited for longer than it worked works alone for a while, then shares") {
  Workers workers(2);
  const pthread_t caller = pthread_self();
  std::atomic<bool> others_came = false;
  while (!others_came) {
    workers.for_ranges(2, 1, [&](std::size_t, std::size_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // or nobody else gets a piece
      if (pthread_self() == caller) return;
      others_came = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // held up
    });
  }
  std::size_t pieces = 0;  // not atomic: there is one
  const auto start = Clock::now();
  workers.for_ranges(2, 1, [&](std::size_t, std::size_t) { ++pieces; });
  if (seconds_since(start) < 0.003) CHECK(pieces == 1);
  CHECK(on_each_thread(workers, [] {}).size() == 2);
}

TEST_CASE("threads end with their Workers: asleep or looking, after work or without") {
  for (int round = 0; round < 200; ++round) {
    Workers workers(4);
    if (round % 2 == 0) workers.for_ranges(4, 1, [](std::size_t, std::size_t) {});
    if (round % 20 < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_CASE("who has fallen asleep is woken by a later job, again and again") {
  Workers workers(3);
  for (int round = 0; round < 10; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(on_each_thread(workers, [] {}).size() == 3);
  }
}
#endif

TEST_CASE("STRATA_THREADS says how many threads there are where nothing else does") {
  const char* before = std::getenv("STRATA_THREADS");
  const std::string kept = before == nullptr ? "" : before;
  setenv("STRATA_THREADS", "3", 1);
  CHECK(usual_threads() == 3);
#ifndef STRATA_DEBUG
  CHECK(Workers(2).threads() == 2);  // said explicitly
  CHECK(Workers().threads() == 3);
#endif
  for (const char* wrong : {"0", "-1", "2.5", "two", "1025", "3 "}) {
    setenv("STRATA_THREADS", wrong, 1);
    CHECK(error_of([] { usual_threads(); }) ==
          text("STRATA_THREADS is '", wrong, "', not a number of threads (1 to 1024)"));
  }
  unsetenv("STRATA_THREADS");
  const std::size_t processors = usual_threads();
  CHECK(processors == usable_processors());
  setenv("STRATA_THREADS", "", 1);
  CHECK(usual_threads() == processors);
  unsetenv("STRATA_THREADS");
  if (before != nullptr) setenv("STRATA_THREADS", kept.c_str(), 1);
}

TEST_CASE("training gives the same bits with 1, 2, 3 and 7 threads: by hand and by tape") {
  // Wide enough that products, activations, losses and updates are all cut among the threads.
  const DenseAutoencoderOptions sparse{
      .sizes = {90, 200}, .loss = Loss::bce, .penalties = {.beta = 1, .decay = Real(1e-4)}};
  const DenseAutoencoderOptions deep{.sizes = {90, 150, 30}, .hidden = Activation::tanh};
  for (const auto& options : {sparse, deep}) {
    for (const BackpropKind kind : {BackpropKind::explicit_rule, BackpropKind::tape}) {
      std::vector<std::vector<Real>> alone;
      double loss_alone = 0;
      for (const std::size_t threads : {1, 2, 3, 7}) {
        Workers workers(threads);
        Rng rng(1);
        Dataset data;
        data.X = uniform_tensor({500, 90}, rng, 0, 1);
        DenseAutoencoder model(options, rng);
        const History history =
            train(model, data, rng, {.epochs = 2, .batch_size = 200}, {kind, &workers});
        std::vector<std::vector<Real>> values;
        for (const Parameter* p : model.parameters()) values.push_back(p->value.values);
        if (threads == 1) {
          alone = values;
          loss_alone = history.epochs.back().loss;
        }
        CHECK(values == alone);
        CHECK(history.epochs.back().loss == loss_alone);
      }
    }
  }
}
