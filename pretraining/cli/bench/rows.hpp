#pragma once
// What `strata bench` measures, row by row.

#include <optional>
#include <string>
#include <vector>

#include "pretraining/cli/bench/measure.hpp"

namespace strata::cli {

/// What a figure is to be seen beside, in the same unit: the "peak" of as many threads, or what is
/// "expected".
struct Beside {
  std::string name;
  double value = 0;
};

struct Row {
  std::string group, name;
  std::size_t threads = 1;
  Figure value;
  std::string unit;
  std::optional<Beside> beside{};
};

/// What measuring depends on.
struct Bench {
  RunLength length;
  bool quick = false;
  std::string only;                 // rows whose names hold this text
  std::size_t threads = 1;          // all of them
  Figure peak_of_one, peak_of_all;  // GFLOP/s

  bool wants(const std::string& name) const { return name.find(only) != std::string::npos; }
  /// 1 and all.
  std::vector<std::size_t> thread_counts() const;
  /// With 1 thread, or with all.
  Beside peak(std::size_t thread_count) const;
};

struct Group {
  std::string name;
  std::vector<Row> (*measure)(const Bench&);
};

/// In the order in which they are to be measured.
const std::vector<Group>& bench_groups();

}  // namespace strata::cli
