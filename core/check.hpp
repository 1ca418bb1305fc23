#pragma once
// Errors. A wrong call, shape or file throws, and the text names the operation, what it got and the likely fix:
//   matmul: A is 2×3 but B is 4×5 (columns of A must equal rows of B)

#include <sstream>
#include <stdexcept>
#include <string>

namespace strata {

/// Something is wrong with a call, its data or a file. The program prints the text as one line and exits with 1.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The command line is wrong. The program prints the text as one line and exits with 2.
struct UsageError : Error {
  using Error::Error;
};

/// The parts written one after the other: text("epoch ", 3) is "epoch 3".
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

/// Throws Error(text(parts...)) unless the condition holds. The text is only written when it fails, but the parts are
/// computed always: where one costs something, write `if (…) throw Error(text(…));`.
template <class... Parts>
void check(bool condition, const Parts&... parts) {
  if (!condition) throw Error(text(parts...));
}

}  // namespace strata
