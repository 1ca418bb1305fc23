#pragma once
// What things are called: the letters of a rule's operands, W1 and b1 for parameters, W1[0,2] for
// an entry.

#include <string>

#include "core/autodiff/tape.hpp"

namespace strata {

/// The letter of the result in the operation's formula: Z in "Z = X W + 1 b".
std::string result_letter(const Op& op);
/// What the row says about the gradient of the k-th operand, from 0: "dW += Xᵀ dZ", or the one line
/// of a list, "dA_k += …". Empty where it says nothing.
std::string gradient_text(const Op& op, std::size_t k);
/// The letter of that operand: W; of a list A1, A2, …; "input 3" where the row has none.
std::string operand_letter(const Op& op, std::size_t k);
/// What the k-th tensor of node.saved is, ρ̂ of kl_sparsity; empty where the row does not say.
std::string kept_letter(const Op& op, std::size_t k);

/// Gives a node a name of its own, for people: step 3 of the encoder. Returns the same Var.
Var named(Var var, std::string name);

/// A parameter's leaf as a lecture calls it: W1, b1, W2, …, counted in the order in which the tape
/// met them (encoder.0.W is W1, and the W of the first decoder layer after n encoder layers W<n+1>;
/// a recurrent layer has Wx1 and Wh1). The parameter's own name where that ends otherwise; of other
/// nodes "node 7".
std::string short_name(const Tape& tape, int node);
/// The leaf of the parameter called so, by its own name (encoder.0.W) or its short one (W1). Throws
/// Error listing the parameters there are.
int find_parameter(const Tape& tape, const std::string& name);

/// One entry of a parameter, or of any other node's tensor: W1[0,2], b1[2], encoder.0.W[0,2],
/// counted from 0.
struct Entry {
  int leaf = -1;                 // the node
  std::size_t row = 0, col = 0;  // of a vector: row 0; of images: as if they were rows() × cols()
  std::size_t index = 0;         // among the tensor's values
};
/// Throws Error for unknown names, indices that are no numbers, and indices outside the tensor,
/// naming its shape.
Entry find_entry(const Tape& tape, const std::string& text);
/// The entry of a tensor of this shape (`leaf` is left open): `indices` is "0,2", or "2" of a
/// vector: what entry_place writes between its brackets. Throws Error as above; `asked` is the
/// whole of what was asked for, `name` what the tensor is called in it.
Entry entry_of(const Shape& shape, const std::string& indices, const std::string& name,
               const std::string& asked);
/// "W1[0,2]", or "b1[2]" of a vector.
std::string entry_text(const Tape& tape, const Entry& entry);
/// The place of a tensor's values[index]: "[2]" of a vector, "[0,2]" of a matrix, "[0,1,4,4]" of
/// images.
std::string entry_place(const Shape& shape, std::size_t index);

}  // namespace strata
