// pretraining/baselines/logistic_rows.hpp, against the same step and objective written out in
// double, row by row.

#include "pretraining/baselines/logistic_rows.hpp"

#include <cmath>

#include "core/linalg/double_matrix.hpp"
#include "core/random/rng.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

struct RowProblem {
  Tensor X, R, offset, centre, L;
};

// More rows than two pieces, more columns than one block.
RowProblem row_problem(std::size_t n = 130, std::size_t q = 1100, std::size_t r = 3) {
  Rng rng(5);
  RowProblem p{normal_tensor({n, q}, rng), normal_tensor({q, r}, rng), normal_tensor({q}, rng),
               normal_tensor({n, r}, rng), normal_tensor({n, r}, rng)};
  for (Real& x : p.X.values) x = 1 / (1 + std::exp(-x));
  for (Real& l : p.L.values) l *= Real(0.3);
  return p;
}

// One Newton step of row i, written out in double: Gaussian elimination of H s = g.
std::vector<double> plain_step(const RowProblem& p, double ridge, std::size_t i) {
  const std::size_t r = p.L.cols();
  std::vector<double> g(r);
  DoubleMatrix H(r, r);
  for (std::size_t a = 0; a < r; ++a) {
    g[a] = ridge * (double(p.L(i, a)) - double(p.centre(i, a)));
    H(a, a) = ridge;
  }
  for (std::size_t j = 0; j < p.R.rows(); ++j) {
    double z = double(p.offset[j]);
    for (std::size_t a = 0; a < r; ++a) z += double(p.R(j, a)) * double(p.L(i, a));
    const double probability = 1 / (1 + std::exp(-z));
    for (std::size_t a = 0; a < r; ++a) {
      g[a] += (probability - double(p.X(i, j))) * double(p.R(j, a));
      for (std::size_t b = 0; b < r; ++b)
        H(a, b) += probability * (1 - probability) * double(p.R(j, a)) * double(p.R(j, b));
    }
  }
  for (std::size_t a = 0; a < r; ++a) {
    for (std::size_t b = a + 1; b < r; ++b) {
      const double factor = H(b, a) / H(a, a);
      for (std::size_t c = 0; c < r; ++c) H(b, c) -= factor * H(a, c);
      g[b] -= factor * g[a];
    }
  }
  for (std::size_t a = r; a-- > 0;) {
    for (std::size_t b = a + 1; b < r; ++b) g[a] -= H(a, b) * g[b];
    g[a] /= H(a, a);
  }
  return g;
}

double plain_objective(const RowProblem& p, double ridge, const Tensor& L, std::size_t i) {
  double f = 0;
  for (std::size_t a = 0; a < L.cols(); ++a)
    f += ridge / 2 * std::pow(double(L(i, a)) - double(p.centre(i, a)), 2);
  for (std::size_t j = 0; j < p.R.rows(); ++j) {
    double z = double(p.offset[j]);
    for (std::size_t a = 0; a < L.cols(); ++a) z += double(p.R(j, a)) * double(L(i, a));
    const double probability = 1 / (1 + std::exp(-z)), x = double(p.X(i, j));
    f -= x * std::log(probability) + (1 - x) * std::log(1 - probability);
  }
  return f;
}

}  // namespace

TEST_CASE(
    "logistic rows: a Newton step is the one written out, over several pieces of rows and blocks "
    "of "
    "columns") {
  const RowProblem p = row_problem();
  const double ridge = 7;
  Tensor L = p.L;
  const std::vector<double> f = newton_step({p.X, p.R, p.offset, p.centre, ridge}, L);
  REQUIRE(f.size() == 130);
  for (std::size_t i : {0, 1, 63, 64, 127, 129}) {
    CAPTURE(i);
    const std::vector<double> step = plain_step(p, ridge, i);
    for (std::size_t a = 0; a < 3; ++a)
      check_close(L(i, a), double(p.L(i, a)) - step[a], by_real(1e-10, 1e-4), by_real(1e-12, 1e-4));
    check_close(f[i], plain_objective(p, ridge, L, i), by_real(1e-12, 1e-5));
    CHECK(f[i] < plain_objective(p, ridge, p.L, i));
  }
}

TEST_CASE("logistic rows: a step that overshoots is halved until the objective does not rise") {
  RowProblem p = row_problem(70, 40, 2);
  for (Real& x : p.X.values) x = x > Real(0.5) ? 1 : 0;
  for (Real& l : p.L.values)
    l *= 40;  // most p are near 0 or 1: the Hessian is small and the full step far too long
  const LogisticRows rows{p.X, p.R, p.offset, p.centre, 1e-3};
  const std::vector<double> before = row_objectives(rows, p.L);
  Tensor full = p.L, L = p.L;
  for (std::size_t i = 0; i < 70; ++i) {
    const std::vector<double> step = plain_step(p, 1e-3, i);
    for (std::size_t a = 0; a < 2; ++a) full(i, a) -= Real(step[a]);
  }
  const std::vector<double> after_full = row_objectives(rows, full), after = newton_step(rows, L);
  std::size_t would_rise = 0;
  for (std::size_t i = 0; i < 70; ++i) {
    would_rise += after_full[i] > before[i] ? 1 : 0;
    CHECK(after[i] < before[i]);
  }
  CHECK(would_rise > 10);
  check_close(row_objectives(rows, L)[3], after[3], 1e-12);
}
