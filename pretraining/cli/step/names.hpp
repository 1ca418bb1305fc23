#pragma once
// What things are called on the screen, and what a person may ask for by name: a node, an
// operation, a number as it was at one step. A value that is computed later, or a gradient that has
// not been reached, says so.

#include "pretraining/cli/step/passes.hpp"

namespace strata::cli {

/// What people call a node: W1, input X, sigmoid.
std::string called(const Tape& tape, int node);

/// The leaf of this name: W1, encoder.0.W, X; −1 if there is none.
int find_leaf(const Tape& tape, const std::string& name);
/// find_entry of W1[1,2], for a gradient's dW1[1,2] too; "W1 1 2" is the same.
Entry asked_entry(const Tape& tape, const std::string& words);
/// The number of a node of the tape, "7". Throws Error where there is no such node.
int find_node(const Tape& tape, const std::string& number);
/// Throws Error listing the operations on the tape, unless this is the name of one.
void check_is_op(const Tape& tape, const std::string& name);

/// Without the blanks at its ends.
std::string trimmed(const std::string& words);
/// "dW1 [1,2]" is dW1 and 1,2. Throws Error where the ] is missing.
struct NameAndIndices {
  std::string name;
  std::optional<std::string> indices{};
};
NameAndIndices split_entry(const std::string& words);

/// The numbers of `print words` at this step: a table, or an entry with 9 digits (6 in float).
/// Letters of the present step's rule (X, Z, dZ) come first, as they stand on the screen; then W1
/// and encoder.0.W, names of data (X), `node 7` or 7, terms (sparsity), L for the objective; with a
/// d before it, the gradient; with [1,2] or [1] behind it, one entry. Throws Error listing what
/// there is.
std::string print_text(const Passes& passes, std::size_t step, const std::string& words);

}  // namespace strata::cli
