#pragma once
// A SimdVector is as many Reals as one register of the processor holds. Arithmetic works on all of
// them at once, a comparison gives a mask, and `mask ? a : b` selects number by number. It is an
// extension of GCC and Clang: for another processor with wider registers, the same source is
// compiled to other instructions.

#include <cstddef>

#include "core/real.hpp"

namespace strata {

#if defined(__AVX512F__)
inline constexpr std::size_t vector_bytes = 64, vector_registers = 32;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32, vector_registers = 16;
#elif defined(__aarch64__)
inline constexpr std::size_t vector_bytes = 16, vector_registers = 32;
#else
inline constexpr std::size_t vector_bytes = 16, vector_registers = 16;
#endif

typedef Real SimdVector __attribute__((vector_size(vector_bytes)));
inline constexpr std::size_t lanes = vector_bytes / sizeof(Real);

}  // namespace strata
