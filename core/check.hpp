#pragma once
// A wrong call, shape or file throws. The message names the operation, what it got and the likely
// fix:
//   matmul: A is 2×3 but B is 4×5 (columns of A must equal rows of B)

#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <stdexcept>
#include <string>

namespace strata {

/// A wrong call, data or file. The program prints the text as one line and exits with 1.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The command line is wrong. The program prints the text as one line and exits with 2.
struct UsageError : Error {
  using Error::Error;
};

/// What is asked for does not fit into the memory there is. The program exits with 1.
struct OutOfMemory : Error {
  using Error::Error;
};

/// One part of a text: where it is, and how a stream writes it. It is made by text and check, and
/// is valid only within that call.
struct TextPart {
  const void* part;
  void (*write)(std::ostream& out, const void* part);

  template <class Part>
  TextPart(const Part& value) : part(&value), write(write_as<Part>) {}
  template <std::size_t size>
  TextPart(const char (&letters)[size]) : part(letters), write(write_letters) {}

  template <class Part>
  static void write_as(std::ostream& out, const void* part) {
    out << *static_cast<const Part*>(part);
  }
  static void write_letters(std::ostream& out, const void* part);
};

// Both are called with hundreds of combinations of types. Whatever does not depend on the types is
// compiled once, in check.cpp: a stream written out in each would make files take a third longer.
std::string joined(std::initializer_list<TextPart> parts);
[[noreturn]] void throw_error(std::initializer_list<TextPart> parts);

/// The parts written one after the other: text("epoch ", 3) is "epoch 3".
template <class... Parts>
std::string text(const Parts&... parts) {
  return joined({TextPart(parts)...});
}

/// Throws Error(text(parts...)) unless the condition holds. The text is written only on failure,
/// but the parts are always evaluated: if one of them is expensive, write `if (…) throw
/// Error(text(…));`.
template <class... Parts>
void check(bool condition, const Parts&... parts) {
  if (!condition) throw_error({TextPart(parts)...});
}

}  // namespace strata
