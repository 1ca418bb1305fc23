#include "core/optim/lbfgs.hpp"

#include <algorithm>
#include <cmath>

namespace strata {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// The numbers of one member, value or grad, of all parameters.
Vector flat(const std::vector<Parameter*>& parameters, Tensor Parameter::*member) {
  Vector numbers;
  for (const Parameter* p : parameters) {
    const Tensor& tensor = p->*member;
    numbers.insert(numbers.end(), tensor.values.begin(), tensor.values.end());
  }
  return numbers;
}

void set_values(const std::vector<Parameter*>& parameters, const Vector& start,
                const Vector& direction, double step) {
  std::size_t at = 0;
  for (Parameter* p : parameters) {
    for (Real& w : p->value.values) {
      w = Real(start[at] + step * direction[at]);
      ++at;
    }
  }
}

// −H g by the two-loop recursion (algorithm 7.4).
Vector descent_direction(const std::deque<Lbfgs::Pair>& pairs, const Vector& gradient) {
  Vector q = gradient;
  std::vector<double> alpha(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    alpha[k] = pairs[k].rho * dot(pairs[k].s, q);
    for (std::size_t i = 0; i < q.size(); ++i) q[i] -= alpha[k] * pairs[k].y[i];
  }
  if (!pairs.empty()) {  // H₀ = (s·y / y·y) I, the scale of the newest pair (equation 7.20)
    const Lbfgs::Pair& newest = pairs.back();
    const double scale = 1 / (newest.rho * dot(newest.y, newest.y));
    for (double& value : q) value *= scale;
  }
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double beta = pairs[k].rho * dot(pairs[k].y, q);
    for (std::size_t i = 0; i < q.size(); ++i) q[i] += (alpha[k] - beta) * pairs[k].s[i];
  }
  for (double& value : q) value = -value;
  return q;
}

// The objective along the direction: φ(t) = L(w + t p), and its slope φ′(t) = g·p.
struct Point {
  double t = 0, value = 0, slope = 0;
  Vector gradient;
};

// The minimum of the cubic through two points with their slopes (equation 3.59), kept away from
// both ends.
double between(const Point& a, const Point& b) {
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t);
  const double radicand = d1 * d1 - a.slope * b.slope;
  const double low = std::min(a.t, b.t), width = std::abs(b.t - a.t);
  double t = low + width / 2;
  if (radicand >= 0) {
    const double d2 = std::copysign(std::sqrt(radicand), b.t - a.t);
    const double cubic = b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
    if (std::isfinite(cubic)) t = cubic;
  }
  return std::clamp(t, low + 0.1 * width, low + 0.9 * width);
}

constexpr double sufficient_decrease = 1e-4;  // c₁
constexpr double curvature = 0.9;             // c₂
constexpr int most_probes = 25;

// A point that satisfies the strong Wolfe conditions, or the lowest one found. `probe(t)` evaluates
// φ.
template <class Probe>
Point line_search(const Point& start, double first_t, const Probe& probe) {
  const auto decreases = [&](const Point& p) {
    return p.value <= start.value + sufficient_decrease * p.t * start.slope;
  };
  const auto flat_enough = [&](const Point& p) {
    return std::abs(p.slope) <= -curvature * start.slope;
  };
  // Once bracketed: low is the best so far, a minimum lies between low and high
  Point low = start, high;
  bool bracketed = false;
  double t = first_t;
  for (int probes = 0; probes < most_probes; ++probes) {
    Point p = probe(t);
    if (!std::isfinite(p.value)) {  // far too long: come back
      t = low.t + (t - low.t) / 10;
      continue;
    }
    if (!decreases(p) || p.value >= low.value) {
      high = std::move(p);
      bracketed = true;
    } else if (flat_enough(p)) {
      return p;
    } else if (!bracketed) {
      if (p.slope >= 0) {  // past the minimum
        high = low;
        bracketed = true;
      }
      low = std::move(p);
    } else {
      if (p.slope * (high.t - low.t) >= 0) high = low;
      low = std::move(p);
    }
    t = bracketed ? between(low, high) : 2 * t;
  }
  return low;
}

}  // namespace

void Lbfgs::step(const std::vector<Parameter*>& parameters, double learning_rate, double loss,
                 const Recompute& recompute) {
  const auto use_up_gradients = [&] {
    for (Parameter* p : parameters) p->grad.fill(0);
  };
  if (stalled && loss == stalled_at) return use_up_gradients();  // as low as rounding lets it go

  const Vector start_values = flat(parameters, &Parameter::value);
  for (const Pair& pair : pairs)
    check(pair.s.size() == start_values.size() && pair.y.size() == start_values.size(),
          "lbfgs: the parameters are not those of the steps it remembers (make a new optimiser for "
          "another model)");
  Point start;
  start.value = loss;
  start.gradient = flat(parameters, &Parameter::grad);

  Vector direction = descent_direction(pairs, start.gradient);
  start.slope = dot(start.gradient, direction);
  if (start.slope >= 0) {  // not a descent: forget, and take the gradient
    pairs.clear();
    direction = descent_direction(pairs, start.gradient);
    start.slope = dot(start.gradient, direction);
  }
  const double length = std::sqrt(dot(direction, direction));
  const double first_t = pairs.empty() ? learning_rate / std::max(1.0, length) : learning_rate;
  const Point found = line_search(start, first_t, [&](double t) {
    set_values(parameters, start_values, direction, t);
    use_up_gradients();
    Point p;
    p.t = t;
    p.value = recompute();
    p.gradient = flat(parameters, &Parameter::grad);
    p.slope = dot(p.gradient, direction);
    return p;
  });
  set_values(parameters, start_values, direction, found.t);
  use_up_gradients();

  if (found.t == 0) {
    stalled = pairs.empty();  // not even along the gradient
    stalled_at = loss;
    return pairs.clear();
  }
  Pair pair;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    pair.s.push_back(found.t * direction[i]);
    pair.y.push_back(found.gradient[i] - start.gradient[i]);
  }
  const double curvature_seen = dot(pair.y, pair.s);
  if (curvature_seen <= 1e-12 * dot(pair.y, pair.y)) return;  // would make H indefinite
  pair.rho = 1 / curvature_seen;
  pairs.push_back(std::move(pair));
  if (pairs.size() > history) pairs.pop_front();
}

void Lbfgs::new_batch() {
  pairs.clear();
  stalled = false;
}

void Lbfgs::remember(State& state) {
  std::size_t remembered = pairs.size();
  state.how_many("pairs", remembered);
  pairs.resize(remembered);
  for (std::size_t k = 0; k < remembered; ++k) {
    state.numbers(text("s.", k), pairs[k].s);
    state.numbers(text("y.", k), pairs[k].y);
    state.number(text("rho.", k), pairs[k].rho);
  }
  state.flag("stalled", stalled);
  state.number("stalled_at", stalled_at);
}

}  // namespace strata
