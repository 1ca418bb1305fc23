#include "pretraining/cli/bench/bench.hpp"

#include <utility>
#include <vector>

#include "core/math/simd.hpp"

namespace strata::cli {
namespace {

// A multiply-add takes some cycles until its result can be used, and a processor begins several in
// each cycle: only chains that do not wait for one another keep it busy. 12 are enough for two a
// cycle and a latency of 5; four registers are left.
constexpr std::size_t chains = vector_registers * 3 / 4;
constexpr std::size_t links = 1'000'000;  // of each chain, in one call: some milliseconds

template <std::size_t... k>
#ifdef __clang__
// Else it halves the vectors, and their halves find no registers
__attribute__((min_vector_width(8 * vector_bytes)))
#endif
Real multiply_add_chains(Real factor, Real addend, std::index_sequence<k...>) {
  const SimdVector a = factor - SimdVector{}, b = addend - SimdVector{};  // in every lane
  // All different: equal chains could be merged into one
  SimdVector sums[chains] = {(a + Real(k))...};
  for (std::size_t link = 0; link < links; ++link) ((sums[k] = sums[k] * a + b), ...);
  const SimdVector total = (sums[k] + ...);
  Real sum = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) sum += total[lane];
  return sum;
}

void triad(Real* a, const Real* b, const Real* c, Real s, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) a[i] = b[i] + s * c[i];
}

}  // namespace

// All chains on each of the workers: some milliseconds.
static void run_chains(Workers& workers) {
  for_ranges(&workers, workers.threads(), 1, [](std::size_t begin, std::size_t end) {
    for (std::size_t member = begin; member < end; ++member) {
      // volatile: the compiler must take the factors as they come and cannot leave out the result.
      // The sums tend to 1.
      volatile Real factor = Real(0.5), addend = Real(0.5);
      volatile Real sum = multiply_add_chains(factor, addend, std::make_index_sequence<chains>());
      (void)sum;
    }
  });
}

static double gigaflops_of_chains(const Workers& workers) {
  return 2.0 * double(chains) * double(links) * double(lanes) * double(workers.threads()) / 1e9;
}

Figure peak_gflops(const RunLength& length, Workers& workers) {
  return measure(length, gigaflops_of_chains(workers), [&workers] { run_chains(workers); });
}

double peak_gflops_now(Workers& workers) {
  constexpr int times = 5;
  const auto start = Clock::now();
  for (int t = 0; t < times; ++t) run_chains(workers);
  return times * gigaflops_of_chains(workers) / seconds_since(start);
}

Figure memory_bandwidth(const RunLength& length, Workers& workers) {
  const std::size_t bytes = 256'000'000, n = bytes / sizeof(Real);
  std::vector<Real> a(n, 0), b(n, 1), c(n, 2);
  return measure(length, 3.0 * double(bytes) / 1e9, [&] {
    for_ranges(&workers, n, 4096, [&](std::size_t begin, std::size_t end) {
      triad(a.data(), b.data(), c.data(), Real(3), begin, end);
    });
  });
}

}  // namespace strata::cli
