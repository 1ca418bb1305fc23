#include "pretraining/cli/bench/rows.hpp"

#include "core/math/matmul.hpp"
#include "core/math/vector_math.hpp"
#include "core/random/rng.hpp"
#include "pretraining/cli/bench/allocation_count.hpp"
#include "pretraining/cli/bench/machine.hpp"
#include "pretraining/cli/bench/training.hpp"

namespace strata::cli {
namespace {

const char* const deep_network = "784-1000-500-250-30";  // Hinton and Salakhutdinov (2006)

std::vector<Row> machine_rows(const Bench& bench) {
  std::vector<Row> rows;
  for (std::size_t threads : bench.thread_counts()) {
    const Figure& peak = threads == 1 ? bench.peak_of_one : bench.peak_of_all;
    if (bench.wants("multiply-add peak"))
      rows.push_back({"machine", "multiply-add peak", threads, peak, "GFLOP/s"});
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
  const Training training{.network = deep_network};
  const std::string name = text(deep_network, " on ", examples, " examples");
  if (!bench.wants(name)) return {};
  const double megabytes = peak_memory(training, examples, bench.threads) / 1e6;
  const Beside expected{"expected", expected_memory(training, examples) / 1e6};
  const Figure once{megabytes, megabytes, megabytes};
  return {{"memory", name, bench.threads, once, "MB", expected}};
}

std::vector<Row> matmul_rows(const Bench& bench) {
  struct Sizes {
    std::size_t m, n, k;
  };
  const Sizes all_sizes[] = {{256, 256, 256},  {512, 512, 512},  {1024, 1024, 1024},
                             {100, 1000, 784}, {100, 784, 1000}, {1000, 784, 100},
                             {128, 64, 784},   {10, 25, 64},     {1000, 1000, 784}};
  std::vector<Row> rows;
  for (const Sizes& sizes : all_sizes) {
    const std::string name = text(sizes.m, "x", sizes.n, "x", sizes.k);
    if (!bench.wants(name)) continue;
    Rng rng(1);
    const Tensor A = uniform_tensor({sizes.m, sizes.k}, rng, -1, 1);
    const Tensor B = uniform_tensor({sizes.k, sizes.n}, rng, -1, 1);
    Tensor C({sizes.m, sizes.n});
    const double flops = 2.0 * double(sizes.m) * double(sizes.n) * double(sizes.k);
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
  struct Function {
    const char* name;
    void (*apply)(std::span<const Real>, std::span<Real>);
  };
  const Function functions[] = {{"exp", vector_exp},
                                {"exp, plain loop", reference::vector_exp},
                                {"sigmoid", vector_sigmoid},
                                {"sigmoid, plain loop", reference::vector_sigmoid}};
  Rng rng(1);
  const Tensor z = uniform_tensor({100, 784}, rng, -6, 6);  // a layer's pre-activations
  Tensor a(z.shape);
  std::vector<Row> rows;
  for (const Function& function : functions) {
    if (!bench.wants(function.name)) continue;
    const Figure rate =
        measure(bench.length, double(z.size()), [&] { function.apply(z.values, a.values); });
    rows.push_back({"functions", function.name, 1, rate, "elements/s"});
  }
  return rows;
}

// Of these trainings, each by so many threads.
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
  std::vector<Training> trainings;
  for (const Training& t : {Training{deep_network, false, 100}, Training{deep_network, false, 1000},
                            Training{"784-196", true, 100}, Training{"784-64", false, 128},
                            Training{"64-25", true, 10}}) {
    for (BackpropKind backprop : {BackpropKind::tape, BackpropKind::explicit_rule}) {
      trainings.push_back({t.network, t.sparse, t.batch, backprop});
    }
  }
  std::vector<Row> rows = training_rows(bench, "train", trainings, bench.thread_counts());
  // The same as arithmetic, counted as is usual: each weight takes part in three products of a
  // step, z = a W, da = dz Wᵀ and dW = aᵀ dz, with a multiplication and an addition for each
  // example, 6 operations. (The first layer does only 4 of them: nobody asks for the gradient of
  // the data. So the figure is some percent too high, for two layers a fifth.)
  const std::size_t rates = rows.size();
  for (std::size_t r = 0; r < rates; ++r) {
    for (const Training& training : trainings) {
      if (training.name() != rows[r].name) continue;
      const Figure gflops = rows[r].value.times(6 * training.weights() / 1e9);
      rows.push_back({"train_gflops", rows[r].name, rows[r].threads, gflops, "GFLOP/s",
                      bench.peak(rows[r].threads)});
    }
  }
  return rows;
}

std::vector<Row> batch_rows(const Bench& bench) {
  std::vector<Training> trainings;
  for (std::size_t batch : {10, 30, 100, 300, 1000})
    trainings.push_back({.network = deep_network, .batch = batch});
  return training_rows(bench, "batch", trainings, {bench.threads});
}

std::vector<Row> width_rows(const Bench& bench) {
  std::vector<Training> trainings;
  for (std::size_t width : {64, 256, 1024}) trainings.push_back({.network = text("784-", width)});
  return training_rows(bench, "width", trainings, {bench.threads});
}

std::vector<Row> thread_rows(const Bench& bench) {
  std::vector<std::size_t> counts;
  for (std::size_t threads = 1; threads < bench.threads; threads *= 2) counts.push_back(threads);
  counts.push_back(bench.threads);
  return training_rows(bench, "threads", {{.network = deep_network}}, counts);
}

std::vector<Row> allocation_rows(const Bench& bench) {
  std::vector<Row> rows;
  if (const std::string name = "a new tensor, to see them counted"; bench.wants(name)) {
    const Tensor A({2, 3});
    const std::size_t before = allocation_count();
    const Tensor transpose = transposed(A);
    const double count = double(allocation_count() - before);
    rows.push_back({"allocations", name, 1, {count, count, count}, "allocations"});
  }
  for (const Training& t : {Training{deep_network, false, 100}, Training{"64-25", true, 10}}) {
    for (BackpropKind backprop : {BackpropKind::tape, BackpropKind::explicit_rule}) {
      const Training training{t.network, t.sparse, t.batch, backprop};
      if (!bench.wants(training.name())) continue;
      const double count = allocations_per_step(training, bench.threads);
      rows.push_back({"allocations",
                      training.name(),
                      bench.threads,
                      {count, count, count},
                      "allocations/step"});
    }
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

}  // namespace strata::cli
