#pragma once
// Numbers so close to 0 that they have fewer digits than others: below 1.2e-38 in float, 2.2e-308 in
// double. Training makes many of them (what a sigmoid says of a pixel that is always black, the
// weight of a unit that is never active), and with a single one among its numbers a processor needs
// ten times as long for a product or more. They are worth nothing: beside a rounding error of the
// numbers around them they do not show.

#include <cstdint>

namespace strata {

/// While one lives, this thread takes such numbers for 0, in what it reads and in what it writes;
/// so do threads of Workers, while they work for it. On processors other than x86-64 and 64-bit
/// Arm it does nothing.
class FlushDenormals {
 public:
  FlushDenormals() : before_(control_register()) { set_control_register(before_ | flushing); }
  ~FlushDenormals() { set_control_register(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

  // How a thread treats them is two bits of the register that also has its rounding.
#if defined(__x86_64__)
  static constexpr std::uint64_t flushing = 0x8040;  // FTZ and DAZ of MXCSR
  static std::uint64_t control_register() {
    return __builtin_ia32_stmxcsr();
  }
  static void set_control_register(std::uint64_t bits) {
    __builtin_ia32_ldmxcsr(static_cast<unsigned>(bits));
  }
#elif defined(__aarch64__)
  static constexpr std::uint64_t flushing = 1 << 24;  // FZ of FPCR
  static std::uint64_t control_register() {
    std::uint64_t bits = 0;
    asm volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
  }
  static void set_control_register(std::uint64_t bits) {
    asm volatile("msr fpcr, %0" ::"r"(bits));
  }
#else
  static constexpr std::uint64_t flushing = 0;
  static std::uint64_t control_register() {
    return 0;
  }
  static void set_control_register(std::uint64_t) {}
#endif

 private:
  std::uint64_t before_;
};

}  // namespace strata
