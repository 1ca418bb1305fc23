#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "pretraining/cli/bench/bench.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata bench [options]

Measures this machine (multiply-adds, memory) and this program: matrix products, elementary
functions, training, allocations and memory. Each figure is the median of several runs, beside the
lowest and the highest. A matrix product M×N×K has a result of M×N entries, each a sum of K
products; a training 784-64 batch 128 goes through layers of 784, 64 and 784 units (sigmoid,
half_mse, Adam) with 128 examples a step.

--group NAME [all]  machine, memory, matmul, functions, train, batch, width, threads or allocations
--only TEXT  only rows with this in their name: 512x512x512, 'batch 100 tape'
--quick  shorter runs: less than half a minute instead of two to five
--threads N {[1, 1024]}  what 'all threads' means (default: STRATA_THREADS, or the machine's)
)";

// ---- measured: long enough to see through the noise of a busy machine (2 to 5 minutes for all),
// or as short as it can be
const RunLength full_length{.run_seconds = 0.2, .least_runs = 5, .total_seconds = 1.5};
const RunLength quick_length{.run_seconds = 0.05, .least_runs = 3, .total_seconds = 0.15};

Bench bench_of(const Options& options) {
  Bench bench;
  bench.quick = options.flag("quick");
  bench.length = bench.quick ? quick_length : full_length;
  bench.only = options.text("only");
  Workers all(threads_of(options)), one(1);
  bench.threads = all.threads();
  bench.peak_of_one = peak_gflops(bench.length, one);
  bench.peak_of_all = bench.threads == 1 ? bench.peak_of_one : peak_gflops(bench.length, all);
  return bench;
}

// ---- in a table
// Four significant digits; above ten million three and an exponent: 1.60e9.
std::string figure_text(double value) {
  const int exponent = value >= 1e7 ? int(std::log10(value)) : 0;
  const double shown = value / std::pow(10.0, exponent);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer,
                exponent > 0    ? "%.2fe%d"
                : shown >= 1000 ? "%.0f"
                                : "%.4g",
                shown, exponent);
  return buffer;
}

// A heading wherever another group begins, and a line for each row, within 100 columns.
void print_rows(const std::vector<Row>& rows) {
  std::string group;
  for (const Row& row : rows) {
    if (row.group != group) std::printf("\n%s\n", bench_heading(row.group));
    group = row.group;
    const bool once = row.value.lowest == row.value.highest;  // measured once, or always the same
    const std::string lowest = once ? "" : figure_text(row.value.lowest);
    const std::string highest = once ? "" : figure_text(row.value.highest);
    std::printf("  %-39s %7zu %8s  %7s %s %-7s  ", row.name.c_str(), row.threads,
                figure_text(row.value.median).c_str(), lowest.c_str(), once ? " " : "…",
                highest.c_str());
    if (row.beside) {
      std::printf("%-8s%3.0f %%\n", row.unit.c_str(), 100 * row.value.median / row.beside->value);
    } else {
      std::printf("%s\n", row.unit.c_str());
    }
  }
  std::fflush(stdout);
}

// {"group":"matmul","name":"512x512x512","threads":1,"value":…,"unit":"GFLOP/s","lowest":…,
// "highest":…,"peak":…,"share_of_peak":…}
Json row_json(const Row& row) {
  Json json = Json::object({{"group", row.group},
                            {"name", row.name},
                            {"threads", row.threads},
                            {"value", row.value.median},
                            {"unit", row.unit},
                            {"lowest", row.value.lowest},
                            {"highest", row.value.highest}});
  if (row.beside) {
    json[row.beside->name] = row.beside->value;
    json["share_of_" + row.beside->name] = row.value.median / row.beside->value;
  }
  return json;
}

// Measures the groups and prints their rows as they come; the rows for machines.
Json measure_groups(const Bench& bench, const std::string& chosen, bool quiet) {
  std::vector<Group> groups = bench_groups();
  std::erase_if(groups, [&](const Group& g) { return chosen != "all" && chosen != g.name; });
  Progress progress(!quiet);
  Json all = Json::array();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double no_loss = std::numeric_limits<double>::quiet_NaN();
    progress.update("measuring " + groups[g].name, g, groups.size(), no_loss, 0);
    const std::vector<Row> rows = groups[g].measure(bench);
    progress.finish();
    print_rows(rows);
    for (const Row& row : rows) all.push(row_json(row));
  }
  return all;
}

int run(const Options& options) {
  std::vector<std::string> names{"all"};
  for (const Group& each : bench_groups()) names.push_back(each.name);
  const std::string& group = options.choice("group", names);
  const Bench bench = bench_of(options);
  std::printf("strata %s, %s, %zu threads; peak of one thread %.1f GFLOP/s\n\n", STRATA_VERSION,
              real_name, bench.threads, bench.peak_of_one.median);
  std::printf("%-41s %7s %8s   %-15s  %s\n", "", "threads", "median", "lowest … highest", "unit");
  const Json rows = measure_groups(bench, group, options.flag("quiet"));
  if (rows.items().empty())
    throw UsageError(
        "--only " + bench.only + ": no row of " + group +
        " has that in its name (rows are called 512x512x512, '784-64 batch 128 tape', …)");
  write_json(options, Json::object({{"program", "strata"},
                                    {"version", STRATA_VERSION},
                                    {"command", "bench"},
                                    {"real", real_name},
                                    {"threads", bench.threads},
                                    {"quick", bench.quick},
                                    {"peak_gflops", bench.peak_of_one.median},
                                    {"rows", rows}}));
  return 0;
}

}  // namespace

Command bench_command() {
  return {"how fast this machine and this program are",
          read_page(text(page, quiet_option, json_option)), run};
}

}  // namespace strata::cli
