#include "core/gradcheck/ridders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strata {
namespace {

constexpr int steps = 8;            // rows of the tableau
constexpr double step_ratio = 1.6;  // each step is this much smaller than the one before
constexpr int rounds = 5;           // a round that fails is tried again ...
constexpr double round_ratio = 32;  // ... this much closer to x
// Relative error that ends the search
constexpr double good_enough = sizeof(Real) == 8 ? 1e-9 : 1e-5;

constexpr double rounding = std::numeric_limits<Real>::epsilon();

bool finite(const Probe& probe) {
  return std::all_of(probe.values.begin(), probe.values.end(),
                     [](double v) { return std::isfinite(v); });
}

struct Neighbours {
  Probe above, below;
  double distance = 0;  // between the two places, after rounding to Real
};

Neighbours probe_both_sides(Real& x, double h, const std::function<Probe()>& f) {
  const Real centre = x;
  Neighbours n;
  const Real high = Real(centre + h), low = Real(centre - h);
  x = high;
  n.above = f();
  x = low;
  n.below = f();
  x = centre;
  n.distance = double(high) - double(low);
  return n;
}

/// Neville's extrapolation of the differences d_i at steps h / step_ratio^i, whose error is a
/// series in h². `rounded` is the rounding of f: in d_i, divided by 2 h, it is that of
/// both places, half of it each.
Derivative extrapolate(const std::vector<double>& differences, double h, double rounded) {
  Derivative best{differences[0], std::numeric_limits<double>::infinity(), true};
  std::vector<double> previous_row;
  std::vector<double> row = {differences[0]};
  for (std::size_t i = 1; i < differences.size(); ++i) {
    previous_row = row;
    row = {differences[i]};
    h /= step_ratio;
    double factor = step_ratio * step_ratio;
    for (std::size_t j = 1; j <= i; ++j) {
      row.push_back((row[j - 1] * factor - previous_row[j - 1]) / (factor - 1));
      factor *= step_ratio * step_ratio;
      const double error = std::max({std::abs(row[j] - row[j - 1]),
                                     std::abs(row[j] - previous_row[j - 1]), rounded / (2 * h)});
      if (error < best.error) {
        best.value = row[j];
        best.error = error;
      }
    }
    const bool got_worse =
        std::abs(row[i] - previous_row[i - 1]) >= 2 * best.error && best.error > 0;
    if (got_worse && i > 2) break;  // rounding has taken over
  }
  return best;
}

}  // namespace

std::vector<Derivative> differentiate(Real& x, const std::function<Probe()>& f) {
  const Probe here = f();
  std::vector<Derivative> best(here.values.size());
  for (Derivative& derivative : best) derivative.error = std::numeric_limits<double>::infinity();
  std::string why_not = "not finite";
  if (finite(here)) {
    double first_step = 0.1 * std::max(1.0, std::abs(double(x)));
    for (int round = 0; round < rounds; ++round, first_step /= round_ratio) {
      std::vector<std::vector<double>> differences(here.values.size());
      bool usable = true;
      double h = first_step;
      for (int step = 0; step < steps && usable; ++step, h /= step_ratio) {
        const Neighbours n = probe_both_sides(x, h, f);
        const bool same_branch = n.above.branch == here.branch && n.below.branch == here.branch;
        usable = finite(n.above) && finite(n.below) && same_branch && n.distance > 0;
        if (!same_branch) why_not = "a kink was crossed";
        for (std::size_t v = 0; usable && v < differences.size(); ++v) {
          differences[v].push_back((n.above.values[v] - n.below.values[v]) / n.distance);
        }
      }
      if (!usable) continue;
      bool all_good = true;
      for (std::size_t v = 0; v < best.size(); ++v) {
        const double magnitude = std::max(here.magnitudes[v], std::abs(here.values[v]));
        const Derivative derivative = extrapolate(differences[v], first_step, rounding * magnitude);
        if (derivative.error < best[v].error) best[v] = derivative;
        all_good = all_good && best[v].error <= good_enough * std::abs(best[v].value);
      }
      if (all_good) break;
    }
  }
  for (Derivative& derivative : best) {
    if (!derivative.decided) derivative.why_not = why_not;
  }
  return best;
}

std::vector<std::vector<Derivative>> differentiate_every_entry(Tensor& X,
                                                               const std::function<Probe()>& f) {
  std::vector<std::vector<Derivative>> result;
  for (std::size_t i = 0; i < X.size(); ++i) {
    const std::vector<Derivative> of_entry = differentiate(X[i], f);
    result.resize(of_entry.size());
    for (std::size_t v = 0; v < of_entry.size(); ++v) result[v].push_back(of_entry[v]);
  }
  return result;
}

}  // namespace strata
