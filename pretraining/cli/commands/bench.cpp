#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "autoencoders/shared.hpp"
#include "core/math/matmul.hpp"
#include "core/math/vector_math.hpp"
#include "core/random/rng.hpp"
#include "pretraining/cli/bench/bench.hpp"
#include "pretraining/cli/commands/commands.hpp"
#include "pretraining/cli/result_file.hpp"

namespace strata::cli {
namespace {

constexpr const char* page = R"(
strata bench [options]

Measures this machine (multiply-adds, memory) and this program: matrix products, elementary
functions, training and memory. Each figure is the median of several runs, beside the
lowest and the highest. A share of the peak is that of the peak measured before and after each run.
A matrix product M×N×K has a result of M×N entries, each a sum of K products; a training 784-64
batch 128 goes through layers of 784, 64 and 784 units (sigmoid, half_mse, Adam) with 128 examples
per step.

--group NAME [all] {all machine memory matmul functions train}  machine, memory, matmul, functions
    or train
--only TEXT  only rows with this in their name: 512x512x512, 'batch 100 tape'
--quick  shorter runs: less than half a minute instead of two to five
--threads N {[1, 1024]}  what 'all threads' means (default: STRATA_THREADS, or as many as
    there are processors for this program)
)";

// ---- measured: long enough to see through the noise of a busy machine (2 to 5 minutes for all),
// or as short as it can be
const RunLength full_length{.run_seconds = 0.2, .least_runs = 5, .total_seconds = 1.5};
const RunLength quick_length{.run_seconds = 0.05, .least_runs = 3, .total_seconds = 0.15};

// What a figure is to be seen beside, in the same unit: the "peak" of as many threads, or what is
// "expected"; and the figure's share of it.
struct Beside {
  std::string name;
  double value = 0, share = 0;
};

struct Row {
  std::string group, name;
  std::size_t threads = 1;
  Figure value;
  std::string unit;
  std::optional<Beside> beside{};
};

// What measuring depends on.
struct Bench {
  RunLength length;
  bool quick = false;
  std::string only;                 // rows whose names hold this text
  std::size_t threads = 1;          // all of them
  Figure peak_of_one, peak_of_all;  // GFLOP/s

  bool wants(const std::string& name) const { return name.find(only) != std::string::npos; }
  std::vector<std::size_t> thread_counts() const {
    return threads == 1 ? std::vector<std::size_t>{1} : std::vector<std::size_t>{1, threads};
  }
  const Figure& peak(std::size_t thread_count) const {
    return thread_count == 1 ? peak_of_one : peak_of_all;
  }
};

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

// ---- the rows
// What is measured once, or always the same.
Figure once(double value) {
  return {value, value, value};
}

// What the runs are beside the peak, which was their yardstick in units of so many GFLOP.
Beside beside_peak(const Runs& runs, double gigaflops = 1) {
  return {"peak", runs.yardstick().median * gigaflops, runs.share().median};
}

std::vector<Row> machine_rows(const Bench& bench) {
  std::vector<Row> rows;
  for (std::size_t threads : bench.thread_counts()) {
    if (bench.wants("multiply-add peak"))
      rows.push_back({"machine", "multiply-add peak", threads, bench.peak(threads), "GFLOP/s"});
  }
  for (std::size_t threads : bench.thread_counts()) {
    if (!bench.wants("memory triad")) continue;
    Workers workers(threads);
    rows.push_back(
        {"machine", "memory triad", threads, memory_bandwidth(bench.length, workers), "GB/s"});
  }
  return rows;
}

std::vector<Row> memory_rows(const Bench& bench) {
  const std::size_t examples = bench.quick ? 10'000 : 60'000;  // 60000: as many as MNIST has
  const Training training;
  const std::string name = text(layers_text(training.sizes), " on ", examples, " examples");
  if (!bench.wants(name)) return {};
  const double megabytes = peak_memory(training, examples, bench.threads) / 1e6;
  const double least = expected_memory(training, examples) / 1e6;
  const Beside expected{"expected", least, megabytes / least};
  return {{"memory", name, bench.threads, once(megabytes), "MB", expected}};
}

std::vector<Row> matmul_rows(const Bench& bench) {
  const std::size_t all_sizes[][3] = {{256, 256, 256},  {512, 512, 512},  {1024, 1024, 1024},
                                      {100, 1000, 784}, {100, 784, 1000}, {1000, 784, 100},
                                      {128, 64, 784},   {10, 25, 64},     {1000, 1000, 784}};
  std::vector<Row> rows;
  for (const auto& [m, n, k] : all_sizes) {
    const std::string name = text(m, "x", n, "x", k);
    if (!bench.wants(name)) continue;
    Rng rng(1);
    const Tensor A = uniform_tensor({m, k}, rng, -1, 1);
    const Tensor B = uniform_tensor({k, n}, rng, -1, 1);
    Tensor C({m, n});
    const double flops = 2.0 * double(m) * double(n) * double(k);
    for (std::size_t threads : bench.thread_counts()) {
      Workers workers(threads);
      const Runs gflops = measured_runs(
          bench.length, flops / 1e9, [&] { matmul(A, B, C, Store::overwrite, &workers); },
          [&] { return peak_gflops_now(workers); });
      rows.push_back({"matmul", name, threads, gflops.figure(), "GFLOP/s", beside_peak(gflops)});
    }
  }
  return rows;
}

std::vector<Row> function_rows(const Bench& bench) {
  using Function = void (*)(std::span<const Real>, std::span<Real>);
  const std::pair<const char*, Function> functions[] = {
      {"exp", vector_exp},
      {"exp, plain loop", reference::vector_exp},
      {"sigmoid", vector_sigmoid},
      {"sigmoid, plain loop", reference::vector_sigmoid}};
  Rng rng(1);
  const Tensor z = uniform_tensor({100, 784}, rng, -6, 6);  // a layer's pre-activations
  Tensor a(z.shape);
  std::vector<Row> rows;
  for (const auto& [name, apply] : functions) {
    if (!bench.wants(name)) continue;
    const Figure rate =
        measure(bench.length, double(z.size()), [&, f = apply] { f(z.values, a.values); });
    rows.push_back({"functions", name, 1, rate, "elements/s"});
  }
  return rows;
}

// Each of these trainings by tape and by hand.
std::vector<Training> both_ways(const std::vector<Training>& trainings) {
  std::vector<Training> all;
  for (const Training& t : trainings) {
    for (BackpropKind backprop : {BackpropKind::tape, BackpropKind::explicit_rule})
      all.push_back({t.sizes, t.sparse, t.batch, backprop});
  }
  return all;
}

std::vector<Row> train_rows(const Bench& bench) {
  const std::vector<Training> trainings = both_ways({{.batch = 100},
                                                     {.batch = 1000},
                                                     {{784, 196}, true, 100},
                                                     {{784, 64}, false, 128},
                                                     {{64, 25}, true, 10}});
  std::vector<Row> rows, arithmetic;
  for (const Training& training : trainings) {
    if (!bench.wants(training.name())) continue;
    // The same as arithmetic, counted as is usual: each weight takes part in three products of a
    // step, z = a W, da = dz Wᵀ and dW = aᵀ dz, with a multiplication and an addition for each
    // example, 6 operations. (The first layer does only 4 of them: nobody asks for the gradient of
    // the data. So the figure is some percent too high, for two layers a fifth.)
    const double operations = 6 * weights_of(training.sizes);
    for (std::size_t threads : bench.thread_counts()) {
      Workers workers(threads);
      const double gigaflops = operations / 1e9;  // of an example
      const Runs rate = examples_per_second(training, threads, bench.length,
                                            [&] { return peak_gflops_now(workers) / gigaflops; });
      rows.push_back({"train", training.name(), threads, rate.figure(), "examples/s"});
      arithmetic.push_back({"train_gflops", training.name(), threads,
                            rate.figure().times(gigaflops), "GFLOP/s",
                            beside_peak(rate, gigaflops)});
    }
  }
  rows.insert(rows.end(), arithmetic.begin(), arithmetic.end());
  return rows;
}

struct Group {
  std::string name;
  const char* heading;  // above its rows
  std::vector<Row> (*measure)(const Bench&);
};

// In the order in which they are measured. Memory stands early: the process that it is measured in
// begins with what this one holds.
const std::vector<Group> groups = {
    {"machine", "this machine", machine_rows},
    {"memory",
     "peak memory of training for an epoch, and in % of data, parameters × 4 and activations",
     memory_rows},
    {"matmul",
     "matrix products M×N×K: the result is M×N, each entry a sum of K products; in % of the peak",
     matmul_rows},
    {"functions", "elementary functions of 100×784 numbers", function_rows},
    {"train", "training: network, batch, backprop", train_rows},
    {"train_gflops",
     "the same as arithmetic, counted as 6 × weights × examples (the first layer does 4); in % of "
     "the peak",
     nullptr}};  // its rows come with those of train

// ---- in a table
// Four significant digits; above ten million three and an exponent: 1.60e9.
std::string figure_text(double value) {
  const int exponent = value >= 1e7 ? int(std::log10(value)) : 0;
  const double shown = value / std::pow(10.0, exponent);
  if (exponent > 0) return formatted("%.2fe%d", shown, exponent);
  return formatted(shown >= 1000 ? "%.0f" : "%.4g", shown);
}

// A heading wherever another group begins, and a line for each row, within 100 columns.
void print_rows(const std::vector<Row>& rows) {
  std::string group;
  for (const Row& row : rows) {
    const auto of_row = [&](const Group& g) { return g.name == row.group; };
    if (row.group != group)
      std::printf("\n%s\n", std::find_if(groups.begin(), groups.end(), of_row)->heading);
    group = row.group;
    const bool once = row.value.lowest == row.value.highest;  // measured once, or always the same
    const std::string lowest = once ? "" : figure_text(row.value.lowest);
    const std::string highest = once ? "" : figure_text(row.value.highest);
    std::printf("  %-39s %7zu %8s  %7s %s %-7s  ", row.name.c_str(), row.threads,
                figure_text(row.value.median).c_str(), lowest.c_str(), once ? " " : "…",
                highest.c_str());
    if (row.beside) {
      std::printf("%-8s%3.0f %%\n", row.unit.c_str(), 100 * row.beside->share);
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
    json["share_of_" + row.beside->name] = row.beside->share;
  }
  return json;
}

// Measures the groups and prints their rows as they come; the rows for machines.
Json measure_groups(const Bench& bench, const std::string& chosen, bool quiet) {
  Progress progress(!quiet);
  Json all = Json::array();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].measure == nullptr || (chosen != "all" && chosen != groups[g].name)) continue;
    const double no_loss = std::numeric_limits<double>::quiet_NaN();
    progress.update("measuring " + groups[g].name, g, groups.size(), no_loss, 0);
    const std::vector<Row> rows = groups[g].measure(bench);
    progress.finish();
    print_rows(rows);
    for (const Row& row : rows) all.push(row_json(row));
  }
  return all;
}

// A product cannot be faster than the peak, but the peak can be measured while something else runs.
bool beats_the_peak(const Json& row) {
  const Json* const share = row.find("share_of_peak");
  return share != nullptr && share->as_number() > 1.005;
}

int run(const Options& options) {
  const std::string& group = options.choice("group");
  const Bench bench = bench_of(options);
  std::printf("strata %s, %s, %zu threads; peak of one thread %.1f GFLOP/s\n\n", STRATA_VERSION,
              real_name, bench.threads, bench.peak_of_one.median);
  std::printf("%-41s %7s %8s   %-15s  %s\n", "", "threads", "median", "lowest … highest", "unit");
  const Json rows = measure_groups(bench, group, options.flag("quiet"));
  if (rows.items().empty())
    throw UsageError(
        "--only " + bench.only + ": no row of " + group +
        " has that in its name (rows are called 512x512x512, '784-64 batch 128 tape', …)");
  if (std::any_of(rows.items().begin(), rows.items().end(), beats_the_peak))
    std::printf(
        "\nmore than 100 %% of the peak: other programs took the processors while it was "
        "measured\n");
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
