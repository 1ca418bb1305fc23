#include <cstdio>
#include <limits>

#include "core/real.hpp"
#include "pretraining/cli/bench/machine.hpp"
#include "pretraining/cli/bench/table.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {
namespace {

// Long enough to see through the noise of a busy machine (2 to 5 minutes for all), or as short as
// it can be.
const RunLength full_length{.run_seconds = 0.2, .least_runs = 5, .total_seconds = 1.5};
const RunLength quick_length{.run_seconds = 0.05, .least_runs = 3, .total_seconds = 0.15};

// all, machine, memory, …
std::vector<std::string> group_names() {
  std::vector<std::string> names{"all"};
  for (const Group& group : bench_groups()) names.push_back(group.name);
  return names;
}

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

std::vector<Row> measure_groups(const Bench& bench, const std::string& chosen, bool quiet) {
  std::vector<Group> groups;
  for (const Group& group : bench_groups()) {
    if (chosen == "all" || chosen == group.name) groups.push_back(group);
  }
  Progress progress(!quiet);
  std::vector<Row> all;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double no_loss = std::numeric_limits<double>::quiet_NaN();
    progress.update("measuring " + groups[g].name, g, groups.size(), no_loss, 0);
    const std::vector<Row> rows = groups[g].measure(bench);
    progress.finish();
    print_rows(rows);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace

int bench_command(const Arguments& arguments) {
  const CommandLine line{
      "strata bench [options]",
      "Measures this machine (multiply-adds, memory) and this program: matrix products, elementary "
      "functions, training, allocations and memory. Each figure is the median of several runs, "
      "beside the "
      "lowest and the highest. A matrix product M×N×K has a result of M×N entries, each a sum of K "
      "products; "
      "a training 784-64 batch 128 goes through layers of 784, 64 and 784 units (sigmoid, "
      "half_mse, Adam) "
      "with 128 examples a step.",
      {},
      join({{{"group", "NAME", "all",
              "machine, memory, matmul, functions, train, batch, width, threads or allocations"},
             {"only", "TEXT", "",
              "only rows with this in their name: 512x512x512, 'batch 100 tape'"},
             {"quick", "", "", "shorter runs: less than half a minute instead of two to five"},
             {"threads", "N", "",
              "what 'all threads' means (default: STRATA_THREADS, or the machine's)"},
             {"quiet", "", "", "no progress bar"}},
            json_specs()})};
  const auto options = read_command_line(line, arguments);
  if (!options) return 0;
  const std::string& group = options->choice("group", group_names());
  check_can_write(*options, {"json"});

  const Bench bench = bench_of(*options);
  std::printf("strata %s, %s, %zu threads; peak of one thread %.1f GFLOP/s\n\n", STRATA_VERSION,
              real_name, bench.threads, bench.peak_of_one.median);
  print_table_head();
  const std::vector<Row> rows = measure_groups(bench, group, options->flag("quiet"));
  if (rows.empty())
    throw UsageError(
        "--only " + bench.only + ": no row of " + group +
        " has that in its name (rows are called 512x512x512, '784-64 batch 128 tape', …)");

  Json json_rows = Json::array();
  for (const Row& row : rows) json_rows.push(row_json(row));
  write_json(*options, Json::object({{"program", "strata"},
                                     {"version", STRATA_VERSION},
                                     {"command", "bench"},
                                     {"real", real_name},
                                     {"threads", bench.threads},
                                     {"quick", bench.quick},
                                     {"peak_gflops", bench.peak_of_one.median},
                                     {"rows", json_rows}}));
  return 0;
}

}  // namespace strata::cli
