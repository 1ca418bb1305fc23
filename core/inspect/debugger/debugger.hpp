#pragma once
// What a debugger calls while the program stands still somewhere in a pass: strata_gdb.py, beside
// this file, does. The pass must be able to go on as if nothing had been asked, so every gradient,
// every `reached` and the observer are put back, bit by bit and in the same memory: the rule that
// was interrupted holds references to it.

#include <string>
#include <utility>
#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata::debugger {

/// Keeps what a backward pass changes on a tape, and puts it back when it goes out of scope.
class PassState {
 public:
  explicit PassState(Tape& tape);
  ~PassState();
  PassState(const PassState&) = delete;

 private:
  Tape& tape_;
  Observer* observer_;
  std::vector<Tensor> gradients_;  // by node, those of parameters too
  std::vector<bool> reached_;
};

/// Why one entry of a parameter has its gradient, "W1[1,2]" or "b1[2]", under the objective that
/// was recorded on this tape (see why.hpp). Throws nothing: what is wrong is the text, which then
/// begins with "error: ".
std::string why_text(Tape& tape, const char* entry);

/// Where the first number that is not finite comes from (see non_finite.hpp), or that there is
/// none.
std::string non_finite_text(Tape& tape);

#ifdef STRATA_DEBUG
/// Keeps the functions above in every program that includes this file: nothing calls them there but
/// the debugger.
struct Calls {
  std::string (*why)(Tape& tape, const char* entry);
  std::string (*non_finite)(Tape& tape);
};
[[gnu::used]] inline const Calls calls = {why_text, non_finite_text};
#endif

}  // namespace strata::debugger
