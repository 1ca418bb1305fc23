// `strata bench`: the rows it promises are there and their numbers can be right. How fast anything
// is, no test can say. The debug build is left out: its plain loops take minutes.

#include <doctest/doctest.h>

#include <sstream>
#include <thread>

#include "core/io/files.hpp"
#include "core/io/json.hpp"
#include "core/io/utf8.hpp"
#include "pretraining/cli/bench/measure.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

#ifndef STRATA_DEBUG

using namespace strata;
using namespace strata::testing;

namespace {

// The rows of one group, measured quickly with two threads. What holds for every row is checked
// here.
struct Measured {
  Json json;

  explicit Measured(const std::string& group) {
    const Program strata;
    const Result result = strata("bench --quick --threads 2 --group " + group + " --json " +
                                 strata.file("bench.json"));
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(result.err.empty());  // no bar: not a terminal
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(count_characters(line) <= 100);
    }
    json = parse_json(read_file(strata.file("bench.json")), "bench.json");
    CHECK(json.at("program").as_string() == "strata");
    CHECK(json.at("command").as_string() == "bench");
    CHECK(json.at("real").as_string() == real_name);
    CHECK(json.at("threads").as_size() == 2);
    CHECK(json.at("peak_gflops").as_number() > 0);
    for (const Json& row : json.at("rows").items()) {
      CAPTURE(row.dump());
      const double value = row.at("value").as_number();  // infinite or NaN would be null
      CHECK(value > 0);
      CHECK(row.at("lowest").as_number() <= value);
      CHECK(value <= row.at("highest").as_number());
      CHECK(result.out.find(row.at("name").as_string()) != std::string::npos);
    }
  }

  const Json& row(const std::string& group, const std::string& name, std::size_t threads) const {
    for (const Json& row : json.at("rows").items()) {
      if (row.at("group").as_string() == group && row.at("name").as_string() == name &&
          row.at("threads").as_size() == threads)
        return row;
    }
    FAIL("there is no row " << group << ", " << name << ", " << threads << " threads");
    return json;
  }
};

}  // namespace

TEST_CASE("several runs come to their median, lowest and highest; units a second") {
  cli::Runs runs({.run_seconds = 1, .least_runs = 3, .total_seconds = 10});
  runs.add(30, 3);        // 10 a second
  runs.add(80, 4);        // 20
  runs.add(3, 1);         // 3
  CHECK(!runs.enough());  // three, but of 8 seconds
  const cli::Figure odd = runs.figure();
  CHECK(odd.median == 10);
  CHECK(odd.lowest == 3);
  CHECK(odd.highest == 20);
  runs.add(36, 3);  // 12
  CHECK(runs.enough());
  CHECK(runs.figure().median == 11);
  CHECK(runs.figure().times(2).median == 22);
}

TEST_CASE("a share is that of what the machine could do before and after the run") {
  // From the second run on something else takes half of the processor.
  const std::vector<double> machine = {100, 100, 50, 50, 50};
  std::size_t asked = 0;
  cli::Runs runs({.run_seconds = 1, .least_runs = 4, .total_seconds = 4},
                 [&] { return machine.at(asked++); });
  runs.begin();
  for (double units : {80, 60, 40, 40}) runs.add(units, 1);
  CHECK(runs.enough());
  CHECK(asked == 5);
  CHECK(runs.figure().median == 50);
  CHECK(runs.yardstick().median == 50);  // beside this, a figure from a quiet moment would be 160 %
  CHECK(runs.share().lowest == 0.8);
  CHECK(runs.share().highest == 0.8);
}

TEST_CASE("measuring takes as many calls as it needs") {
  std::size_t calls = 0;
  const cli::Figure slept =
      cli::measure({.run_seconds = 0.02, .least_runs = 3, .total_seconds = 0.02}, 7, [&] {
        ++calls;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
  CHECK(calls > 10);
  CHECK(slept.highest <= 7 * 1000);  // it never sleeps for less
  CHECK(slept.median > 7 * 100);
}

TEST_CASE("bench: every matrix product, and its share of the peak") {
  const Measured measured("matmul");
  for (const char* name :
       {"256x256x256", "512x512x512", "1024x1024x1024", "100x1000x784", "100x784x1000",
        "1000x784x100", "128x64x784", "10x25x64", "1000x1000x784"}) {
    for (std::size_t threads : {1, 2}) {
      const Json& row = measured.row("matmul", name, threads);
      CHECK(row.at("unit").as_string() == "GFLOP/s");
    }
  }
  // Nothing beats the peak. What takes the processors now and then can look like it, but not every
  // time.
  double share = measured.row("matmul", "512x512x512", 1).at("share_of_peak").as_number();
  for (int again = 0; again < 5 && share >= 1.05; ++again) {
    const Measured one("matmul --only 512x512x512");
    share = one.row("matmul", "512x512x512", 1).at("share_of_peak").as_number();
  }
  CHECK(share < 1.05);
  CHECK(share > 0.05);
  CHECK(measured.json.at("rows").items().size() == 18);
}

TEST_CASE("bench: trainings, in examples and in operations a second") {
  struct Network {
    std::string name;
    double weights;
  };
  const auto check_rows = [](const std::string& only, const std::vector<Network>& networks) {
    const Measured measured("train --only '" + only + "'");
    CHECK(measured.json.at("rows").items().size() == networks.size() * 2 * 2 * 2);
    for (const Network& network : networks) {
      for (const char* backprop : {" tape", " explicit"}) {
        for (std::size_t threads : {1, 2}) {
          const Json& examples = measured.row("train", network.name + backprop, threads);
          const Json& gflops = measured.row("train_gflops", network.name + backprop, threads);
          CHECK(examples.at("unit").as_string() == "examples/s");
          CHECK(gflops.at("unit").as_string() == "GFLOP/s");
          check_close(gflops.at("value").as_number(),
                      examples.at("value").as_number() * 6 * network.weights / 1e9, 1e-9);
        }
      }
    }
  };
  // "batch 1000" is left out: four steps of it take as long as all of these
  const double deep = 2 * (784 * 1000 + 1000 * 500 + 500 * 250 + 250 * 30);
  check_rows("batch 100 ", {{"784-1000-500-250-30 batch 100", deep},
                            {"784-196 sparse batch 100", 2 * 784 * 196}});
  check_rows("batch 128", {{"784-64 batch 128", 2 * 784 * 64}});
  check_rows("64-25", {{"64-25 sparse batch 10", 2 * 64 * 25}});
}

TEST_CASE(
    "bench: peak memory is what the data, the parameters and the activations need, and little "
    "more") {
  const Measured measured("memory");
  const Json& row = measured.row("memory", "784-1000-500-250-30 on 10000 examples", 2);
  const double weights = 2 * (784 * 1000 + 1000 * 500 + 500 * 250 + 250 * 30);
  CHECK(row.at("value").as_number() > (10'000 * 784 + 4 * weights) * sizeof(Real) / 1e6);
#ifndef __SANITIZE_ADDRESS__
  CHECK(row.at("share_of_expected").as_number() < 1.2);
#endif
}

TEST_CASE("bench: elementary functions; one row alone by --only; wrong options") {
  const Measured functions("functions");
  for (const char* name : {"exp", "sigmoid"})
    CHECK(functions.row("functions", name, 1).at("unit").as_string() == "elements/s");
  const Measured one("functions --only 'sigmoid, plain'");
  CHECK(one.json.at("rows").items().size() == 1);
  const Program strata;
  check_refused(strata, "bench --group matmull", 2, "--group matmull: must be all, machine");
  check_refused(strata, "bench --quick --group functions --only cosine", 2, "--only cosine");
  check_refused(strata, "bench --threads 0", 2, "--threads 0");
  const Result nowhere =
      check_refused(strata, "bench --json /no/such/folder/bench.json", 1, "does not exist");
  CHECK(nowhere.out.empty());  // before anything is measured
  check_refused(strata, "bench matmul", 2, "one argument too many");
}

#endif
