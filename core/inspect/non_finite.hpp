#pragma once
// Where does a NaN or an infinity come from? The first one in the order of computing is the one to
// look at: all that follow come from it.

#include <string>

#include "core/autodiff/tape.hpp"

namespace strata {

/// The first number that is not finite: of a value in forward order, or where all values are
/// finite, of a gradient in the order of the last backward pass: the rule to look at is the first
/// that turned one non-finite.
struct NonFinite {
  int node = -1;  // whose value or gradient it is in; −1: everything is finite
  bool is_gradient = false;
  int rule = -1;  // the node whose rule made it; −1 for a leaf's value and for the root's gradient
  std::size_t entry = 0;  // the first one among the tensor's values
};
NonFinite find_non_finite(Tape& tape);

/// One clause: "the first value that is not finite is node 7, log of 3×4, made at net.cpp:31: entry
/// [0,3] is -inf; its operand node 6, sigmoid, goes from 0 to 0.98". Of a gradient it names the
/// rule that made it, too. Empty where all is finite.
std::string explain_non_finite(Tape& tape);
/// The same, after a loss or a norm that was not finite: where every number is, their squares are
/// too large to be summed.
std::string explain_non_finite_sum(Tape& tape);

}  // namespace strata
