#pragma once
// Which layer each node of a tape belongs to, told from the names of the parameters: a node that
// uses encoder.0.W is of encoder.0, and those that follow without parameters of their own stay with
// it.

#include <string>
#include <vector>

#include "core/autodiff/tape.hpp"

namespace strata {

struct Layers {
  // "data" first, "objective" last, the layers between in forward order
  std::vector<std::string> names;
  std::vector<int> of_node;  // a position in names, for each node
};

/// Inputs are of "data"; the single numbers that losses, penalties and their sum are, of
/// "objective". A node that uses an earlier layer's weights again (tied: a W1ᵀ) belongs to the
/// layer that its result goes into.
Layers layers_of(const Tape& tape);

}  // namespace strata
