#include "pretraining/cli/bench/bench.hpp"

#include <map>

#include "core/math/matmul.hpp"
#include "core/math/vector_math.hpp"
#include "core/random/rng.hpp"
#include "pretraining/cli/bench/allocation_count.hpp"

namespace strata::cli {
namespace {

// What is measured once, or always the same.
Figure once(double value) {
  return {value, value, value};
}

std::vector<Row> machine_rows(const Bench& bench) {
  std::vector<Row> rows;
  for (std::size_t threads : bench.thread_counts()) {
    const Figure& peak = threads == 1 ? bench.peak_of_one : bench.peak_of_all;
    rows.push_back({"machine", "multiply-add peak", threads, peak, "GFLOP/s"});
  }
  if (!bench.wants("multiply-add peak")) rows.clear();
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
  const std::string name = text(training.network, " on ", examples, " examples");
  if (!bench.wants(name)) return {};
  const double megabytes = peak_memory(training, examples, bench.threads) / 1e6;
  const Beside expected{"expected", expected_memory(training, examples) / 1e6};
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
      const Figure gflops =
          measure(bench.length, flops / 1e9, [&] { matmul(A, B, C, Store::overwrite, &workers); });
      rows.push_back({"matmul", name, threads, gflops, "GFLOP/s", bench.peak(threads)});
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
      all.push_back({t.network, t.sparse, t.batch, backprop});
  }
  return all;
}

// Each training with each of these numbers of threads.
std::vector<Row> training_rows(const Bench& bench, const std::string& group,
                               const std::vector<Training>& trainings,
                               const std::vector<std::size_t>& thread_counts) {
  std::vector<Row> rows;
  for (const Training& training : trainings) {
    if (!bench.wants(training.name())) continue;
    for (std::size_t threads : thread_counts) {
      const Figure rate = examples_per_second(training, threads, bench.length);
      rows.push_back({group, training.name(), threads, rate, "examples/s"});
    }
  }
  return rows;
}

std::vector<Row> train_rows(const Bench& bench) {
  const std::vector<Training> trainings = both_ways({{.batch = 100},
                                                     {.batch = 1000},
                                                     {"784-196", true, 100},
                                                     {"784-64", false, 128},
                                                     {"64-25", true, 10}});
  std::vector<Row> rows = training_rows(bench, "train", trainings, bench.thread_counts());
  // The same as arithmetic, counted as is usual: each weight takes part in three products of a
  // step, z = a W, da = dz Wᵀ and dW = aᵀ dz, with a multiplication and an addition for each
  // example, 6 operations. (The first layer does only 4 of them: nobody asks for the gradient of
  // the data. So the figure is some percent too high, for two layers a fifth.)
  std::vector<Row> arithmetic;
  for (const Row& row : rows) {
    for (const Training& training : trainings) {
      if (training.name() != row.name) continue;
      const Figure gflops = row.value.times(6 * training.weights() / 1e9);
      arithmetic.push_back(
          {"train_gflops", row.name, row.threads, gflops, "GFLOP/s", bench.peak(row.threads)});
    }
  }
  rows.insert(rows.end(), arithmetic.begin(), arithmetic.end());
  return rows;
}

std::vector<Row> batch_rows(const Bench& bench) {
  return training_rows(
      bench, "batch",
      {{.batch = 10}, {.batch = 30}, {.batch = 100}, {.batch = 300}, {.batch = 1000}},
      {bench.threads});
}

std::vector<Row> width_rows(const Bench& bench) {
  return training_rows(bench, "width", {{"784-64"}, {"784-256"}, {"784-1024"}}, {bench.threads});
}

std::vector<Row> thread_rows(const Bench& bench) {
  std::vector<std::size_t> counts;
  for (std::size_t threads = 1; threads < bench.threads; threads *= 2) counts.push_back(threads);
  counts.push_back(bench.threads);
  return training_rows(bench, "threads", {Training()}, counts);
}

std::vector<Row> allocation_rows(const Bench& bench) {
  std::vector<Row> rows;
  if (const std::string name = "a new tensor, to see them counted"; bench.wants(name)) {
    const Tensor A({2, 3});
    const std::size_t before = allocation_count();
    const Tensor transpose = transposed(A);
    const double count = double(allocation_count() - before);
    rows.push_back({"allocations", name, 1, once(count), "allocations"});
  }
  for (const Training& training : both_ways({{.batch = 100}, {"64-25", true, 10}})) {
    if (!bench.wants(training.name())) continue;
    const Figure count = once(allocations_per_step(training, bench.threads));
    rows.push_back({"allocations", training.name(), bench.threads, count, "allocations/step"});
  }
  return rows;
}

}  // namespace

Beside Bench::peak(std::size_t thread_count) const {
  return {"peak", (thread_count == 1 ? peak_of_one : peak_of_all).median};
}

std::vector<std::size_t> Bench::thread_counts() const {
  if (threads == 1) return {1};
  return {1, threads};
}

const std::vector<Group>& bench_groups() {
  // Memory stands early: the process that it is measured in begins with what this one holds.
  static const std::vector<Group> groups{
      {"machine", machine_rows},    {"memory", memory_rows},  {"matmul", matmul_rows},
      {"functions", function_rows}, {"train", train_rows},    {"batch", batch_rows},
      {"width", width_rows},        {"threads", thread_rows}, {"allocations", allocation_rows}};
  return groups;
}

const char* bench_heading(const std::string& group) {
  static const std::map<std::string, const char*> headings{
      {"machine", "this machine"},
      {"memory",
       "peak memory of training for an epoch, and in % of data, parameters × 4 and activations"},
      {"matmul",
       "matrix products M×N×K: the result is M×N, each entry a sum of K products; in % of the "
       "peak"},
      {"functions", "elementary functions of 100×784 numbers"},
      {"train", "training: network, batch, backprop"},
      {"train_gflops",
       "the same as arithmetic, counted as 6 × weights × examples (the first layer does 4); in % "
       "of the peak"},
      {"batch", "how training grows with the batch"},
      {"width", "how training grows with the width of the layer"},
      {"threads", "how training grows with the threads"},
      {"allocations", "allocations in one training step"}};
  return headings.at(group);
}

}  // namespace strata::cli
