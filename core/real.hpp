#pragma once

#include <limits>

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "Strata: not with -ffast-math or -Ofast, which assume that no number is NaN"
#endif

namespace strata {

/// The only type of real number in the project. `make` builds it as double, `make REAL=float` as
/// float: the same source, half the memory, about twice the speed. Nothing is templated on it, so
/// that a debugger shows plain names.
#ifdef STRATA_REAL_FLOAT
using Real = float;
inline constexpr const char* real_name = "float";
#else
using Real = double;
inline constexpr const char* real_name = "double";
#endif

/// Products with numbers below this are rounded as denormal numbers. A gradient as small as that
/// has vanished, and its digits mean nothing.
inline constexpr double vanished =
    double(std::numeric_limits<Real>::min()) / double(std::numeric_limits<Real>::epsilon());

}  // namespace strata
