#include "core/math/vector_math.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <sstream>
#include <type_traits>

#include "core/math/scalar_math.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Every bit of it.
std::string in_hexadecimal(double value) {
  std::ostringstream out;
  out << std::hexfloat << value;
  return out.str();
}

// The right values come from the standard library in the next wider type. Where long double is no
// wider than double (ARM, Microsoft), the library's own last bit has to be allowed for.
using Wide = std::conditional_t<sizeof(Real) == 8, long double, double>;
using Limits = std::numeric_limits<Real>;
constexpr std::int64_t most_ulp = std::numeric_limits<Wide>::digits > Limits::digits ? 2 : 4;
constexpr Real infinity = Limits::infinity(), tiny = Limits::denorm_min();

Wide wide_exp(Wide x) {
  return std::exp(x);
}
Wide wide_log(Wide x) {
  return std::log(x);
}
Wide wide_sigmoid(Wide z) {
  const Wide e = std::exp(-std::abs(z));
  return z < 0 ? e / (1 + e) : 1 / (1 + e);
}
Wide wide_tanh(Wide x) {
  return std::tanh(x);
}
Wide wide_softplus(Wide z) {
  return (z > 0 ? z : 0) + std::log1p(std::exp(-std::abs(z)));
}

using Map = void (*)(std::span<const Real>, std::span<Real>);
struct Function {
  const char* name;
  Map vectors, plain;
  Wide (*exactly)(Wide);
};
const Function functions[] = {
    {"vector_exp", vector_exp, reference::vector_exp, wide_exp},
    {"vector_log", vector_log, reference::vector_log, wide_log},
    {"vector_sigmoid", vector_sigmoid, reference::vector_sigmoid, wide_sigmoid},
    {"vector_tanh", vector_tanh, reference::vector_tanh, wide_tanh},
    {"vector_softplus", vector_softplus, reference::vector_softplus, wide_softplus},
};

using Bits = std::conditional_t<sizeof(Real) == 8, std::int64_t, std::int32_t>;

/// Numbers the Reals in order: neighbours differ by 1, and both zeros are 0.
std::int64_t rank(Real x) {
  const Bits bits = std::bit_cast<Bits>(x);
  return bits < 0 ? std::int64_t(std::numeric_limits<Bits>::min()) - bits : bits;
}

bool same_bits(std::span<const Real> a, std::span<const Real> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0;
}

/// Every result against the correctly rounded one; a NaN must be one, and a zero must have its
/// sign.
void check_ulp(const Function& function, std::span<const Real> x) {
  std::vector<Real> y(x.size());
  function.vectors(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Real right = Real(function.exactly(x[i]));
    const bool good =
        std::isnan(right)
            ? std::isnan(y[i])
            : !std::isnan(y[i]) && std::abs(rank(y[i]) - rank(right)) <= most_ulp &&
                  (right != 0 || y[i] != 0 || std::signbit(right) == std::signbit(y[i]));
    if (good) continue;
    INFO(function.name, "(", in_hexadecimal(x[i]), ") is ", in_hexadecimal(y[i]), ", not ",
         in_hexadecimal(right));
    CHECK(good);
    return;
  }
}

Real at(const Function& function, Real x) {
  Real y = 0;
  function.vectors({&x, 1}, {&y, 1});
  return y;
}
Real exp_at(Real x) {
  return at(functions[0], x);
}
Real log_at(Real x) {
  return at(functions[1], x);
}
Real sigmoid_at(Real z) {
  return at(functions[2], z);
}
Real tanh_at(Real x) {
  return at(functions[3], x);
}
Real softplus_at(Real z) {
  return at(functions[4], z);
}

}  // namespace

TEST_CASE("special values") {
  for (const Function& function : functions) CHECK(std::isnan(at(function, Limits::quiet_NaN())));
  CHECK(exp_at(0) == 1);
  CHECK(exp_at(-Real(0)) == 1);
  CHECK(exp_at(infinity) == infinity);
  CHECK(exp_at(-infinity) == 0);
  CHECK(exp_at(Limits::max()) == infinity);
  CHECK(exp_at(Limits::lowest()) == 0);
  CHECK(exp_at(tiny) == 1);

  CHECK(log_at(1) == 0);
  CHECK(log_at(0) == -infinity);
  CHECK(log_at(-Real(0)) == -infinity);
  CHECK(log_at(infinity) == infinity);
  CHECK(std::isnan(log_at(-infinity)));
  CHECK(std::isnan(log_at(-1)));
  CHECK(std::isnan(log_at(-tiny)));

  CHECK(sigmoid_at(0) == Real(0.5));
  CHECK(sigmoid_at(infinity) == 1);
  CHECK(sigmoid_at(-infinity) == 0);

  CHECK(tanh_at(infinity) == 1);
  CHECK(tanh_at(-infinity) == -1);
  CHECK((tanh_at(0) == 0 && !std::signbit(tanh_at(0))));
  CHECK((tanh_at(-Real(0)) == 0 && std::signbit(tanh_at(-Real(0)))));
  for (Real x : {tiny, 3 * tiny, Limits::min(), Real(1e-9)}) {
    CHECK(tanh_at(x) == x);
    CHECK(tanh_at(-x) == -x);
  }

  check_close(softplus_at(0), std::log(2.0), by_real(1e-15, 1e-7));
  CHECK(softplus_at(infinity) == infinity);
  CHECK(softplus_at(-infinity) == 0);
  CHECK(softplus_at(Limits::max()) == Limits::max());
}

TEST_CASE("small values keep their relative accuracy") {
  // e^−30 is far below the distance from 1 to the next Real: a 1 + e^z by itself would lose it.
  check_close(sigmoid_at(-30), 9.357622968839299e-14, by_real(4e-16, 2e-7));  // by mpmath
  check_close(softplus_at(-30), 9.357622968839737e-14, by_real(4e-16, 2e-7));
  check_close(tanh_at(Real(0.0009765625)), 0.0009765621895592602, by_real(4e-16, 2e-7));
  check_close(log_at(1 + Limits::epsilon()), Limits::epsilon(), Limits::epsilon());
  // The smallest results of all: e^x is subnormal, and then rounds to one unit, and to 0.
  const Real to_tiny = Real(by_real(-744.5, -103.5)), to_0 = Real(by_real(-745.5, -104.5));
  for (Map map : {vector_exp, vector_sigmoid, vector_softplus}) {
    Real y = 0;
    map({&to_tiny, 1}, {&y, 1});
    CHECK(y == tiny);
    map({&to_0, 1}, {&y, 1});
    CHECK(y == 0);
  }
}

TEST_CASE("at most 2 ulp in every binade, and around each power of two") {
  Rng rng(1);
  std::vector<Real> x;
  for (int k = Limits::min_exponent - Limits::digits; k <= Limits::max_exponent; ++k) {
    const Real power = std::ldexp(Real(1), k - 1);
    for (Real near : {std::nextafter(power, Real(0)), power, std::nextafter(power, infinity)})
      x.push_back(near);
    for (int draw = 0; draw < 24; ++draw) x.push_back(power * Real(rng.uniform(1, 2)));
  }
  const std::size_t positive = x.size();
  for (std::size_t i = 0; i < positive; ++i) x.push_back(-x[i]);
  for (const Function& function : functions) check_ulp(function, x);
}

TEST_CASE("at most 2 ulp where the functions bend, and around the seams of the formulas") {
  Rng rng(2);
  const double lowest = by_real(-746, -104.5), highest = by_real(710, 89);
  const std::pair<double, double> ranges[] = {
      {lowest, highest}, {lowest, by_real(-707, -86)}, {-40, 40}, {-3, 3}, {-0.8, 0.8}, {0.5, 2}};
  std::vector<Real> x;
  for (const auto& [low, high] : ranges) {
    for (int i = 0; i < 12'000; ++i) x.push_back(Real(rng.uniform(low, high)));
  }
  // (n + ½) log 2 is where exp changes its n; √½ where log changes its k; ½ log 3 where tanh
  // changes its formula
  std::vector<Real> seams = {std::sqrt(Real(0.5)), Real(std::log(3.0) / 2),
                             -Real(std::log(3.0) / 2)};
  for (double n = std::floor(lowest); n < highest; ++n)
    seams.push_back(Real((n + 0.5) * std::log(2.0)));
  for (Real seam : seams) {
    Real below = seam, above = seam;
    for (int step = 0; step < 8; ++step) {
      x.push_back(below = std::nextafter(below, -infinity));
      x.push_back(above = std::nextafter(above, infinity));
    }
  }
  for (const Function& function : functions) check_ulp(function, x);
}

TEST_CASE("at most 2 ulp for random bits: any exponent, either sign, NaN and infinity") {
  Rng rng(3);
  std::vector<Real> x(std::size_t(by_real(150'000, 1'000'000)));
  for (Real& number : x) number = std::bit_cast<Real>(Bits(rng.next()));
  for (const Function& function : functions) check_ulp(function, x);
}

TEST_CASE("sigmoid gets back what 1 + e lost to rounding") {
  // e is a little more than a power of two here, and e / (1 + e) a little less: its unit is half of
  // that of e. Without the correction the rounding of 1 + e shows, and the error is up to 2.4 units
  // of the unrounded result.
  Rng rng(7);
  double farthest = 0;
  for (int k = 5; k < 15; ++k) {
    for (int draw = 0; draw < 3000; ++draw) {
      const Real z = Real(-k * std::log(2.0) + rng.uniform(0, std::ldexp(1.0, -k)));
      const Wide right = wide_sigmoid(z);
      const Real rounded = Real(right), unit = std::nextafter(rounded, infinity) - rounded;
      farthest = std::max(farthest, double(std::abs(Wide(sigmoid_at(z)) - right) / Wide(unit)));
    }
  }
#ifdef STRATA_DEBUG
  CHECK(farthest < 2.5);
#else
  CHECK(farthest < 2);
#endif
}

TEST_CASE("the plain loops agree to 4 ulp") {
  // sigmoid and tanh of the standard library are themselves up to 2.4 ulp from the right value
  Rng rng(4);
  std::vector<Real> x(20'000), y(x.size()), plain(x.size());
  fill_uniform(x, rng, -20, 20);
  for (const Function& function : functions) {
    function.vectors(x, y);
    function.plain(x, plain);
    std::int64_t farthest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      REQUIRE(std::isnan(y[i]) == std::isnan(plain[i]));
      if (!std::isnan(y[i])) farthest = std::max(farthest, std::abs(rank(y[i]) - rank(plain[i])));
    }
    INFO(function.name);
    CHECK(farthest <= 4);
  }
}

TEST_CASE("the functions rise, to within their last bits, and stay within their limits") {
  std::vector<Real> x, y;
  for (int i = -4000; i <= 4000; ++i) x.push_back(Real(i) / 64);
  y.resize(x.size());
  for (const Function& function : functions) {
    function.vectors(x, y);
    INFO(function.name);
    bool rises = true;
    for (std::size_t i = 1; i < x.size(); ++i) {
      // where a function has reached its limit, the last bits may go either way
      rises = rises && !(y[i] < y[i - 1] && std::abs(rank(y[i]) - rank(y[i - 1])) > 2);
    }
    CHECK(rises);
  }
  vector_sigmoid(x, y);
  for (Real s : y) REQUIRE((s > 0 && s <= 1));
  vector_tanh(x, y);
  for (Real t : y) REQUIRE((t >= -1 && t <= 1));
  vector_softplus(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) REQUIRE((y[i] >= x[i] && y[i] > 0));
}

TEST_CASE("a number's result has the same bits at every place of an array of every length") {
  std::vector<Real> numbers = {0,    -Real(0.7), Real(0.3),     1,         Real(2.5), -20,
                               tiny, -tiny,      -100,          infinity,  -infinity, Real(88),
                               -3,   Real(0.5),  Limits::min(), Real(1e-3)};
  Rng rng(5);
  while (numbers.size() < 70) numbers.push_back(Real(rng.normal() * 3));
  for (const Function& function : functions) {
    INFO(function.name);
    std::vector<Real> alone(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) alone[i] = at(function, numbers[i]);
    for (std::size_t length = 1; length <= numbers.size(); ++length) {
      for (std::size_t first = 0; first + length <= numbers.size(); ++first) {
        std::vector<Real> y(length + 1, Real(17));
        function.vectors({&numbers[first], length}, {y.data(), length});
        REQUIRE(same_bits({y.data(), length}, {&alone[first], length}));
        REQUIRE(y[length] == 17);  // nothing is written behind the end
      }
    }
  }
}

TEST_CASE("in place") {
  Rng rng(6);
  for (std::size_t length : {1, 7, 16, 33, 100}) {
    std::vector<Real> x(length), y(length);
    fill_uniform(x, rng, 0, 3);
    for (const Function& function : functions) {
      function.vectors(x, y);
      std::vector<Real> both = x;
      function.vectors(both, both);
      INFO(function.name, " of ", length);
      CHECK(same_bits(both, y));
    }
  }
}

TEST_CASE("no numbers, and sizes that do not fit") {
  std::vector<Real> three(3), four(4);
  for (const Function& function : functions) {
    function.vectors({}, {});
    for (Map map : {function.vectors, function.plain}) {
      CHECK(error_of([&] { map(three, four); }) ==
            text(function.name, ": x has 3 numbers but y has room for 4"));
    }
  }
}
