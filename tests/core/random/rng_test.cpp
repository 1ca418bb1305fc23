#include "core/random/rng.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/random/ziggurat.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

constexpr int many = 4'000'000;  // normal draws of the tests of their distribution

/// P(Z ≤ z) for a normal Z.
double normal_cdf(double z) {
  return std::erfc(-z / std::sqrt(2.0)) / 2;
}

/// How many standard deviations a count of `trials` events of this probability lies from what is
/// expected.
double deviations(double count, double trials, double probability) {
  return (count - trials * probability) / std::sqrt(trials * probability * (1 - probability));
}

double share_on(const std::vector<Real>& mask) {
  return double(std::count_if(mask.begin(), mask.end(), [](Real m) { return m != 0; })) /
         double(mask.size());
}

}  // namespace

TEST_CASE("the generator gives the published sequence: xoshiro256++ seeded by SplitMix64") {
  // Made independently in Python from the two papers' definitions, seed 1. So are the literal
  // values further below.
  Rng rng(1);
  const std::uint64_t expected[] = {14971601782005023387u, 13781649495232077965u,
                                    1847458086238483744u, 13765271635752736470u};
  for (std::uint64_t value : expected) CHECK(rng.next() == value);
}

TEST_CASE("uniform, below and shuffle give these draws") {
  Rng uniform(1), below(1), shuffle(1);
  for (double value :
       {0x1.9f8ba0fede078p-1, 0x1.7e8482652c7fcp-1, 0x1.9a37d5757aaf0p-4, 0x1.7e10233e0b9aap-1,
        0x1.7a38c25c30c34p-3, 0x1.2e533f95ce404p-1, 0x1.f9478f2a11e82p-1, 0x1.0bfd4b9206c7ep-1,
        0x1.8bae5b30d3348p-4, 0x1.13089e4f81374p-3, 0x1.d73c1df3b99fcp-1, 0x1.5fbebb767db3ep-2})
    CHECK(uniform.uniform() == value);
  for (std::size_t value : {7, 5, 4, 0, 0, 5, 3, 5}) CHECK(below.below(10) == value);
  std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};
  shuffle.shuffle(order);
  CHECK(order == std::vector<std::size_t>{1, 2, 3, 4, 0, 5});
}

TEST_CASE("streams of one seed differ, and the same stream repeats") {
  Rng a(1, 1), b(1, 2), again(1, 1);
  CHECK(a.next() != b.next());
  Rng c(1, 1);
  CHECK(c.next() == again.next());
}

TEST_CASE("a saved state repeats the draws to come") {
  Rng rng(4);
  rng.normal();
  const RngState state = rng.state();
  const double first = rng.normal(), second = rng.normal();
  CHECK(first != second);
  rng.set_state(state);
  CHECK(rng.normal() == first);
  CHECK(rng.normal() == second);
}

// ------------------------------------------------------------------------------------ normal draws

TEST_CASE("the layers of the ziggurat have equal areas below the normal density") {
  const auto& [x, y] = ziggurat;
  for (std::size_t i = 0; i <= Ziggurat::layers; ++i) {
    INFO("layer ", i);
    if (i > 0) check_close(y[i], std::exp(-x[i] * x[i] / 2), 1e-13);
    if (i > 0 && i < Ziggurat::layers)
      check_close(x[i] * (y[i + 1] - y[i]), Ziggurat::layer_area, 1e-11);
  }
  const double r = Ziggurat::tail_start,
               tail = std::sqrt(std::acos(-1.0) / 2) * std::erfc(r / std::sqrt(2.0));
  check_close(r * y[1] + tail, Ziggurat::layer_area, 1e-13);
  check_close(x[0] * y[1], Ziggurat::layer_area, 1e-13);
  CHECK(x[1] == r);
  CHECK(x[Ziggurat::layers] == 0);
  CHECK(y[Ziggurat::layers] == 1);
}

TEST_CASE("normal draws: the first, some of the tail, some of wedges, and the 20,000th") {
  // A Python program written from the paper (Marsaglia and Tsang 2000), its layers by mpmath with
  // 40 digits, seed 1. The 20,000th comes out only if every wedge before it, 169 kept and 143
  // rejected, was decided alike.
  Rng rng(1);
  std::vector<double> z(20'000);
  for (double& draw : z) draw = rng.normal();
  const double first[] = {-0.5102467031384617,  -0.7323289185485464, 0.47987167616201215,
                          -0.46640171326224383, 0.4777954870233937,  -1.6218337597327577,
                          -0.07948632148268832, -2.269319988012956};
  for (std::size_t i = 0; i < 8; ++i) check_close(z[i], first[i], 1e-13);
  // The bits that g++ and clang give, with and without fused multiply-add: every other build must
  // give them too.
  const double bits[] = {-0x1.053f0e4dbe372p-1, -0x1.76f3d0e629801p-1, 0x1.eb637b0d91f75p-2,
                         -0x1.dd98692509f11p-2, 0x1.e943385bc4794p-2,  -0x1.9f307f4d99d59p+0,
                         -0x1.459372f3f5b69p-4, -0x1.227913ce565e8p+1};
  for (std::size_t i = 0; i < 8; ++i) CHECK(z[i] == bits[i]);
  check_close(z[180], 2.4191679463616773, 1e-13);    // wedges
  check_close(z[338], -0.03393165075526979, 1e-13);  // that of the uppermost layer
  check_close(z[1484], 3.757289935582552, 1e-13);    // tails
  check_close(z[2941], -3.6678358068042183, 1e-13);
  check_close(z[19'999], 1.2627441540468571, 1e-13);
}

TEST_CASE("moments of normal draws, and no relation between neighbours") {
  Rng rng(2);
  double power_sum[5] = {}, products = 0, square_products = 0, previous = 0;
  for (int i = 0; i < many; ++i) {
    const double z = rng.normal();
    for (double power = 1; double& sum : power_sum) {
      sum += power;
      power *= z;
    }
    products += z * previous;
    square_products += (z * z - 1) * (previous * previous - 1);
    previous = z;
  }
  // E zᵏ = 0, 1, 0, 3 for k = 1 to 4, with the variance E z²ᵏ − (E zᵏ)² = 1, 2, 15, 96; within 4.5
  // standard deviations
  const double mean[] = {1, 0, 1, 0, 3}, variance[] = {0, 1, 2, 15, 96};
  for (int k = 1; k <= 4; ++k)
    check_close(power_sum[k] / many, mean[k], 0, 4.5 * std::sqrt(variance[k] / many));
  check_close(products / many, 0, 0, 4.5 * std::sqrt(1.0 / many));
  check_close(square_products / many, 0, 0,
              4.5 * std::sqrt(4.0 / many));  // E (z² − 1)² = 2, for either factor
}

TEST_CASE("normal draws fall into 184 intervals as often as the normal distribution says") {
  // χ² = Σ (count − expected)² / expected over intervals of width 0.05 from −4.5 to 4.5, and two
  // beyond on either side. Its mean is the degrees of freedom, d = 183, its deviation √(2d).
  const double width = 0.05, reach = 4.5;
  const int inner = 180, intervals = inner + 4;
  std::vector<double> count(intervals, 0), edge = {-5};
  for (int i = 0; i <= inner; ++i) edge.push_back(-reach + width * i);
  edge.push_back(5);
  Rng rng(5);
  for (int i = 0; i < many; ++i) {
    const double z = rng.normal();
    const double place = std::clamp(std::floor((z + reach) / width), -1.0, double(inner));
    ++count[std::size_t(z < -5 ? 0 : z >= 5 ? intervals - 1 : place + 2)];
  }
  double chi_squared = 0;
  for (int i = 0; i < intervals; ++i) {
    const double below = i == 0 ? 0 : normal_cdf(edge[i - 1]);
    const double expected = many * ((i == intervals - 1 ? 1 : normal_cdf(edge[i])) - below);
    chi_squared += (count[i] - expected) * (count[i] - expected) / expected;
  }
  const double d = intervals - 1;
  INFO("χ² ", chi_squared);
  CHECK(chi_squared < d + 4.5 * std::sqrt(2 * d));
  CHECK(chi_squared > d - 4.5 * std::sqrt(2 * d));
}

TEST_CASE("the tail of normal draws: its share on either side, and its shape") {
  // Beyond r, (1 − Φ(|z|)) / (1 − Φ(r)) is uniform in [0, 1]: its eighths are met equally often.
  const double r = Ziggurat::tail_start, share = normal_cdf(-r);
  const int n = 4 * many;
  Rng rng(7);
  double beyond[2] = {}, eighth[8] = {};
  for (int i = 0; i < n; ++i) {
    const double z = rng.normal();
    if (std::abs(z) <= r) continue;
    ++beyond[z > 0];
    ++eighth[std::size_t(8 * normal_cdf(-std::abs(z)) / share)];
  }
  for (double count : beyond) CHECK(std::abs(deviations(count, n, share)) < 4.5);
  for (double count : eighth)
    CHECK(std::abs(deviations(count, beyond[0] + beyond[1], 0.125)) < 4.5);
}

TEST_CASE("fill_normal gives the draws of normal(), scaled; normal_tensor too") {
  Rng single(6), filled(6), whole(6);
  std::vector<Real> draws(1001);
  fill_normal(draws, filled, 0.25);
  const Tensor tensor = normal_tensor({7, 143}, whole, 0.25);
  bool equal = true;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const Real expected = Real(0.25 * single.normal());
    equal = equal && draws[i] == expected && tensor[i] == expected;
  }
  CHECK(equal);
  CHECK(filled.state() == single.state());
}

// ----------------------------------------------------------------------------------- uniform draws

TEST_CASE(
    "uniform draws: range, mean and variance; fill_uniform gives them too, and uniform_tensor") {
  Rng single(8), filled(8), whole(8);
  std::vector<Real> draws(200'000);
  fill_uniform(draws, filled, -1, 1);
  const Tensor tensor = uniform_tensor({400, 500}, whole, -1, 1);
  double sum = 0, squares = 0;
  bool equal = true, in_range = true;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double u = single.uniform(-1, 1);
    equal = equal && draws[i] == Real(u) && tensor[i] == Real(u);
    in_range = in_range && u >= -1 && u < 1;
    sum += u;
    squares += u * u;
  }
  CHECK(equal);
  CHECK(in_range);
  CHECK(filled.state() == single.state());
  const double n = double(draws.size());
  check_close(sum / n, 0, 0, 4.5 * std::sqrt(1 / (3 * n)));
  // E u⁴ − (E u²)² = 1/5 − 1/9
  check_close(squares / n, 1.0 / 3, 0, 4.5 * std::sqrt(4 / (45 * n)));
}

// ---------------------------------------------------------------------------------- fill_bernoulli

TEST_CASE("fill_bernoulli: these entries, and which 32 bits decide the first two") {
  // The first draw of seed 1 starts SplitMix64, whose first number is 0x183a23bc2ec07092.
  std::vector<Real> mask(12);
  const auto fill = [&](double probability) {
    Rng rng(1);
    fill_bernoulli(mask, rng, probability, Real(1.25));
  };
  fill(0.25);
  const std::vector<Real> expected = {1.25, 1.25, 0, 0, 1.25, 1.25, 0, 1.25, 0, 0, 0, 0};
  CHECK(mask == expected);
  const auto on = [&](double threshold, std::size_t i) {
    return fill(threshold * 0x1.0p-32), mask[i] != 0;
  };
  CHECK_FALSE(on(0x2ec07092, 0));
  CHECK(on(0x2ec07093, 0));
  CHECK_FALSE(on(0x183a23bc, 1));
  CHECK(on(0x183a23bd, 1));
}

TEST_CASE(
    "fill_bernoulli: the share of entries that are on, in the first and the second of each pair") {
  const std::size_t n = 1'000'000;
  std::vector<Real> mask(n);
  Rng rng(9);
  for (double probability : {0.5, 0.8, 0.05, 0.999, 1e-3, 1.0 / 3}) {
    INFO("probability ", probability);
    fill_bernoulli(mask, rng, probability);
    double on[2] = {}, both_of_pair = 0, both_of_neighbours = 0;
    bool zero_or_one = true;
    for (std::size_t i = 0; i < n; ++i) {
      zero_or_one = zero_or_one && (mask[i] == 0 || mask[i] == 1);
      on[i % 2] += double(mask[i]);
      if (i > 0) (i % 2 == 1 ? both_of_pair : both_of_neighbours) += double(mask[i] * mask[i - 1]);
    }
    CHECK(zero_or_one);
    CHECK(std::abs(deviations(on[0], n / 2, probability)) < 4.5);
    CHECK(std::abs(deviations(on[1], n / 2, probability)) < 4.5);
    CHECK(std::abs(deviations(both_of_pair, n / 2, probability * probability)) < 4.5);
    CHECK(std::abs(deviations(both_of_neighbours, n / 2 - 1, probability * probability)) < 4.5);
  }
}

TEST_CASE("fill_bernoulli: probabilities 0 and 1 are exact, and 2⁻³² is the step") {
  std::vector<Real> mask(100'001, Real(7));
  Rng rng(10);
  const auto share = [&](double probability) {
    return fill_bernoulli(mask, rng, probability, 2), share_on(mask);
  };
  CHECK(share(0) == 0);
  CHECK(share(1) == 1);
  CHECK(std::accumulate(mask.begin(), mask.end(), Real(0)) == Real(200'002));
  CHECK(share(0x1.0p-34) == 0);
  CHECK(share(1 - 0x1.0p-34) == 1);
  // These states begin SplitMix64 with the number of 64 ones and with 0, the hardest to keep off
  // and on.
  const auto two_entries = [&](std::uint64_t word, double probability) {
    rng.set_state({{0, 0, 0, word}});
    std::vector<Real> two(2);
    fill_bernoulli(two, rng, probability);
    return text(two[0], " ", two[1]);
  };
  const std::uint64_t ones = 0x42635662c515ecf6, zeros = 0x6b07d6c3910c8d01;
  CHECK(two_entries(ones, 1) == "1 1");
  CHECK(two_entries(ones, 1 - 0x1.0p-32) == "0 0");
  CHECK(two_entries(zeros, 0) == "0 0");
  CHECK(two_entries(zeros, 0x1.0p-32) == "1 1");
  for (double wrong : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()})
    CHECK(error_of([&] {
            fill_bernoulli(mask, rng, wrong, 1);
          }).find("fill_bernoulli: the probability is") == 0);
}

TEST_CASE(
    "fill_bernoulli: the same seed gives the same mask, a shorter one its beginning, the next call "
    "another") {
  const auto mask_of = [](std::size_t n, Rng& rng) {
    std::vector<Real> mask(n);
    fill_bernoulli(mask, rng, 0.5);
    return mask;
  };
  Rng a(11), b(11), c(11), drawn(11);
  drawn.next();
  const auto whole = mask_of(10'000, a), again = mask_of(10'000, b), shorter = mask_of(9'999, c);
  CHECK(whole == again);
  CHECK(std::equal(shorter.begin(), shorter.end(), whole.begin()));
  // One draw, however long the mask
  CHECK((a.state() == drawn.state() && c.state() == drawn.state()));
  const auto next = mask_of(10'000, a);
  double alike = 0;
  for (std::size_t i = 0; i < next.size(); ++i) alike += next[i] == whole[i];
  CHECK(std::abs(deviations(alike, 10'000, 0.5)) < 4.5);
}

// ------------------------------------------------------------------------------- below and shuffle

TEST_CASE("a shuffle is a permutation, and every first element is as likely") {
  Rng rng(3);
  std::vector<int> counts(5, 0);
  for (int trial = 0; trial < 50'000; ++trial) {
    std::vector<std::size_t> order = {0, 1, 2, 3, 4};
    rng.shuffle(order);
    CHECK(std::accumulate(order.begin(), order.end(), std::size_t(0)) == 10);
    ++counts[order[0]];
  }
  for (int count : counts) CHECK(std::abs(count - 10'000) < 400);
  // below 3 · 2⁶² there are two 64-bit numbers for some remainders and one for others, unless some
  // are drawn again
  int low = 0;
  for (int trial = 0; trial < 30'000; ++trial)
    low += rng.below(std::size_t(3) << 62) < std::size_t(1) << 62;
  CHECK(std::abs(low - 10'000) < 400);
  CHECK(error_of([&] { rng.below(0); }).find("no number below 0") != std::string::npos);
}
