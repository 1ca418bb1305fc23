#pragma once

namespace strata {

/// The one number type of the project. `make` builds it as double, `make REAL=float` as float: the same
/// source, half the memory, about twice the speed. Nothing is templated on it, so that a debugger shows plain names.
#ifdef STRATA_REAL_FLOAT
using Real = float;
inline constexpr const char* real_name = "float";
#else
using Real = double;
inline constexpr const char* real_name = "double";
#endif

}  // namespace strata
