#pragma once
// Numerical derivatives that know how good they are. Central differences (f(x+h) − f(x−h))/2h at a
// falling series of steps are extrapolated to h = 0 by Neville's scheme; neighbours in the tableau
// that disagree give the error (Ridders 1982, "Accurate computation of F′(x) and F′(x)F″(x)").

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/tensor.hpp"

namespace strata {

/// What the function was at one place: several values at once (the terms of an objective), each
/// with the size of what was summed to get it, as far as that is known (at least its own magnitude:
/// for the rounding error), and a number that differs where another branch was taken.
struct Probe {
  std::vector<double> values;
  std::vector<double> magnitudes;
  std::uint64_t branch = 0;
};

struct Derivative {
  double value = 0;
  double error = 0;  // an estimate of |value − truth|: extrapolation and rounding
  bool decided = false;
  std::string why_not{};  // undecided: "a kink was crossed", "not finite"
};

/// df/dx for each value of f, by changing x in place (it is put back). f is called a few dozen
/// times.
std::vector<Derivative> differentiate(Real& x, const std::function<Probe()>& f);

/// The same for every entry of X: result[v][i] is the derivative of value v to entry i.
std::vector<std::vector<Derivative>> differentiate_every_entry(Tensor& X,
                                                               const std::function<Probe()>& f);

}  // namespace strata
